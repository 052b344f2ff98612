"""The end of steps when the workflow that started them ends."""

import contextlib
import os
import select
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

# Set by the rules to the process that runs the workflow; it is a step's grandparent, as a shell is
# between them, which would wait for the step for ever.
VARIABLE = "SUPERRES_PARENT"


def end_with_parents() -> None:
    """Send SIGTERM to this process as soon as the workflow or the shell that started it ends.

    Does nothing where no workflow started it, so that a script can be left running alone, nor on
    systems other than Linux.
    """
    workflow = os.environ.get(VARIABLE)
    if workflow is None or not hasattr(os, "pidfd_open"):
        return
    ends = select.poll()
    for process in (int(workflow), os.getppid()):
        # Processes outside of a container have no number in it.
        if process > 0:
            try:
                ends.register(os.pidfd_open(process), select.POLLIN)
            except ProcessLookupError:
                os.kill(os.getpid(), signal.SIGTERM)
            except OSError:
                return

    def wait() -> None:
        ends.poll()
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, daemon=True).start()


def steps_of(workflow: int, script: str) -> Iterator[int]:
    """The running steps of a workflow; none on systems other than Linux.

    Args:
        workflow: number of the process that runs it.
        script: name of the steps' script, without `.py`.
    """
    mark = f"{VARIABLE}={workflow}".encode()
    for folder in Path("/proc").glob("[0-9]*"):
        # Processes end meanwhile, and those of other users are not readable.
        with contextlib.suppress(OSError):
            words = (folder / "cmdline").read_bytes().split(b"\0")
            is_script = any(word.endswith(f"/{script}.py".encode()) for word in words[1:2])
            if is_script and mark in (folder / "environ").read_bytes().split(b"\0"):
                yield int(folder.name)
