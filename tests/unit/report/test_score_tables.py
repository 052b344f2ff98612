import numpy as np
import pandas as pd
import pytest
from sample_scores import (
    RISING,
    SUMMARY,
    benchmark,
    comparisons,
    flat,
    lpips,
    page,
    per_image,
)

from superres.core import csv_tables
from superres.core.errors import InputError
from superres.report import benchmark_page, paired_comparisons, score_tables
from superres.scoring import photo_scores


def test_gains_are_paired_by_photo_and_seeds_are_averaged():
    table = photo_scores.gains(per_image(model=[[1, 1, 1, 1], [3, 3, 3, 5]]))
    model = table[table["method"] == "model"]
    assert model["gain_rgb_db"].tolist() == [2, 2, 2, 3]


def test_scales_are_compared_with_their_own_bicubic():
    table = per_image(model=[[1, 1, 1, 1]])
    other = table.assign(scale=4, psnr_rgb_db=table["psnr_rgb_db"] / 2)
    gains = photo_scores.gains(pd.concat([table, other]))
    model = gains[gains["method"] == "model"].groupby("scale")["gain_rgb_db"].mean()
    assert model.to_dict() == {2: 1.0, 4: 0.5}


def test_verdicts_follow_interval_and_test():
    spread = np.arange(12) / 100
    sign = (-1.0) ** np.arange(12)
    table = benchmark(
        per_image(good=[1 + spread], bad=[-1 - spread], unsure=[sign + spread], same=[0 * spread])
    )
    assert table["verdict"].to_dict() == {
        "bicubic": "reference",
        "good": "better",
        "bad": "worse",
        "unsure": "no difference shown",
        "same": "no difference shown",
    }
    assert table.loc["unsure", "photos_won"] == 6
    assert table.loc["bad", "gain_worst_db"] == pytest.approx(-1.11)
    assert table.loc["good", "gain_median_db"] == pytest.approx(1.055)
    assert table.loc["good", "p"] == pytest.approx(2**-11)
    # The smaller of two equal p in a family of four.
    assert table.loc["good", "p_corrected"] == pytest.approx(4 * 2**-11)
    assert np.isnan(table.loc["bicubic", "p"])


def test_few_photos_never_prove_anything():
    table = benchmark(per_image(good=[[1, 2, 1, 2]]))
    assert np.isnan(table.loc["good", "gain_low_db"])
    assert table.loc["good", "verdict"] == "too few photos to tell"


def test_every_method_meets_every_reference_at_every_scale(tmp_path):
    table = per_image(paper=[[1, 2, 3, 4], [1, 2, 3, 6]], ours=[[2, 3, 4, 5]])
    both = pd.concat([table, table.assign(scale=4)])
    made = comparisons(both, ["bicubic", "paper"])
    found = made.set_index(["scale", "against", "method"])
    assert len(made) == 2 * 2 * 3
    for scale in (2, 4):
        assert found.loc[scale, "bicubic", "paper"]["mean_db"] == pytest.approx(2.75)
        assert found.loc[scale, "bicubic", "paper"]["seeds"] == 2
        assert found.loc[scale, "paper", "bicubic"]["mean_db"] == pytest.approx(-2.75)
        assert found.loc[scale, "paper", "ours"]["worst_db"] == pytest.approx(0)
        assert found.loc[scale, "paper", "paper"]["verdict"] == "reference"
    # Six pairs of four photos: 1/8 each at the least.
    assert found.loc[2, "bicubic", "ours"]["p_corrected"] == pytest.approx(6 / 8)
    csv_tables.write(made, tmp_path / "c.csv", "comparisons")
    text = paired_comparisons.comparisons_page(made, both, "set", "test", 0.95)
    assert "corrected for the 6 pairs of methods in `comparisons.csv` by Holm's method" in text
    assert "above 0 the method is better" in text


def test_the_benchmark_says_of_a_gain_what_the_comparisons_say():
    table = per_image(paper=[[1, 2, 3, 4]], ours=[[2, 3, 4, 5]])
    compared = comparisons(table, ["bicubic", "paper"])
    made = score_tables.benchmark(table, None, [], [], compared)
    rows = compared[compared["against"] == "bicubic"].reset_index(drop=True)
    for column, of_gain in (("mean_db", "gain_rgb_db"), ("p_corrected", "p_corrected")):
        assert made[of_gain].equals(rows[column].rename(of_gain))


