"""Scores of single photos, side by side."""

import pandas as pd

from superres.core.errors import InputError
from superres.core.methods import REFERENCE

SCORES = ["psnr_rgb_db", "psnr_y_db", "ssim_rgb", "ssim_y", "ms_ssim_y", "flip"]


def gains(per_image: pd.DataFrame) -> pd.DataFrame:
    """Gain over bicubic of every photo, seeds averaged.

    Args:
        per_image: rows of the schema `metrics`.

    Returns:
        Columns scale, method, photo, the scores, and gain_rgb_db (RGB PSNR minus bicubic's).
    """
    keys = ["scale", "method", "photo"]
    table = per_image.groupby(keys, sort=False)[SCORES].mean().reset_index()
    bicubic = table[table["method"] == REFERENCE].set_index(["scale", "photo"])["psnr_rgb_db"]
    reference = bicubic.loc[pd.MultiIndex.from_frame(table[["scale", "photo"]])].to_numpy()
    return table.assign(gain_rgb_db=table["psnr_rgb_db"] - reference)


def by_photo(per_image: pd.DataFrame, score: str) -> pd.DataFrame:
    """One score as a table in which `table[method]` is (photos, seeds); scales are averaged.

    Args:
        per_image: rows of the schema `metrics`.
        score: a column that no photo lacks.

    Returns:
        Photos, sorted, as rows; (method, seed) as columns.

    Raises:
        InputError: a photo was not scored with every method and seed.
    """
    table = per_image.groupby(["photo", "method", "seed"])[score].mean().unstack([1, 2])
    for method, seed in table.columns[table.isna().any()]:
        photo = table.index[table[method, seed].isna()][0]
        raise InputError(
            f"{score}: photo '{photo}' has no value of method '{method}', seed {seed}; delete the "
            "scores of that method and run again"
        )
    return table
