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
    lost = []
    for pair in pairs:
        lr, hr = read_rgb(pair.lr), read_rgb(pair.hr)
        exact_db, fast_db = (_psnr_db(hr, predict(lr), scale) for predict in (exact, fast))
        lost.append(exact_db - fast_db)
    return {
        "photos": len(lost),
        "mean_lost_db": float(np.mean(lost)),
        "most_lost_db": float(np.max(lost)),
    }


def _psnr_db(hr: np.ndarray, predicted: np.ndarray, scale: int) -> float:
    truth, answer = (without_border(image, scale).astype(np.float64) for image in (hr, predicted))
    return psnr_db(float(np.mean((answer - truth) ** 2)), 255)