def test_the_order_of_photos_and_rows_changes_nothing():
    table = per_image(m=[[1, 2, 3, 9], [0, 0, 1, 1]])
    shuffled = table.sample(frac=1, random_state=1)
    one, two = (
        comparisons(rows).sort_values("method").reset_index(drop=True) for rows in (table, shuffled)
    )
    pd.testing.assert_frame_equal(one, two)


def test_lpips_stands_in_the_table_or_is_said_to_be_missing(tmp_path):
    table = per_image(m=[[1, 2, 3, 4], [1, 2, 3, 6]])
    without, with_lpips = benchmark(table), benchmark(table, lpips=lpips(table))
    assert set(without["lpips"]) == {"not run"}
    assert with_lpips["lpips"].to_dict() == {
        "bicubic": pytest.approx(0.15),
        "m": pytest.approx(0.15 + 0.275),
    }
    for number, made in enumerate((without, with_lpips)):
        csv_tables.write(made.reset_index(), tmp_path / f"{number}.csv", "benchmark")
    assert "LPIPS was not run: `metrics.lpips` names no file" in page(table)
    assert "not run" not in page(table, lpips(table))
    assert "0.4250" in page(table, lpips(table))


def test_the_papers_mse_and_accuracy_stay_in_the_papers_table():
    table = per_image(m=[[1, 1, 1, 2]]).assign(mse_rgb=0.001, accuracy=0.9)
    for made in (benchmark(table), comparisons(table)):
        assert not {"mse_rgb", "accuracy"} & set(made.columns)
    assert "accuracy" not in page(table).lower() and "MSE" not in page(table)


def test_a_dead_channel_is_said():
    table = benchmark(per_image(m=[[0, 0, 0, 0]]), [SUMMARY | {"dead_channels": ["red"]}])
    assert table.loc["m", "parameters"] == 7
    assert table.loc["m", "note"] == "seed 0: the last ReLU died, red is always 0"
    assert table.loc["bicubic", "parameters"] == 0


def test_a_photo_that_bicubic_lacks_is_an_error():
    table = per_image(model=[[1, 1, 1, 1]])
    with pytest.raises(KeyError):
        photo_scores.gains(table[(table["method"] == "model") | (table["photo"] != "p0")])


def test_a_photo_that_a_method_lacks_is_an_error():
    table = per_image(model=[[1, 1, 1, 1], [1, 1, 1, 1]])
    table = table[(table["seed"] != 1) | (table["photo"] != "p3")]
    with pytest.raises(InputError, match="photo 'p3' has no value of method 'model', seed 1; del"):
        comparisons(table)


@pytest.mark.parametrize("was_run", [True, False])
def test_the_benchmark_comes_back_as_it_was_written(tmp_path, was_run):
    table = per_image(m=[[1, 2, 3, 4]])
    made = benchmark(table, lpips=lpips(table) if was_run else None).reset_index()
    csv_tables.write(made, tmp_path / "b.csv", "benchmark")
    read = csv_tables.read([tmp_path / "b.csv"], "benchmark")
    pd.testing.assert_frame_equal(read, made[list(read)], check_dtype=False)


def test_bicubic_alone_has_tables_too(tmp_path):
    table = per_image(m=[[1, 2, 3, 4]]).query("method == 'bicubic'")
    compared = comparisons(table)
    assert compared["verdict"].tolist() == ["reference"]
    made = score_tables.benchmark(table, None, [], [], compared)
    csv_tables.write(made, tmp_path / "b.csv", "benchmark")
    csv_tables.write(compared, tmp_path / "c.csv", "comparisons")
    assert "| reference" in benchmark_page.benchmark_page(
        made, compared, table, "set", "test", 0.95
    )


