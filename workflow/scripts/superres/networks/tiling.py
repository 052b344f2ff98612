"""Networks applied piece by piece, with the result of the whole image, in bounded memory."""

import itertools
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from operator import itemgetter

import numpy as np

from superres.core.console import log
from superres.core.errors import InputError
from superres.core.memory import BYTES_PER_MB
from superres.networks.anatomy import Anatomy

# What runtimes cut a row into.
VECTOR_PX = 8
STRIP_ROWS = 32

Run = Callable[[np.ndarray], np.ndarray]
Report = Callable[[int], None]
"""Told how many pixels of the image have just been finished."""


@dataclass(frozen=True)
class Tile:
    """A piece of the input, along both sides, in pixels of the network's input.

    Attributes:
        rows: first and last (exclusive) row whose output is wanted.
        columns: first and last (exclusive) column of it.
        read_rows: rows to read for it: with the halo, inside the image.
        read_columns: columns to read for it, with the halo, inside the image.
    """

    rows: tuple[int, int]
    columns: tuple[int, int]
    read_rows: tuple[int, int]
    read_columns: tuple[int, int]


def predict(
    run: Run,
    anatomy: Anatomy,
    image: np.ndarray,
    enlargement: int,
    memory_mb: float = math.inf,
    report: Report | None = None,
    uneven: float = 1.0,
) -> np.ndarray:
    """Apply a network to an image; where memory runs out, again in smaller tiles.

    Args:
        run: the network, float32 (1, h, w, 3) in [0, 1] to float32 (1, h * factor, w * factor, 3).
        anatomy: its anatomy.
        image: uint8 array (height, width, 3).
        enlargement: whole factor by which the image is NEAREST up-sampled before it enters.
        memory_mb: most that the network's features may take at a time.
        report: called after every tile.
        uneven: see `tiles`.

    Returns:
        uint8 array (height * enlargement * factor, width * enlargement * factor, 3), rounded and
        clipped.

    Raises:
        InputError: the least tile does not fit.
    """
    height_px, width_px = (side_px * enlargement for side_px in image.shape[:2])
    output = np.empty((height_px * anatomy.factor, width_px * anatomy.factor, 3), np.uint8)
    left = list(tiles(height_px, width_px, anatomy, memory_mb, uneven))
    reported = 0
    while left:
        done = 0
        try:
            for tile, y in outputs(run, anatomy, image, enlargement, left):
                rows, columns = (
                    slice(first * anatomy.factor, last * anatomy.factor)
                    for first, last in (tile.rows, tile.columns)
                )
                piece = output[rows, columns]
                _round_into(piece, y[: len(piece), : piece.shape[1]])
                done += piece.shape[0] * piece.shape[1] // (anatomy.factor * enlargement) ** 2
                # After memory ran out, what is computed again was reported before.
                if report and done > reported:
                    report(done - reported)
                    reported = done
            left = []
        except MemoryError:
            memory_mb = min(memory_mb, features_mb(left[0], anatomy)) / 2
            left = list(tiles(height_px, width_px, anatomy, memory_mb, uneven))
            log.warning("memory ran out; again in tiles of %.0f MB of features", memory_mb)
    return output


def _round_into(piece: np.ndarray, y: np.ndarray) -> None:
    """Write an output in [0, 1] as 8 bits, in strips that stay in the CPU's cache."""
    for first in range(0, len(piece), STRIP_ROWS):
        strip = y[first : first + STRIP_ROWS] * np.float32(255)
        piece[first : first + STRIP_ROWS] = np.clip(np.rint(strip, out=strip), 0, 255, out=strip)


def outputs(
    run: Run, anatomy: Anatomy, image: np.ndarray, enlargement: int, pieces: list[Tile]
) -> Iterator[tuple[Tile, np.ndarray]]:
    """The network's output for every tile, not rounded, without its halo.

    Beyond the right and lower edge, where the period asks for more, edge pixels are repeated.

    Yields:
        The tile, and float32 (height * factor, width * factor, 3).
    """
    for tile in pieces:
        rows, columns = (
            np.minimum(np.arange(*read), side_px * enlargement - 1) // enlargement
            for read, side_px in zip(
                (tile.read_rows, tile.read_columns), image.shape[:2], strict=True
            )
        )
        x = image.take(rows, axis=0).take(columns, axis=1).astype(np.float32) / 255.0
        y = run(x[np.newaxis])[0]
        top, left = (
            (wanted[0] - read[0]) * anatomy.factor
            for wanted, read in ((tile.rows, tile.read_rows), (tile.columns, tile.read_columns))
        )
        height, width = (
            (wanted[1] - wanted[0]) * anatomy.factor for wanted in (tile.rows, tile.columns)
        )
        yield tile, y[top : top + height, left : left + width]


