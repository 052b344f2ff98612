"""How sure one can be of a difference between two methods on the same photos."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import wilcoxon

# Counts of photos held in memory at a time, 128 MB.
BATCH = 2**24


@dataclass(frozen=True)
class Difference:
    """One method minus another, paired by photo, seeds averaged where nothing else is said.

    `low` and `high` are from `mean_interval`, `p` is from `paired_p`; `lowest` is that of a single
    photo, and `photos_above` counts the photos above 0.
    """

    photos: int
    seeds: int
    mean: float
    median: float
    low: float
    high: float
    lowest: float
    photos_above: int
    p: float


def difference(
    values: np.ndarray, reference: np.ndarray, confidence: float, resamples: int
) -> Difference:
    """Compare two methods.

    Args:
        values: float array (photos, seeds).
        reference: float array (photos, its own seeds), the same photos.
        confidence: level of the interval, in (0, 1).
        resamples: of the bootstrap.
    """
    by_photo = values.mean(axis=1) - reference.mean(axis=1)
    low, high = mean_interval(values, reference, confidence, resamples)
    return Difference(
        *values.shape,
        mean=float(by_photo.mean()),
        median=float(np.median(by_photo)),
        low=low,
        high=high,
        lowest=float(by_photo.min()),
        photos_above=int((by_photo > 0).sum()),
        p=paired_p(by_photo),
    )


def mean_interval(
    values: np.ndarray, reference: np.ndarray, confidence: float, resamples: int
) -> tuple[float, float]:
    """Percentile bootstrap interval of the mean difference, on two levels.

    Every resample draws photos, the same for both methods, and from each method's seeds, since a
    training is good or bad for all photos at once. One seed leaves the bootstrap over photos.

    Args:
        values: float array (photos, seeds).
        reference: float array (photos, its own seeds), the same photos.
        confidence: level in (0, 1).
        resamples: number of resamples; the same ones on every call.

    Returns:
        Lower and upper end; NaN for fewer than two photos.
    """
    if len(values) < 2:
        return float("nan"), float("nan")
    rng = np.random.default_rng(0)
    batch = max(1, BATCH // len(values))
    means = [
        _resampled_means(values, reference, min(batch, resamples - done), rng)
        for done in range(0, resamples, batch)
    ]
    tail = (1 - confidence) / 2
    low, high = np.quantile(np.concatenate(means), [tail, 1 - tail])
    return float(low), float(high)


def _resampled_means(
    values: np.ndarray, reference: np.ndarray, resamples: int, rng: np.random.Generator
) -> np.ndarray:
    photos = _drawn_shares(len(values), resamples, rng)
    ours, theirs = (
        (photos @ scores * _drawn_shares(scores.shape[1], resamples, rng)).sum(axis=1)
        for scores in (values, reference)
    )
    return ours - theirs


def _drawn_shares(units: int, resamples: int, rng: np.random.Generator) -> np.ndarray:
    """Share of every unit in draws with replacement: float (resamples, units), rows sum to 1."""
    return rng.multinomial(units, np.full(units, 1 / units), size=resamples) / units


def paired_p(differences: np.ndarray) -> float:
    """Two-sided p of the Wilcoxon signed-rank test; exact for few photos.

    Args:
        differences: float array (photos,), one value a photo.

    Returns:
        In [0, 1]; 1 where no photo differs.
    """
    return float(wilcoxon(differences).pvalue) if differences.any() else 1.0


def holm(p: np.ndarray) -> np.ndarray:
    """Correct p values (comparisons,) for their number by the method of Holm 1979.

    It bounds the chance of even one false claim, however the comparisons hang together, as those
    on the same photos do. SciPy has none that bounds this; its corrections let a share be false.
    """
    order = p.argsort()
    corrected = np.empty_like(p)
    corrected[order] = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    return corrected.clip(max=1)


def verdicts(differences: list[Difference], confidence: float) -> list[tuple[float, str]]:
    """Corrected p and verdict of every comparison of one family.

    `better` and `worse` need an interval of the mean without 0, a median on the same side and a
    corrected p of at most 1 - confidence. `too few photos to tell` says that no difference could
    have reached that p, whatever the scores.

    Args:
        differences: all that are looked at together.
        confidence: level in (0, 1).
    """
    corrected = holm(np.array([one.p for one in differences]))
    # All photos on one side: one of 2^photos patterns of signs, and its mirror image.
    lowest = holm(np.array([2.0 ** (1 - one.photos) for one in differences]))
    return [
        (float(p), _verdict(one, p, reachable, 1 - confidence))
        for one, p, reachable in zip(differences, corrected, lowest, strict=True)
    ]


def _verdict(one: Difference, p: float, lowest_p: float, highest_p: float) -> str:
    if lowest_p > highest_p:
        return "too few photos to tell"
    if p <= highest_p and min(one.low, one.median) > 0:
        return "better"
    if p <= highest_p and max(one.high, one.median) < 0:
        return "worse"
    return "no difference shown"