def test_a_pair_that_is_there_both_ways_is_one_comparison():
    spread = np.arange(12) / 100
    table = per_image(paper=[1 + spread], ours=[2 + spread * 1.5])
    both_ways = comparisons(table, ["bicubic", "paper"]).set_index(["method", "against"])
    there, back = both_ways.loc["paper", "bicubic"], both_ways.loc["bicubic", "paper"]
    assert (there["verdict"], back["verdict"]) == ("better", "worse")
    assert there["p_corrected"] == back["p_corrected"] == pytest.approx(3 * 2**-11)


def test_a_photo_that_all_reproduce_exactly_is_equal_and_named(tmp_path):
    spread = np.arange(12) / 10
    table = flat(per_image(good=[1 + spread]), "p3", ["bicubic", "good"])
    made = benchmark(table)
    good = made.loc["good"]
    assert (good["photos_equal"], good["photos_infinite"], good["photos_won"]) == (1, 0, 11)
    assert good["gain_rgb_db"] == pytest.approx((12 + spread.sum() - 1.3) / 12)
    assert good["verdict"] == "better"
    # The mean of the other photos, for both methods.
    others = [number for number in range(12) if number != 3]
    assert made.loc["bicubic", "psnr_rgb_db"] == pytest.approx(30 + np.mean(others))
    csv_tables.write(made.reset_index(), tmp_path / "b.csv", "benchmark")
    text = page(table)
    assert "Reproduced exactly, so that PSNR is infinite: p3 at x2 (bicubic, good)" in text
    assert "11/12, 1 equal" in text and "nan" not in text
    assert "Reproduced exactly" not in page(per_image(good=[1 + spread]))


def test_a_dead_prediction_of_a_flat_photo_does_not_hide_that_it_is_worse():
    table = flat(per_image(dead=[np.full(12, -20.0)]), "p3", ["bicubic"])
    dead = benchmark(table).loc["dead"]
    assert (dead["gain_rgb_db"], dead["verdict"]) == (pytest.approx(-20), "worse")
    assert dead["photos_infinite"] == 1 and dead["gain_worst_db"] == -np.inf


def test_a_method_that_reproduces_everything_has_no_mean_and_no_verdict():
    table = per_image(perfect=[np.zeros(12)])
    for photo in table["photo"].unique():
        table = flat(table, photo, ["perfect"])
    perfect = benchmark(table).loc["perfect"]
    assert perfect["verdict"] == "too few photos to tell" and perfect["photos_won"] == 12
    assert "| exact" in page(table) and "| infinite" in page(table)


def test_the_table_says_what_a_training_cost_and_whether_it_was_still_improving():
    table = per_image(m=[[1, 2, 3, 4], [1, 2, 3, 4]])
    several = [SUMMARY, SUMMARY | {"seed": 1, "steps": 200, "rising": True}]
    made = benchmark(table, several)
    assert made.loc["m", ["steps", "hr_megapixels_seen"]].tolist() == [300, 6.5]
    assert made["still_improving"].to_dict() == {"bicubic": "not trained", "m": "no, yes"}
    assert made.loc["bicubic", "steps"] == 0


def test_the_gain_in_y_and_the_error_of_each_channel_are_there():
    table = per_image(m=[[1, 1, 2, 2]])
    won_in_y = (table["method"] == "m") & (table["photo"] != "p0")
    table = table.assign(psnr_y_db=table["psnr_y_db"] - 1 + 2 * won_in_y * 1.0)
    made = benchmark(table).loc["m"]
    assert (made["gain_y_db"], made["photos_won_y"]) == (pytest.approx(1.5), 3)
    assert made[["rmse_red", "rmse_green", "rmse_blue"]].tolist() == [4, 3, 6.5]
    text = page(table)
    assert "| +1.50 " in text and "| 3/4" in text and "4.00/3.00/6.50" in text


def test_every_training_has_a_row_with_its_cost():
    timing = {"steps": 400, "train_s": 9.5, "images_per_s": 80.0, "hr_megapixels_seen": 6.5}
    table = score_tables.training([SUMMARY], [timing], [RISING])
    (row,) = table.to_dict("records")
    assert (
        row["train_s"] == 9.5 and row["validation_db"] == 27.5 and row["still_improving"] == "yes"
    )
