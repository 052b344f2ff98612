"""Sums over all windows of one size, from a summed-area table (Crow 1984)."""

import numpy as np


def window_sums(values: np.ndarray, size_px: tuple[int, int], step_px: int = 1) -> np.ndarray:
    """The sum of every window whose left and top are multiples of a step.

    Args:
        values: array (height, width).
        size_px: width and height of the windows, at most those of the array.
        step_px: distance from one window to the next.

    Returns:
        Array (windows down, windows across) of the same kind of numbers.
    """
    sums = np.pad(values.cumsum(axis=0).cumsum(axis=1), [(1, 0), (1, 0)])
    width, height = size_px
    return (
        sums[height::step_px, width::step_px]
        - sums[:-height:step_px, width::step_px]
        - sums[height::step_px, :-width:step_px]
        + sums[:-height:step_px, :-width:step_px]
    )
