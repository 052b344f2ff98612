"""Coverage of the confidence intervals: the table in docs/numbers.md, by simulation.

Usage: PYTHONPATH=workflow/scripts python tools/simulate_intervals.py [simulations]
"""

import sys
from collections.abc import Callable

import numpy as np
from scipy.stats import bootstrap, t

from superres.scoring.statistics import mean_interval

CONFIDENCE = 0.95
RESAMPLES = 1999
PHOTOS = (3, 5, 6, 10, 20, 30)
# Differences with mean 0.
LAWS: dict[str, Callable[[np.random.Generator, tuple[int, ...]], np.ndarray]] = {
    "normal": lambda rng, shape: rng.normal(size=shape),
    "log-normal": lambda rng, shape: rng.lognormal(size=shape) - np.exp(0.5),
    "t with 3 degrees of freedom": lambda rng, shape: rng.standard_t(3, size=shape),
}


def ours(differences: np.ndarray) -> tuple[float, float]:
    """The interval of the workflow."""
    values = differences[:, np.newaxis]
    return mean_interval(values, np.zeros_like(values), CONFIDENCE, RESAMPLES)


def students(differences: np.ndarray) -> tuple[float, float]:
    """Student's t interval."""
    photos = len(differences)
    width = t.ppf((1 + CONFIDENCE) / 2, photos - 1) * differences.std(ddof=1) / np.sqrt(photos)
    return differences.mean() - width, differences.mean() + width


def resampled(method: str) -> Callable[[np.ndarray], tuple[float, float]]:
    """A bootstrap interval of SciPy."""

    def interval(differences: np.ndarray) -> tuple[float, float]:
        found = bootstrap(
            (differences,),
            np.mean,
            n_resamples=RESAMPLES,
            method=method,
            confidence_level=CONFIDENCE,
            rng=0,
        ).confidence_interval
        return found.low, found.high

    return interval


INTERVALS = {
    "this workflow": ours,
    "Student's t": students,
    "BCa bootstrap": resampled("BCa"),
    "percentile bootstrap": resampled("percentile"),
}


def coverage(law: str, photos: int, interval: Callable, simulations: int) -> float:
    """Share of simulations whose interval holds the true mean; NaN where there is no interval."""
    rng = np.random.default_rng(0)
    ends = np.array([interval(LAWS[law](rng, (photos,))) for _ in range(simulations)])
    if np.isnan(ends).all():
        return float("nan")
    return float(((ends[:, 0] <= 0) & (ends[:, 1] >= 0)).mean())


def main() -> None:
    """Print the table."""
    simulations = int(sys.argv[1]) if sys.argv[1:] else 2000
    print("| differences | interval |", " | ".join(f"n = {photos}" for photos in PHOTOS), "|")
    print("| --- " * (2 + len(PHOTOS)) + "|")
    for law in LAWS:
        for name, interval in INTERVALS.items():
            shares = [coverage(law, photos, interval, simulations) for photos in PHOTOS]
            cells = ["none" if np.isnan(share) else f"{share:.3f}" for share in shares]
            print(f"| {law} | {name} |", " | ".join(cells), "|", flush=True)


if __name__ == "__main__":
    main()
