"""What a network loses where it is computed in bfloat16."""

from collections.abc import Callable, Iterable

import numpy as np

from superres.core.decibels import psnr_db
from superres.data.pair_files import Pair, without_border
from superres.images.rgb_files import read_rgb

Predict = Callable[[np.ndarray], np.ndarray]


def lost_db(exact: Predict, fast: Predict, pairs: Iterable[Pair], scale: int) -> dict:
    """Compare the scores of a network in two precisions.

    Args:
        exact: from LR to HR in float32, both uint8 (height, width, 3).
        fast: the same in the other precision.
        pairs: of photos that the network never saw.
        scale: whole factor.

    Returns:
        photos, their number; mean_lost_db and most_lost_db, PSNR of `exact` less that of `fast`, of
        RGB, 8 bits, peak 1.0, border crop of `scale` pixels.
    """
    lost = [_psnr_db(exact, pair, scale) - _psnr_db(fast, pair, scale) for pair in pairs]
    return {
        "photos": len(lost),
        "mean_lost_db": float(np.mean(lost)),
        "most_lost_db": float(np.max(lost)),
    }


def _psnr_db(predict: Predict, pair: Pair, scale: int) -> float:
    hr, predicted = (
        without_border(image, scale).astype(np.float64)
        for image in (read_rgb(pair.hr), predict(read_rgb(pair.lr)))
    )
    return psnr_db(float(np.mean((predicted - hr) ** 2)), 255)
