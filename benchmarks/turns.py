"""Shared parts of all benchmarks: turns in processes of their own, ratios, the machine."""

import json
import os
import platform
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
SCRIPTS = ROOT / "workflow/scripts"
sys.path.insert(0, str(SCRIPTS))

from superres.core import processor  # noqa: E402
from superres.core.rates import spread  # noqa: E402

PACKAGES = (
    *("tensorflow", "keras", "openvino", "onnxruntime", "ai-edge-litert"),
    *("numpy", "pillow", "snakemake"),
)


def default_config() -> dict:
    """The embedded default's configuration."""
    return yaml.safe_load((ROOT / "config/config.yaml").read_text())


def in_process(file: str, *options: str, environment=None) -> dict:
    """Run a benchmark's file as one turn, in a fresh process; its last line is JSON."""
    variables = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"} | (environment or {})
    done = subprocess.run(
        [sys.executable, file, *options], capture_output=True, text=True, env=variables
    )
    if done.returncode:
        sys.exit(f"{' '.join([file, *options])} failed:\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def ratio(ours: list[float], theirs: list[float]) -> dict:
    """Spread of the ratios of both, turn by turn."""
    return spread([a / b for a, b in zip(ours, theirs, strict=True)])


def machine() -> dict:
    """What the numbers hold for."""
    return {
        "processor": processor.name(),
        "cpus": processor.usable(),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "versions": {name: version(name) for name in PACKAGES},
    }


def write(result: dict, output: Path | None) -> None:
    """Print a result, and keep it where a file is given."""
    text = json.dumps(result | {"machine": machine()}, indent=2)
    print(text)
    if output:
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_text(text + "\n")
