"""How sure one can be of a mean over photos."""

import numpy as np
from scipy.stats import bootstrap


def mean_interval(values: np.ndarray, confidence: float, resamples: int) -> tuple[float, float]:
    """Percentile bootstrap interval of a mean; the photo is the unit that is resampled.

    Args:
        values: float array (photos,), one value a photo.
        confidence: level in (0, 1).
        resamples: number of bootstrap resamples.

    Returns:
        Lower and upper end; NaN for fewer than two photos.
    """
    if len(values) < 2:
        return float("nan"), float("nan")
    interval = bootstrap(
        (values,),
        np.mean,
        confidence_level=confidence,
        n_resamples=resamples,
        method="percentile",
        rng=np.random.default_rng(0),
    ).confidence_interval
    return float(interval.low), float(interval.high)
