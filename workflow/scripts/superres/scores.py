"""Scores of single photos, seen against bicubic."""

import pandas as pd

from superres.methods import REFERENCE

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
