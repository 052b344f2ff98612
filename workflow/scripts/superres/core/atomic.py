"""Atomic writes: a file appears under its name only when it is whole."""

import contextlib
import fcntl
import os
import re
import secrets
from collections.abc import Iterator
from functools import cache
from pathlib import Path

# Short, so that it fits wherever the target's name does, and hidden, so that nobody takes it for a
# result. The ending, which some writers insist on, comes behind.
TEMPORARY = re.compile(r"\.superres-[0-9a-f]{16}\.part(\.\w+)?")


@contextlib.contextmanager
def appearing(file: Path, ending: str = "") -> Iterator[Path]:
    """Where to write a file; it gets its name when that went well, and else leaves nothing.

    Args:
        file: target, in a folder that is made where it is missing; an existing one is replaced,
            and so is a link, not what it leads to.
        ending: of the name until then, such as `.onnx`.

    Yields:
        An empty file in the target's folder, which no other process writes to.

    Raises:
        OSError: the folder cannot be written, or the name is too long.
    """
    with temporary(file.parent, ending) as unfinished:
        yield unfinished
        with unfinished.open("rb") as written:
            # Else the name could outlive a power cut and the content not.
            os.fsync(written.fileno())
        unfinished.replace(file)


@contextlib.contextmanager
def temporary(folder: Path, ending: str = "") -> Iterator[Path]:
    """A new, empty file in a folder, which is removed at the end unless it was renamed.

    Its maker holds a lock on it, by which others know that it is not a killed process's.

    Args:
        folder: made where it is missing.
        ending: of the name.

    Raises:
        OSError: the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _remove_abandoned(folder)
    file, number = _created(folder, ending)
    try:
        yield file
    finally:
        file.unlink(missing_ok=True)
        os.close(number)


def write_text(file: Path, text: str) -> None:
    """Write UTF-8 text; the name appears only when the file is whole."""
    with appearing(file) as unfinished:
        unfinished.write_text(text, encoding="utf-8")


def _created(folder: Path, ending: str) -> tuple[Path, int]:
    """A file that was not there before, and the descriptor that holds its lock."""
    while True:
        file = folder / f".superres-{secrets.token_hex(8)}.part{ending}"
        # Never what somebody else has put there, nor through a link.
        flags = os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_RDWR
        number = os.open(file, flags, 0o666)
        # Not every file system has locks; without them, nothing is ever taken for abandoned.
        with contextlib.suppress(OSError):
            fcntl.flock(number, fcntl.LOCK_EX)
        # In the moment before it was locked, another process may have removed it as abandoned.
        if os.fstat(number).st_nlink:
            return file, number
        os.close(number)


@cache
def _remove_abandoned(folder: Path) -> None:
    """Remove what killed processes left in a folder, once in the life of this one."""
    # Neither a folder that may not be listed nor a file of another user is in the way.
    with contextlib.suppress(OSError):
        for file in [file for file in folder.iterdir() if TEMPORARY.fullmatch(file.name)]:
            _remove_if_abandoned(file)


def _remove_if_abandoned(file: Path) -> None:
    with contextlib.suppress(OSError):
        number = os.open(file, os.O_RDWR | os.O_NOFOLLOW)
        try:
            fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
            file.unlink()
        finally:
            os.close(number)
