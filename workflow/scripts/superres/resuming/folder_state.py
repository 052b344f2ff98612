"""State of a file or folder, which changes when anything in it changes."""

import hashlib
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path


@cache
def state(path: str) -> str:
    """Changes when a file, or one anywhere in a folder, is added, removed or written.

    Names, sizes and times of writing are read, not contents; a folder that was moved as a whole
    has not changed.

    Args:
        path: file or folder; links are followed, to each folder once.

    Returns:
        SHA-256 as hexadecimal digits; empty where there is nothing.
    """
    root = Path(path).resolve()
    if not root.exists():
        return ""
    stats = [(file.relative_to(root), _stat(file)) for file in sorted([*_files(root)] or [root])]
    lines = "\n".join(f"{file}\0{stat.st_size}\0{stat.st_mtime_ns}" for file, stat in stats)
    return hashlib.sha256(os.fsencode(lines)).hexdigest()


def _files(root: Path) -> Iterator[Path]:
    known = {root}
    for folder, folders, names in os.walk(root, followlinks=True):
        yield from (Path(folder, name) for name in names)
        real = {name: Path(folder, name).resolve() for name in sorted(folders)}
        folders[:] = [name for name, path in real.items() if path not in known]
        known.update(real.values())


def _stat(file: Path) -> os.stat_result:
    """Size and time of a file, or of a link that leads nowhere."""
    try:
        return file.stat()
    except OSError:
        return file.lstat()
