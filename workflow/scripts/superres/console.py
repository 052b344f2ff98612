"""What every step shows: one log line style, progress with time left, errors in one line."""

import argparse
import logging
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from superres.errors import InputError

log = logging.getLogger("superres")


def run(main: Callable[[argparse.Namespace], None], parser: argparse.ArgumentParser) -> None:
    """Parse the command line and run a step; bad input ends in one line and exit status 1."""
    logging.basicConfig(
        level=logging.INFO,
        stream=sys.stderr,
        format=f"%(asctime)s {Path(parser.prog).stem}: %(message)s",
        datefmt="%H:%M:%S",
    )
    logging.getLogger("absl").setLevel(logging.WARNING)
    try:
        main(parser.parse_args())
    except InputError as error:
        sys.exit(f"error: {error}")


class Progress:
    """Logs done, total, share and time left, at most every `every_s` seconds and at the end.

    Args:
        total: number of units; 0 logs nothing.
        unit: what is counted, plural.
        every_s: least time between two lines.
        earlier_s: time that an earlier run took for what it left done.
    """

    def __init__(
        self, total: int, unit: str, every_s: float = 10.0, earlier_s: float = 0.0
    ) -> None:
        self.total = total
        self.unit = unit
        self.every_s = every_s
        self.shown_s = time.monotonic()
        self.start_s = self.shown_s - earlier_s

    def update(self, done: int, note: str = "") -> None:
        """Report that `done` units are finished, with a short note behind."""
        now_s = time.monotonic()
        if done < self.total and now_s - self.shown_s < self.every_s:
            return
        self.shown_s = now_s
        left_s = (now_s - self.start_s) / max(done, 1) * (self.total - done)
        share = 100 * done // max(self.total, 1)
        text = f"{done}/{self.total} {self.unit} ({share} %), {left_s:.0f} s left"
        log.info("%s, %s", text, note) if note else log.info(text)


def tracked(items: Sequence, unit: str) -> Iterator:
    """Iterate with progress."""
    progress = Progress(len(items), unit)
    for done, item in enumerate(items, start=1):
        yield item
        progress.update(done)
