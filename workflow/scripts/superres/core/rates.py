"""Speeds of several turns in a few numbers."""

import numpy as np


def spread(rates: list[float]) -> dict[str, float]:
    """Median, least and greatest of some rates in megapixels a second."""
    return {
        "megapixels_per_s": float(np.median(rates)),
        "least_megapixels_per_s": min(rates),
        "greatest_megapixels_per_s": max(rates),
    }
