"""Fingerprint of everything that determines a step's result; partial work needs a match."""

import hashlib
import json
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from superres.core.checksums import sha256
from superres.resuming.imports import code_of

# Those that compute what steps write, as far as a step's environment has them.
PACKAGES = (
    "ai-edge-litert",
    "jpeglib",
    "keras",
    "numpy",
    "onnxruntime",
    "opencv-python-headless",
    "openvino",
    "pillow",
    "scikit-image",
    "scipy",
    "tensorflow",
)


def fingerprint(
    script: str, settings: dict, files: Iterable[Path] = (), *picked_by_name: str
) -> str:
    """A checksum of everything that decides what a step gives, but the hardware.

    Args:
        script: its name without `.py`.
        settings: of the step, as JSON takes them.
        files: what it reads.
        *picked_by_name: modules that it imports by a name from the configuration.

    Returns:
        SHA-256 in hexadecimal digits.
    """
    decisive = {
        "settings": settings,
        "packages": {name: _version(name) for name in PACKAGES},
        "code": [sha256(file) for file in code_of(script, *picked_by_name)],
        "files": [sha256(file) for file in files],
    }
    return hashlib.sha256(json.dumps(decisive, sort_keys=True).encode()).hexdigest()


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
