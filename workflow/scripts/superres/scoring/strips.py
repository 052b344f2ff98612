"""Strips of an image, so that what is computed of it stays in the processor's caches."""

from collections.abc import Iterator

STRIP_PX = 128


def strips(height_px: int, reach_px: int) -> Iterator[tuple[slice, slice]]:
    """Cut the rows of an image.

    Args:
        height_px: of the image.
        reach_px: rows that a result depends on, above and below its own.

    Yields:
        Rows to read, and those of them whose results are wanted; every row is wanted once.
    """
    for first in range(0, height_px, STRIP_PX):
        last = min(first + STRIP_PX, height_px)
        top, bottom = max(first - reach_px, 0), min(last + reach_px, height_px)
        yield slice(top, bottom), slice(first - top, last - top)
