"""Networks applied piece by piece, with the result of the whole image, in bounded memory."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from superres.core.console import log
from superres.core.errors import InputError
from superres.core.memory import BYTES_PER_MB
from superres.networks.anatomy import Anatomy

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
) -> np.ndarray:
    """Apply a network to an image; where memory runs out, again in smaller tiles.

    Args:
        run: the network, float32 (1, h, w, 3) in [0, 1] to float32 (1, h * factor, w * factor, 3).
        anatomy: its anatomy.
        image: uint8 array (height, width, 3).
        enlargement: whole factor by which the image is NEAREST up-sampled before it enters.
        memory_mb: most that the network's features may take at a time.
        report: called after every tile.

    Returns:
        uint8 array (height * enlargement * factor, width * enlargement * factor, 3), rounded and
        clipped.

    Raises:
        InputError: the least tile does not fit.
    """
    height_px, width_px = (side_px * enlargement for side_px in image.shape[:2])
    output = np.empty((height_px * anatomy.factor, width_px * anatomy.factor, 3), np.uint8)
    left = list(tiles(height_px, width_px, anatomy, memory_mb))
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
                y = y[: len(piece), : piece.shape[1]] * np.float32(255)
                piece[:] = np.clip(np.rint(y, out=y), 0, 255, out=y)
                done += piece.shape[0] * piece.shape[1] // (anatomy.factor * enlargement) ** 2
                # After memory ran out, what is computed again was reported before.
                if report and done > reported:
                    report(done - reported)
                    reported = done
            left = []
        except MemoryError:
            memory_mb = min(memory_mb, features_mb(left[0], anatomy)) / 2
            left = list(tiles(height_px, width_px, anatomy, memory_mb))
            log.warning("memory ran out; again in tiles of %.0f MB of features", memory_mb)
    return output


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
        x = image[rows[:, np.newaxis], columns].astype(np.float32) / 255.0
        y = run(x[np.newaxis])[0]
        top, left = (
            (wanted[0] - read[0]) * anatomy.factor
            for wanted, read in ((tile.rows, tile.read_rows), (tile.columns, tile.read_columns))
        )
        height, width = (
            (wanted[1] - wanted[0]) * anatomy.factor for wanted in (tile.rows, tile.columns)
        )
        yield tile, y[top : top + height, left : left + width]


def tiles(height_px: int, width_px: int, anatomy: Anatomy, memory_mb: float) -> Iterator[Tile]:
    """Cut an image so that each piece fits into memory and little is computed twice.

    Args:
        height_px: of the network's input.
        width_px: of the same input.
        anatomy: the network's anatomy.
        memory_mb: most that its features may take for one piece.

    Raises:
        InputError: a piece of one period with its halo takes more.
    """
    period_px = anatomy.period_px
    height_px, width_px = (
        math.ceil(side_px / period_px) * period_px for side_px in (height_px, width_px)
    )
    most_px = memory_mb * BYTES_PER_MB / anatomy.feature_bytes_per_px
    shapes = []
    # Strips of the whole width waste least; halves and thirds of it leave room for more rows.
    for count in range(1, width_px // period_px + 1):
        columns_px = math.ceil(width_px / count / period_px) * period_px
        read_px = min(columns_px + 2 * anatomy.halo_px, width_px)
        rows_px = height_px
        if height_px * read_px > most_px:
            rows_px = math.floor((most_px / read_px - 2 * anatomy.halo_px) / period_px) * period_px
        if rows_px > 0:
            work_px = min(rows_px + 2 * anatomy.halo_px, height_px) * read_px
            shapes.append(
                (work_px / (rows_px * columns_px), -rows_px * columns_px, rows_px, columns_px)
            )
        if shapes and count > 64:
            break
    if not shapes:
        side_px = period_px + 2 * anatomy.halo_px
        smallest_mb = side_px**2 * anatomy.feature_bytes_per_px / BYTES_PER_MB
        raise InputError(
            f"{memory_mb:.0f} MB of memory is not enough: the smallest tile needs "
            f"{smallest_mb:.0f} MB; allow more, or close other programs"
        )
    _, _, rows_px, columns_px = min(shapes)
    for top in range(0, height_px, rows_px):
        for left in range(0, width_px, columns_px):
            rows = top, min(top + rows_px, height_px)
            columns = left, min(left + columns_px, width_px)
            yield Tile(
                rows,
                columns,
                (max(rows[0] - anatomy.halo_px, 0), min(rows[1] + anatomy.halo_px, height_px)),
                (max(columns[0] - anatomy.halo_px, 0), min(columns[1] + anatomy.halo_px, width_px)),
            )


def features_mb(tile: Tile, anatomy: Anatomy) -> float:
    """What the network's features take for a tile."""
    height_px, width_px = (last - first for first, last in (tile.read_rows, tile.read_columns))
    return height_px * width_px * anatomy.feature_bytes_per_px / BYTES_PER_MB
