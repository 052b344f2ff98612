"""Ranking of a sweep's cells on validation photos."""

import numpy as np
import pandas as pd

SCORE = "val_psnr_rgb_db"


def table(
    cells: dict[str, dict], histories: list[pd.DataFrame], timings: list[dict]
) -> pd.DataFrame:
    """One row a cell, best first.

    Args:
        cells: name -> values (by key) and recipe.
        histories: one a training, rows of the schema `history`: all seeds of a cell, then the next.
        timings: measured times of the same trainings, as `training.fit` gives them.

    Returns:
        Columns cell, one a key of the grid, seeds, val_psnr_rgb_db (mean over seeds) with its
        lowest and highest, steps and train_s (means).
    """
    seeds = len(histories) // len(cells)
    rows = []
    for number, (name, cell) in enumerate(cells.items()):
        own = slice(number * seeds, (number + 1) * seeds)
        kept = cell["recipe"]["training"]["keep"]
        scores_db = [
            history[SCORE].max() if kept == "best" else history[SCORE].iloc[-1]
            for history in histories[own]
        ]
        rows.append(
            {
                "cell": name,
                **{key: str(value) for key, value in cell["values"].items()},
                "seeds": seeds,
                SCORE: np.mean(scores_db),
                "lowest_db": min(scores_db),
                "highest_db": max(scores_db),
                "steps": np.mean([timing["steps"] for timing in timings[own]]),
                "train_s": np.mean([timing["train_s"] for timing in timings[own]]),
            }
        )
    return pd.DataFrame(rows).sort_values(SCORE, ascending=False, ignore_index=True)
