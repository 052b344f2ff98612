"""State of a file or folder, which changes when anything in it changes."""

import hashlib
import os
from functools import cache
from pathlib import Path


@cache
def state(path: str) -> str:
    """Changes when a file, or one anywhere in a folder, is added, removed or written.

    Names, sizes and times of writing are read, not contents; a folder that was moved as a whole
    has not changed.

    Args:
        path: file or folder; links are followed for itself, not within it.

    Returns:
        SHA-256 as hexadecimal digits; empty where there is nothing.
    """
    root = Path(path).resolve()
    if not root.exists():
        return ""
    files = [Path(folder, name) for folder, _, names in os.walk(root) for name in names]
    stats = [(file.relative_to(root), file.lstat()) for file in sorted(files or [root])]
    lines = "\n".join(f"{file}\0{stat.st_size}\0{stat.st_mtime_ns}" for file, stat in stats)
    return hashlib.sha256(os.fsencode(lines)).hexdigest()
