"""Where images of one photo differ most, and how large errors are."""

import itertools
import math

import numpy as np

from superres.images.window_sums import window_sums

# The page needs places, not sums: every n-th row and column of a large photo is enough.
MOST_PIXELS = 250_000


def most_different(images: list[np.ndarray], side_px: int) -> tuple[int, int]:
    """Upper left corner (top, left) of the square in which some images differ most.

    Args:
        images: uint8 arrays of one shape (height, width, 3).
        side_px: side of the square; an image that is smaller is taken whole.
    """
    return _heaviest(np.ptp(np.stack(images).astype(np.int64), axis=0).sum(axis=-1), side_px)


def step_for(shape: tuple[int, int]) -> int:
    """The least n of which every n-th row and column leaves no more than `MOST_PIXELS`, or nearly.

    Args:
        shape: height and width of the photo.
    """
    return max(1, math.ceil(math.sqrt(math.prod(shape) / MOST_PIXELS)))


def thinned(image: np.ndarray, shape: tuple[int, int], step: int) -> np.ndarray:
    """Every n-th row and column of an image, enlarged before by repeating pixels if it is smaller.

    Args:
        image: (height, width, 3); what it takes of it is copied, so that the rest can go.
        shape: height and width of the photo.
        step: n.
    """
    rows, columns = (
        np.arange(0, side, step) * own // side
        for side, own in zip(shape, image.shape[:2], strict=True)
    )
    return image[np.ix_(rows, columns)]


def places_of_pairs(
    images: list[np.ndarray], side_px: int, step: int = 1
) -> list[tuple[int, int] | None]:
    """For each pair of images, the middle (x, y) of the square in which the two differ most.

    Args:
        images: uint8 arrays of one shape (height, width, 3), thinned by `step`.
        side_px: side of the square in pixels of the whole images.
        step: of which rows and columns the images consist.

    Returns:
        In the order of `itertools.combinations`, in pixels of the whole images; None where the two
        are the same.
    """
    side = max(1, side_px // step)
    places: list[tuple[int, int] | None] = []
    for a, b in itertools.combinations(images, 2):
        spread = _absolute(a, b).sum(axis=-1, dtype=np.int64)
        if not spread.any():
            places.append(None)
            continue
        top, left = _heaviest(spread, side)
        height, width = (min(side, whole) for whole in spread.shape)
        places.append((step * (2 * left + width) // 2, step * (2 * top + height) // 2))
    return places


def usual_error(image: np.ndarray, truth: np.ndarray) -> float:
    """Error in grey levels, mean of the channels, that 99 of 100 pixels stay below.

    Args:
        image: uint8 (height, width, 3).
        truth: of the same shape.
    """
    return float(np.percentile(_absolute(image, truth).mean(axis=-1), 99))


def _absolute(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.maximum(a, b) - np.minimum(a, b)


def _heaviest(values: np.ndarray, side: int) -> tuple[int, int]:
    """Upper left corner (top, left) of the square with the largest sum of (height, width)."""
    height, width = (min(side, whole) for whole in values.shape)
    inside = window_sums(values, (width, height))
    top, left = np.unravel_index(inside.argmax(), inside.shape)
    return int(top), int(left)
