"""Trainings whose validation score still rose when they ended."""

import numpy as np
import pandas as pd

from superres.core.decibels import psnr_db

# Epochs looked at: the last half, but at least so many, with which a steady rise has a p of 1/24.
FEWEST_EPOCHS = 4
HIGHEST_P = 0.05
# A smaller rise over these epochs is of no use to anybody.
LEAST_RISE_DB = 0.1
HOW = (
    f"still improving: over the last half of the epochs, at least {FEWEST_EPOCHS}, validation rose "
    f"by {LEAST_RISE_DB} dB or more (Theil-Sen slope), p at most {HIGHEST_P} (Kendall's test)"
)


def validation_db(history: pd.DataFrame) -> pd.Series:
    """Validation score by epoch in dB: mean PSNR, or where that is not measured, minus the loss.

    Args:
        history: rows of the schema `history`.
    """
    if history["val_psnr_rgb_db"].notna().any():
        return history["val_psnr_rgb_db"]
    return history["val_loss"].map(psnr_db)


def still_improving(history: pd.DataFrame) -> str:
    """Whether a training would have gained from more steps, by the test that `HOW` states.

    Args:
        history: rows of the schema `history`, one per epoch.

    Returns:
        `yes`, `no` or `too few epochs`.
    """
    scores_db = validation_db(history).to_numpy()
    if len(scores_db) < FEWEST_EPOCHS:
        return "too few epochs"
    last = scores_db[-max(FEWEST_EPOCHS, (len(scores_db) + 1) // 2) :]
    earlier, later = np.triu_indices(len(last), 1)
    rises_db = last[later] - last[earlier]
    rise_db = (len(last) - 1) * np.median(rises_db / (later - earlier))
    p = _chance_of_so_few_inversions(len(last), int((rises_db <= 0).sum()))
    return "yes" if rise_db >= LEAST_RISE_DB and p <= HIGHEST_P else "no"


def _chance_of_so_few_inversions(count: int, inversions: int) -> float:
    """Share of the orders of `count` values with at most so many pairs out of order."""
    chances = np.ones(1)
    for values in range(2, count + 1):
        # The next value comes before 0 to all of the earlier ones, each as likely.
        chances = np.convolve(chances, np.full(values, 1 / values))
    return float(chances[: inversions + 1].sum())
