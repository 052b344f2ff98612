"""Checksums of files."""

import hashlib
from pathlib import Path


def sha256(file: Path) -> str:
    """Checksum of a file's bytes, in hexadecimal digits."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