def tiles(
    height_px: int, width_px: int, anatomy: Anatomy, memory_mb: float, uneven: float = 1.0
) -> Iterator[Tile]:
    """Cut an image so that each piece fits into memory and little is computed twice.

    All pieces read as many rows and columns, as a runtime prepares itself anew for other sizes.

    Args:
        height_px: of the network's input.
        width_px: of the same input.
        anatomy: the network's anatomy.
        memory_mb: most that its features may take for one piece.
        uneven: how many times as long widths take that are no multiple of 8.

    Raises:
        InputError: a piece of one period with its halo takes more.
    """
    period_px = anatomy.period_px
    height_px, width_px = (_up_to(side_px, period_px) for side_px in (height_px, width_px))
    most_px = memory_mb * BYTES_PER_MB / anatomy.feature_bytes_per_px
    smallest_px = period_px + 2 * anatomy.halo_px
    step_px = math.lcm(VECTOR_PX, period_px)
    even = range(_up_to(smallest_px, step_px), width_px, step_px)
    choices = []
    for columns_px in sorted({min(smallest_px, width_px), *even, width_px}, reverse=True):
        rows_px = int(min(height_px, most_px / columns_px)) // period_px * period_px
        if rows_px < min(height_px, smallest_px):
            continue
        rows = _windows(height_px, rows_px, period_px, anatomy)
        columns = _windows(width_px, columns_px, step_px, anatomy)
        read_px = rows.count * rows.read_px * columns.count * columns.read_px
        longer = uneven if columns.read_px % VECTOR_PX else 1.0
        choices.append((read_px * longer, rows, columns))
    if not choices:
        smallest_mb = smallest_px**2 * anatomy.feature_bytes_per_px / BYTES_PER_MB
        raise InputError(
            f"{memory_mb:.0f} MB of memory is not enough: the smallest tile needs "
            f"{smallest_mb:.0f} MB; allow more, or close other programs"
        )
    _, rows, columns = min(choices, key=itemgetter(0))
    for row in rows.placed(anatomy):
        for column in columns.placed(anatomy):
            yield Tile(row.wanted, column.wanted, row.read, column.read)


@dataclass(frozen=True)
class _Window:
    """First and last (exclusive) pixel of what is wanted along a side, and of what is read."""

    wanted: tuple[int, int]
    read: tuple[int, int]


@dataclass(frozen=True)
class _Windows:
    """How many windows cover a side, and what each of them reads."""

    side_px: int
    count: int
    read_px: int

    def placed(self, anatomy: Anatomy) -> list[_Window]:
        """All of them, evenly over the side."""
        spare_px, gaps = self.side_px - self.read_px, max(self.count - 1, 1)
        starts = [
            spare_px * number // gaps // anatomy.period_px * anatomy.period_px
            for number in range(self.count)
        ]
        edges = [0, *(start + anatomy.halo_px for start in starts[1:]), self.side_px]
        return [
            _Window(wanted, (start, start + self.read_px))
            for wanted, start in zip(itertools.pairwise(edges), starts, strict=True)
        ]


def _windows(side_px: int, most_px: int, step_px: int, anatomy: Anatomy) -> _Windows:
    """The fewest windows of at most `most_px` that cover a side, all as long as each other."""
    if most_px >= side_px:
        return _Windows(side_px, 1, side_px)
    # The first and the last one have a halo on one side.
    halos_px = 2 * anatomy.halo_px
    count = math.ceil((side_px - halos_px) / (most_px - halos_px))
    needed_px = math.ceil((side_px + halos_px * (count - 1)) / count)
    return _Windows(side_px, count, min(_up_to(needed_px, step_px), most_px))


def _up_to(side_px: int, period_px: int) -> int:
    """The least multiple of a period that is not less."""
    return math.ceil(side_px / period_px) * period_px


def features_mb(tile: Tile, anatomy: Anatomy) -> float:
    """What the network's features take for a tile."""
    height_px, width_px = (last - first for first, last in (tile.read_rows, tile.read_columns))
    return height_px * width_px * anatomy.feature_bytes_per_px / BYTES_PER_MB
