"""State of a file or folder, which changes when anything in it changes."""

import hashlib
import os
from collections.abc import Iterator
from functools import cache


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
    root = os.path.realpath(path)
    if not os.path.exists(root):
        return ""
    files = sorted(_files(root)) or [root]
    lines = "\n".join(f"{file[len(root) :]}\0{_size_and_time(file)}" for file in files)
    return hashlib.sha256(os.fsencode(lines)).hexdigest()


def _files(root: str) -> Iterator[str]:
    """Paths below a folder."""
    known = {root}
    for folder, folders, names in os.walk(root, followlinks=True):
        yield from (os.path.join(folder, name) for name in names)
        real = {name: os.path.realpath(os.path.join(folder, name)) for name in sorted(folders)}
        folders[:] = [name for name, path in real.items() if path not in known]
        known.update(real.values())


def _size_and_time(file: str) -> str:
    """Of a file, or of a link that leads nowhere."""
    try:
        stat = os.stat(file)
    except OSError:
        stat = os.lstat(file)
    return f"{stat.st_size}\0{stat.st_mtime_ns}"
