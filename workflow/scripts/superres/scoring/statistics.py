"""Paired significance tests and confidence intervals of the mean difference of two methods."""

import functools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.stats import rankdata, t, wilcoxon

from superres.scoring.fewest_photos import LEAST_PHOTOS, least_p
from superres.scoring.photo_scores import paired

# Counts of photos held in memory at a time, 128 MB.
BATCH = 2**24
# Share of the tails that is left outside, chosen by simulation: with all of it, the interval of
# ten log-normal differences held their mean in 91 to 92 of 100 cases instead of 95.
TAIL = 0.5
# Differences up to which the signed-rank test is exact; beyond, the normal law is as good.
EXACT = 50


@dataclass(frozen=True)
class Difference:
    """One method minus another, paired by photo, seeds averaged.

    `low` and `high` are from `mean_interval`, `p` is from `paired_p`. Mean and interval are over
    photos with a finite difference; median and `lowest` are over all of them. `photos_above` counts
    the photos above 0, `photos_equal` those at 0, `photos_infinite` those that only one of both
    methods reproduces exactly.
    """

    photos: int
    seeds: int
    mean: float
    median: float
    low: float
    high: float
    lowest: float
    photos_above: int
    photos_equal: int
    photos_infinite: int
    p: float


def difference(
    values: np.ndarray, reference: np.ndarray, confidence: float, resamples: int
) -> Difference:
    """Compare two methods.

    Args:
        values: float array (photos, seeds), infinite where a photo is reproduced exactly.
        reference: float array (photos, its own seeds), the same photos.
        confidence: level of the interval, in (0, 1).
        resamples: of the bootstrap.

    Raises:
        ValueError: a value is NaN.
    """
    if np.isnan(values).any() or np.isnan(reference).any():
        raise ValueError("a score that is not a number cannot be compared")
    by_photo = paired(values, reference)
    finite = by_photo[np.isfinite(by_photo)]
    low, high = mean_interval(values, reference, confidence, resamples)
    photos, seeds = values.shape
    return Difference(
        photos=photos,
        seeds=seeds,
        mean=float(finite.mean()) if len(finite) else float("nan"),
        median=_median(by_photo),
        low=low,
        high=high,
        lowest=float(by_photo.min()),
        photos_above=int((by_photo > 0).sum()),
        photos_equal=int((by_photo == 0).sum()),
        photos_infinite=len(by_photo) - len(finite),
        p=paired_p(by_photo),
    )


