"""Console output of every step: log lines, progress with time left, errors in one line."""

import contextlib
import logging
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from superres.core.errors import InputError
from superres.core.parents import end_with_parents

log = logging.getLogger("superres")

BAR = 20
# What a terminal takes as: back to the start of the line, and nothing behind.
CLEAR = "\r\x1b[K"


def run(*steps: Callable[..., None]) -> None:
    """Run a step with its command line; bad input ends in one line and exit status 1.

    Options are the parameters of the function, help is its docstring. A script of several steps
    takes the name of one first, with `-` for `_`.

    Args:
        *steps: one function, or several.
    """
    import tyro
    from tyro.extras import subcommand_cli_from_dict

    logging.basicConfig(level=logging.INFO, stream=sys.stderr)
    label()
    end_with_parents()
    logging.getLogger("absl").setLevel(logging.WARNING)
    no_pairs = (tyro.conf.FlagCreatePairsOff,)
    try:
        if len(steps) == 1:
            tyro.cli(steps[0], config=no_pairs)
        else:
            names = {step.__name__.replace("_", "-"): step for step in steps}
            subcommand_cli_from_dict(names, config=no_pairs)
    except InputError as error:
        sys.exit(f"error: {error}")


def label(*works_on: object) -> None:
    """Begin every line of the log with the time, the step, and what it works on.

    Args:
        *works_on: such as method and scale; what is empty is left out.
    """
    step = " ".join([Path(sys.argv[0]).stem, *(str(word) for word in works_on if word)])
    # A line of the log takes the place of progress that is being drawn.
    clear = CLEAR if sys.stderr.isatty() else ""
    form = f"{clear}%(asctime)s {step.replace('%', '%%')}: %(message)s"
    for handler in logging.getLogger().handlers:
        handler.setFormatter(logging.Formatter(form, datefmt="%H:%M:%S"))


class Progress:
    """Done, total, share and time left: drawn live in a terminal, elsewhere a line now and then.

    Lines read `3/12 photos (25 %), 40 s left, note`, at most one in `every_s` seconds and one at
    the end, so that a log stays short and a program can read it.

    Args:
        total: number of units; 0 logs nothing.
        unit: what is counted, plural.
        every_s: least time between two lines of a log.
        earlier_s: time that an earlier run took for what it left done.
    """

    def __init__(
        self, total: int, unit: str, every_s: float = 10.0, earlier_s: float = 0.0
    ) -> None:
        self.total = total
        self.unit = unit
        self.live = sys.stderr.isatty()
        self.every_s = 0.1 if self.live else every_s
        self.shown_s = time.monotonic()
        self.start_s = self.shown_s - earlier_s

    def update(self, done: int, note: str = "") -> None:
        """Report that `done` units are finished, with a short note behind."""
        now_s = time.monotonic()
        if done < self.total and now_s - self.shown_s < self.every_s:
            return
        self.shown_s = now_s
        left_s = (now_s - self.start_s) / max(done, 1) * (self.total - done)
        percent = 100 * done // max(self.total, 1)
        text = f"{done}/{self.total} {self.unit} ({percent} %), {left_s:.0f} s left"
        text += f", {note}" if note else ""
        if self.live and done < self.total:
            bar = "#" * (BAR * percent // 100)
            print(f"{CLEAR}[{bar:<{BAR}}] {text}", end="", file=sys.stderr, flush=True)
        else:
            log.info(text)


@contextlib.contextmanager
def silent_start() -> Iterator[None]:
    """Hold back what libraries write to standard error while they start; show it if that fails.

    Their C++ parts write to the descriptor, whatever Python's own streams are.
    """
    sys.stderr.flush()
    own = os.dup(2)
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), 2)
        try:
            yield
        except BaseException:
            held.seek(0)
            os.write(own, held.read())
            raise
        finally:
            os.dup2(own, 2)
            os.close(own)


def shown(path: Path) -> str:
    """Make a path fit for one line of a log, whatever bytes its name holds."""
    return repr(str(path))


def printable(name: str) -> str:
    """Make a name fit for one line of a text, with codes for what is not UTF-8 or not seen."""
    valid = os.fsencode(name).decode(errors="backslashreplace")
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in valid)


def tracked(items: Sequence, unit: str) -> Iterator:
    """Iterate with progress."""
    progress = Progress(len(items), unit)
    for done, item in enumerate(items, start=1):
        yield item
        progress.update(done)
