"""How many photos a verdict needs, before anything is measured."""

import math

# With fewer, no interval of the mean holds a log-normal mean in 93 of 100 cases (docs/numbers.md).
LEAST_PHOTOS = 6


def least_p(photos: int) -> float:
    """The least p that the two-sided signed-rank test can have where `photos` photos differ."""
    return min(1.0, 2.0 ** (1 - photos))


def most_comparisons(photos: int, confidence: float) -> int:
    """Comparisons among which a method that wins on every photo is better after Holm's correction.

    Args:
        photos: on which two methods differ.
        confidence: level of the verdicts, in (0, 1).
    """
    return 0 if photos < LEAST_PHOTOS else math.floor((1 - confidence) / least_p(photos) + 1e-9)


def outlook(photos: int, split: str, confidence: float = 0.95) -> str:
    """Whether a number of photos can lead to a verdict, in a sentence.

    It depends on nothing that may change after training.

    Args:
        photos: that will be measured.
        split: of which split.
        confidence: level of the verdicts.
    """
    start = f"{photos} {split} photos to be measured"
    most = most_comparisons(photos, confidence)
    if not most:
        return f"{start}: too few for any verdict, which takes {LEAST_PHOTOS} for two methods"
    pairs = "one pair of methods" if most == 1 else f"up to {most:,} pairs of methods"
    return f"{start}: a win on every one is enough for a verdict, among {pairs}"