def _median(by_photo: np.ndarray) -> float:
    """Median, infinite where one of the two values in the middle is; 0 between -inf and inf."""
    middle = np.sort(by_photo)[[(len(by_photo) - 1) // 2, len(by_photo) // 2]]
    return 0.0 if middle[0] == -middle[1] else float(middle.mean())


def mean_interval(
    values: np.ndarray, reference: np.ndarray, confidence: float, resamples: int
) -> tuple[float, float]:
    """Confidence interval of the mean difference of all photos and trainings of this kind.

    Over photos: the wider end, on either side, of Student's t interval and of the studentised
    bootstrap (Efron and Tibshirani 1993, section 12.5), both at `TAIL` of the tails; Student's is
    too narrow for skewed differences and the bootstrap for heavy tails. Over trainings: Student's t
    interval of the seeds' means, for each method with several. They are put together as
    independent parts of one sum (Zou and Donner 2008). With one training of each method, the
    interval is over photos alone.

    Args:
        values: float array (photos, seeds), none of them NaN.
        reference: float array (photos, its own seeds), the same photos.
        confidence: level in (0, 1).
        resamples: number of bootstrap resamples; the same ones on every call.

    Returns:
        Lower and upper end; NaN for fewer than `LEAST_PHOTOS` photos with a finite difference, and
        where so few of them differ from the others that resamples have no spread.
    """
    by_photo = paired(values, reference)
    by_photo = by_photo[np.isfinite(by_photo)]
    if len(by_photo) < LEAST_PHOTOS:
        return float("nan"), float("nan")
    tail = (1 - confidence) / 2
    below, above = _distances_over_photos(by_photo, TAIL * tail, resamples)
    trainings = [_half_width_over_seeds(scores, tail) for scores in (values, reference)]
    mean = by_photo.mean()
    low = mean - np.hypot.reduce([below, *trainings])
    high = mean + np.hypot.reduce([above, *trainings])
    return float(low), float(high)


def _distances_over_photos(
    by_photo: np.ndarray, tail: float, resamples: int
) -> tuple[float, float]:
    """Distance of the lower and the upper end from the mean; NaN where one is infinite."""
    deviations = by_photo - by_photo.mean()
    error = deviations.std(ddof=1) / np.sqrt(len(deviations))
    if error <= _rounding(by_photo):
        return 0.0, 0.0
    scaled = deviations / error
    drawn = np.sort(np.concatenate(list(_studentised(scaled, resamples))))
    # Order statistics, rounded outwards: between finite and infinite ones nothing can be weighed.
    first = max(int(np.floor(tail * (resamples + 1))) - 1, 0)
    students = t.ppf(1 - tail, len(scaled) - 1)
    ends = np.array([max(drawn[-1 - first], students), max(-drawn[first], students)]) * error
    return (float(ends[0]), float(ends[1])) if np.isfinite(ends).all() else (np.nan, np.nan)


def _studentised(scaled: np.ndarray, resamples: int) -> Iterator[np.ndarray]:
    """Mean divided by its standard error, of resamples of values with mean 0, in batches."""
    photos = len(scaled)
    batch = max(1, BATCH // photos)
    for start in range(0, resamples, batch):
        counts = _drawn_counts(photos, min(batch, resamples - start), start)
        means = counts @ scaled / photos
        variances = (counts @ scaled**2 / photos - means**2) / (photos - 1)
        # A resample of one photo alone has no spread, up to rounding.
        none = variances <= 1e-12 * np.square(scaled).max()
        errors = np.sqrt(np.where(none, 1.0, variances))
        yield np.where(none, np.copysign(np.inf, means), means / errors)


@functools.lru_cache(maxsize=1)
def _drawn_counts(photos: int, resamples: int, start: int) -> np.ndarray:
    """How often every photo is in draws with replacement: float (resamples, photos)."""
    rng = np.random.default_rng([0, start])
    return rng.multinomial(photos, np.full(photos, 1 / photos), size=resamples).astype(float)


def _half_width_over_seeds(scores: np.ndarray, tail: float) -> float:
    """Of Student's t interval of the trainings' means over photos; 0 for one training.

    NaN where every photo is reproduced exactly by one of the trainings.
    """
    seeds = scores.shape[1]
    if seeds == 1:
        return 0.0
    comparable = scores[np.isfinite(scores).all(axis=1)]
    if not len(comparable):
        return float("nan")
    error = comparable.mean(axis=0).std(ddof=1) / np.sqrt(seeds)
    return float(t.ppf(1 - tail, seeds - 1) * error)


def _rounding(values: np.ndarray) -> float:
    """Greatest error by which equal differences can look unequal."""
    return float(1e-12 * max(np.abs(values).max(), 1.0))


def paired_p(differences: np.ndarray) -> float:
    """Two-sided p of the Wilcoxon signed-rank test; exact for few photos, ties among them too.

    Photos without a difference are left out; infinite differences have the highest rank.

    Args:
        differences: float array (photos,), one value per photo, none of them NaN.

    Returns:
        In [0, 1]; 1 where no photo differs.
    """
    differing = differences[differences != 0]
    if not len(differing):
        return 1.0
    ranks = rankdata(np.abs(differing))
    if len(differing) > EXACT:
        return float(wilcoxon(np.sign(differing) * ranks, method="asymptotic").pvalue)
    # Twice the ranks are whole, also where some are shared. Every pattern of signs is as likely.
    doubled = np.rint(2 * ranks).astype(int)
    chances = np.zeros(doubled.sum() + 1)
    chances[0] = 1.0
    for rank in doubled:
        chances[rank:] = (chances[rank:] + chances[: len(chances) - rank]) / 2
        chances[:rank] /= 2
    smaller = min(doubled[differing > 0].sum(), doubled[differing < 0].sum())
    return float(min(1.0, 2 * chances[: smaller + 1].sum()))


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
    corrected p of at most 1 - confidence. `too few photos to tell` says that there is no interval,
    or that the photos which differ could not have reached that p, whichever way they differ.

    Args:
        differences: all that are looked at together, each pair of methods once.
        confidence: level in (0, 1).
    """
    corrected = holm(np.array([one.p for one in differences]))
    # All photos on one side: one of 2^photos patterns of signs, and its mirror image.
    lowest = holm(np.array([least_p(one.photos - one.photos_equal) for one in differences]))
    return [
        (float(p), _verdict(one, p, reachable, 1 - confidence))
        for one, p, reachable in zip(differences, corrected, lowest, strict=True)
    ]


def _verdict(one: Difference, p: float, lowest_p: float, highest_p: float) -> str:
    if one.photos == one.photos_equal:
        return "no difference shown"
    if lowest_p > highest_p or np.isnan([one.low, one.high]).any():
        return "too few photos to tell"
    if p <= highest_p and one.low > 0 and one.median > 0:
        return "better"
    if p <= highest_p and one.high < 0 and one.median < 0:
        return "worse"
    return "no difference shown"
