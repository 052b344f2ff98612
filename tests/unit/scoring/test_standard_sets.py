import itertools
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from superres.images.interpolations import upsample
from superres.images.rgb_files import is_grey, read_rgb
from superres.scoring import standard_sets
from superres.scoring.image_quality import score

# `make check` leaves it out.
pytestmark = pytest.mark.slow

FOLDER = Path(os.environ.get("STANDARD_SETS", Path(__file__).parents[4] / "shared/standard-sets"))
NAMES = {"Set5": "set5", "Set14": "set14", "BSD100": "bsd100"}


def benchmark(psnr_db, ssim, scale=2):
    row = dict.fromkeys(standard_sets.COLUMNS, 1.0) | {"photos": 5, "scale": scale}
    scores = {"psnr_field_db": psnr_db, "ssim_field": ssim}
    return pd.DataFrame([row | {"method": "bicubic"} | scores, row | {"method": "model"} | scores])


def shown(dataframe, standard_set="set5"):
    table, remarks = standard_sets.together({"mine": dataframe}, {"mine": standard_set})
    return table, " ".join(remarks)


def test_published_scores_stand_beside_ours_in_the_same_convention():
    table, remarks = shown(benchmark(33.68, 0.9300))
    theirs = table[table["source"] != "ours"].set_index("method")
    assert theirs.loc["RLFN", ["psnr_field_db", "ssim_field"]].tolist() == [38.07, 0.9607]
    assert theirs.loc["RLFN", "source"] == "Kong et al. 2022"
    assert theirs[["psnr_rgb_db", "psnr_y_db"]].isna().all(axis=None)
    assert (table["source"] == "ours").sum() == 2
    assert "Published scores beside mine at x2 (Y of colour photos and the grey levels" in remarks


@pytest.mark.parametrize(("psnr_db", "ssim"), [(33.60, 0.9299), (33.66, 0.9250)])
def test_another_convention_keeps_them_out_and_says_so(psnr_db, ssim):
    table, remarks = shown(benchmark(psnr_db, ssim))
    assert set(table["source"]) == {"ours"}
    assert "for the convention differs: bicubic has" in remarks


def test_every_scale_has_its_own():
    both = pd.concat([benchmark(33.66, 0.9299), benchmark(28.42, 0.8104, scale=4)])
    table, remarks = shown(both)
    theirs = table[table["source"] != "ours"].set_index(["scale", "method"])["psnr_field_db"]
    assert theirs[2, "SPAN"] == 38.08 and theirs[4, "SPAN"] == 32.20
    assert "at x2 (" in remarks and "at x4 (" in remarks


def test_another_scale_has_none():
    table, remarks = shown(benchmark(30.0, 0.9, scale=6))
    assert set(table["source"]) == {"ours"}
    assert "known here at x2, x3, x4" in remarks


def test_a_set_of_ones_own_is_not_remarked_upon():
    table, remarks = shown(benchmark(33.66, 0.9299), "none")
    assert set(table["source"]) == {"ours"}
    assert remarks == ""


@pytest.mark.parametrize("scale", standard_sets.PUBLISHED)
def test_every_row_has_a_source_and_all_sets(scale):
    rows = standard_sets.PUBLISHED[scale]
    assert all(len(scores) == len(standard_sets.SETS) for scores in rows.values())
    assert set(rows) <= set(standard_sets.SOURCES)
    # Later papers are better, and harder sets have lower scores.
    assert all(scores[0] > rows["bicubic"][0] for name, scores in rows.items() if name != "bicubic")
    assert all(scores[0][0] > scores[1][0] > scores[3][0] for scores in rows.values())


@pytest.mark.parametrize(
    ("name", "scale"),
    [*itertools.product(["Set5", "Set14"], [2, 3, 4]), ("BSD100", 2)],
)
def test_bicubic_has_the_published_score_on_the_real_sets(name, scale):
    """LR from the files, as the field has it; 8-bit RGB, Pillow's bicubic."""
    hr_files = sorted((FOLDER / name / f"HR_x{scale}").glob("*.png"))
    if not hr_files:
        pytest.skip(f"{name} at x{scale} is not in {FOLDER}; set STANDARD_SETS to its folder")
    scores = []
    for hr_file in hr_files:
        truth = read_rgb(hr_file)
        lr = read_rgb(FOLDER / name / f"LR_x{scale}" / hr_file.name)
        size_px = (lr.shape[1] * scale, lr.shape[0] * scale)
        predicted = upsample(lr, size_px, "bicubic")
        truth = truth[: size_px[1], : size_px[0]]
        found = score(truth, predicted, scale, is_grey(hr_file))
        scores.append((found["psnr_field_db"], found["ssim_field"]))
    published_db, published_ssim = standard_sets.PUBLISHED[scale]["bicubic"][
        standard_sets.SETS.index(NAMES[name])
    ]
    mean_db, mean_ssim = np.mean(scores, axis=0)
    assert mean_db == pytest.approx(published_db, abs=0.02)
    assert mean_ssim == pytest.approx(published_ssim, abs=standard_sets.WITHIN_SSIM)
