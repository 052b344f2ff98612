"""Scores of methods whose gains are known, for tests of tables and pages."""

import re

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from superres.report import benchmark_page, paired_comparisons, score_tables

RESAMPLES = 500
SUMMARY = {"scale": 2, "method": "m", "seed": 0, "parameters": 7, "dead_channels": []}
SUMMARY |= {"steps": 400, "hr_megapixels_seen": 6.5}
FLAT, RISING = (
    pd.DataFrame({"val_psnr_rgb_db": scores_db, "val_loss": np.nan})
    for scores_db in ([27.0, 27.1, 27.0, 27.1, 27.0], [25.0, 26.0, 26.5, 27.0, 27.5])
)
GAIN = st.one_of(st.floats(-30, 30), st.just(np.inf))


def per_image(**gains_by_method):
    """Bicubic at 30 dB, others at 30 + gain; one seed a list of gains, one gain a photo."""
    rows = []
    photos = len(next(iter(gains_by_method.values()))[0])
    for method, seeds in ({"bicubic": [[0.0] * photos]} | gains_by_method).items():
        for seed, gains in enumerate(seeds):
            for number, gain in enumerate(gains):
                rows.append(
                    {
                        "scale": 2,
                        "method": method,
                        "seed": seed,
                        "photo": f"p{number}",
                        "psnr_rgb_db": 30 + number + gain,
                        "psnr_y_db": 32.0,
                        "ssim_rgb": 0.9,
                        "ssim_y": 0.91,
                        "ms_ssim_y": 0.95,
                        "flip": 0.1,
                        "psnr_field_db": 32.0,
                        "ssim_field": 0.91,
                        "rmse_red": 4.0,
                        "rmse_green": 3.0,
                        # Of what is reproduced exactly there is no error.
                        "rmse_blue": 5.0 + gain if np.isfinite(gain) else 0.0,
                    }
                )
    return pd.DataFrame(rows)


def comparisons(table, against=("bicubic",), confidence=0.95):
    return paired_comparisons.comparisons(table, list(against), confidence, RESAMPLES)


def benchmark(table, summaries=(), lpips=None):
    histories = [RISING if one.get("rising") else FLAT for one in summaries]
    made = score_tables.benchmark(table, lpips, list(summaries), histories, comparisons(table))
    return made.set_index("method")


def page(table, lpips=None):
    compared = comparisons(table)
    made = score_tables.benchmark(table, lpips, [], [], compared)
    text = benchmark_page.benchmark_page(made, compared, table, "set", "test", 0.95)
    # Columns are padded to one width.
    return re.sub(" +", " ", text)


def lpips(table):
    keys = ["scale", "method", "seed", "photo"]
    return table[keys].assign(lpips=(table["psnr_rgb_db"] - 30) / 10)


def flat(table, photo, exact_for):
    """The same scores, with one photo that some methods reproduce exactly."""
    chosen = (table["photo"] == photo) & table["method"].isin(exact_for)
    return table.assign(psnr_rgb_db=table["psnr_rgb_db"].mask(chosen, np.inf))
