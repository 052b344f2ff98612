"""Files that are whole or not there."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def appearing(file: Path, ending: str = ".part") -> Iterator[Path]:
    """Where to write a file; it gets its name when that went well, and else leaves nothing.

    Args:
        file: target; one that is there is replaced.
        ending: of the name until then, behind the target's.
    """
    unfinished = file.with_name(file.name + ending)
    try:
        yield unfinished
        with unfinished.open("rb") as written:
            # Else the name could outlive a power cut and the content not.
            os.fsync(written.fileno())
        unfinished.replace(file)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
