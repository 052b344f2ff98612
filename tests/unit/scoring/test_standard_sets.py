import pandas as pd
import pytest

from superres.scoring import standard_sets


def benchmark(psnr_y_db, ssim_y, scale=2):
    row = dict.fromkeys(standard_sets.COLUMNS, 1.0) | {"photos": 5, "scale": scale}
    scores = {"psnr_y_db": psnr_y_db, "ssim_y": ssim_y}
    return pd.DataFrame([row | {"method": "bicubic"} | scores, row | {"method": "model"} | scores])


def shown(dataframe, standard_set="set5"):
    table, remarks = standard_sets.together({"mine": dataframe}, {"mine": standard_set})
    return table, " ".join(remarks)


def test_published_scores_stand_beside_ours_in_the_same_convention():
    table, remarks = shown(benchmark(33.68, 0.9300))
    theirs = table[table["source"] == "published"].set_index("method")
    assert theirs.loc["RLFN", ["psnr_y_db", "ssim_y"]].tolist() == [38.07, 0.9607]
    assert theirs["psnr_rgb_db"].isna().all()
    assert (table["source"] == "ours").sum() == 2
    assert "Published scores beside mine (Y channel, border crop = scale" in remarks


@pytest.mark.parametrize(("psnr_y_db", "ssim_y"), [(33.60, 0.9299), (33.66, 0.9250)])
def test_another_convention_keeps_them_out_and_says_so(psnr_y_db, ssim_y):
    table, remarks = shown(benchmark(psnr_y_db, ssim_y))
    assert set(table["source"]) == {"ours"}
    assert "for the convention differs: bicubic has" in remarks


def test_another_scale_has_none():
    table, remarks = shown(benchmark(30.0, 0.9, scale=4))
    assert set(table["source"]) == {"ours"}
    assert "known here at x2 alone" in remarks


def test_a_set_of_ones_own_is_not_remarked_upon():
    table, remarks = shown(benchmark(33.66, 0.9299), "none")
    assert set(table["source"]) == {"ours"}
    assert remarks == ""
