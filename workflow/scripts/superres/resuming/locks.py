"""A lock on a folder of partial work, so that two processes never work in it side by side."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from superres.core.errors import InputError

NAME = "lock"


@contextlib.contextmanager
def sole_use(folder: Path) -> Iterator[None]:
    """Keep other processes out of a folder while this lasts; a process that is killed does not.

    Where the file system has no locks, nothing is kept out.

    Args:
        folder: made where it is missing; may be removed meanwhile by the one who uses it.

    Raises:
        InputError: another process uses it.
    """
    number = _opened(folder)
    try:
        yield
    finally:
        os.close(number)


def _opened(folder: Path) -> int:
    """Descriptor of the lock's file, which holds the lock."""
    while True:
        folder.mkdir(parents=True, exist_ok=True)
        number = os.open(folder / NAME, os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW, 0o666)
        try:
            fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(number)
            raise InputError(
                f"{folder}: another process is working on the same results; wait until it is done, "
                "or end it and run again"
            ) from None
        except OSError:
            return number
        # The one before may have removed the folder after this file was opened.
        if os.fstat(number).st_nlink:
            return number
        os.close(number)
