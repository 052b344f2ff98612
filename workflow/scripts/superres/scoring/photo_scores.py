"""Scores of single photos, side by side."""

import numpy as np
import pandas as pd

from superres.core.errors import InputError
from superres.core.methods import REFERENCE

SCORES = [
    "psnr_rgb_db",
    "psnr_y_db",
    "ssim_rgb",
    "ssim_y",
    "ms_ssim_y",
    "flip",
    "psnr_field_db",
    "ssim_field",
    "rmse_red",
    "rmse_green",
    "rmse_blue",
]
PHOTO = ["scale", "method", "photo"]


def gains(per_image: pd.DataFrame) -> pd.DataFrame:
    """Gain over bicubic of every photo, seeds averaged.

    Args:
        per_image: rows of the schema `metrics`.

    Returns:
        Columns scale, method, photo, the scores (infinite only where no seed has a finite one),
        gain_rgb_db and gain_y_db: PSNR minus bicubic's, 0 where both reproduce a photo exactly,
        infinite where one does.
    """
    grouped = per_image.replace([np.inf, -np.inf], np.nan).groupby(PHOTO, sort=False)[SCORES]
    highest = per_image.groupby(PHOTO, sort=False)[SCORES].max()
    table = grouped.mean().fillna(highest).reset_index()
    bicubic = table[table["method"] == REFERENCE].set_index(["scale", "photo"])
    reference = bicubic.loc[pd.MultiIndex.from_frame(table[["scale", "photo"]])]
    for colours in ("rgb", "y"):
        own, other = (
            scores[f"psnr_{colours}_db"].to_numpy()[:, np.newaxis] for scores in (table, reference)
        )
        table[f"gain_{colours}_db"] = paired(own, other)
    return table


def of_first_seed(per_image: pd.DataFrame) -> dict[tuple[int, str, str], dict[str, float]]:
    """Scores and gains of the first seed of every method, which is the one whose images are shown.

    Args:
        per_image: rows of the schema `metrics`, the first seed of a method before the others.

    Returns:
        By scale, photo and method: the columns of `gains`.
    """
    key = ["scale", "photo", "method"]
    table = gains(per_image.drop_duplicates(key)).set_index(key)
    return dict(zip(table.index, table.to_dict("records"), strict=True))


def exact(per_image: pd.DataFrame) -> pd.DataFrame:
    """Photos that a method reproduces exactly with at least one seed.

    Args:
        per_image: rows of the schema `metrics`.

    Returns:
        Columns scale, photo and methods (their names); all in the order of the rows.
    """
    infinite = per_image[np.isinf(per_image["psnr_rgb_db"])]
    by_photo = infinite.groupby(["scale", "photo"], sort=False)["method"]
    return by_photo.agg(lambda names: ", ".join(dict.fromkeys(names))).reset_index(name="methods")


def means(per_image: pd.DataFrame) -> pd.DataFrame:
    """Mean scores of every scale and method over the photos, seeds averaged.

    All methods of a scale have their mean over the same photos: one that some method reproduces
    exactly, which has no finite PSNR, is left out of the mean PSNR of all of them.

    Args:
        per_image: rows of the schema `metrics`.

    Returns:
        The columns `SCORES`, indexed by scale and method; NaN where no photo is left.
    """
    table = gains(per_image)
    for score in SCORES:
        infinite = np.isinf(table[score]).groupby([table["scale"], table["photo"]])
        table.loc[infinite.transform("any"), score] = np.nan
    return table.groupby(["scale", "method"], sort=False)[SCORES].mean()


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


def paired(values: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """Difference of every photo, seeds averaged: float (photos,).

    0 where both methods reproduce a photo exactly, infinite where only one of them does.

    Args:
        values: float array (photos, seeds), none of them NaN.
        reference: float array (photos, its own seeds), the same photos.
    """
    ours, theirs = seed_means(values), seed_means(reference)
    equal = ours == theirs
    return np.where(equal, 0.0, ours - np.where(equal, 0.0, theirs))


def seed_means(values: np.ndarray) -> np.ndarray:
    """Mean over the seeds with a finite value; infinite where no seed has one.

    Args:
        values: float array (photos, seeds), none of them NaN.

    Returns:
        Float array (photos,).
    """
    finite = np.isfinite(values)
    sums = np.where(finite, values, 0.0).sum(axis=1)
    return np.where(finite.any(axis=1), sums / finite.sum(axis=1).clip(min=1), values.max(axis=1))
