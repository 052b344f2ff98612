import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_scores import (
    GAIN,
    SUMMARY,
    benchmark,
    comparisons,
    flat,
    page,
    per_image,
)

from superres.report import benchmark_page, score_tables


def test_the_page_states_its_convention_and_its_number_of_photos():
    text = page(per_image(m=[[1, 1, 1, 2]]))
    assert "# set: 4 test photos, never trained on; too few to generalise from" in text
    for said in ("Border crop = scale", "lower is better", "higher is better", "Wilcoxon", "Holm"):
        assert said in text
    assert "+1.25 [no interval]" in text
    assert "| 4/4" in text


def test_photos_too_small_for_ms_ssim_are_named_as_such():
    assert "too small" in page(per_image(m=[[1, 1, 1, 2]]).assign(ms_ssim_y=float("nan")))


def test_seeds_are_mentioned_only_where_there_are_several():
    one, several = page(per_image(m=[[1, 2, 3]])), page(per_image(m=[[1, 2, 3], [1, 2, 4]]))
    assert "each model was trained once" in one and "several seeds" not in one
    assert "methods trained with several seeds" in several and "trained once" not in several


@settings(max_examples=25)
@given(st.lists(st.lists(GAIN, min_size=7, max_size=7), min_size=1, max_size=3))
def test_any_mix_of_finite_and_infinite_scores_makes_tables(gains):
    table = per_image(m=gains)
    table = flat(table, "p1", ["bicubic"])
    compared = comparisons(table, confidence=0.9)
    made = score_tables.benchmark(table, None, [], [], compared)
    assert not np.isinf(made[["psnr_rgb_db", "gain_rgb_db", "gain_low_db"]]).any(axis=None)
    assert not made["psnr_rgb_db"].isna().any() or np.isinf(gains).any()
    text = benchmark_page.benchmark_page(made, compared, table, "set", "test", 0.9)
    assert "p1 at x2" in text and "nan" not in text


def test_the_page_names_those_that_were_not_trained_to_the_end():
    table = per_image(m=[[1, 2, 3, 4]])
    rising, flat = (
        benchmark_page.how_trained(benchmark(table, [SUMMARY | {"rising": one}]).reset_index())
        for one in (True, False)
    )
    assert "Not trained to the end, so that this table does not show what they can do: m at x2" in (
        rising
    )
    assert "No training was still improving when it ended" in flat
    assert "validation rose" in rising and "validation rose" in flat
    short = benchmark(table, [SUMMARY]).reset_index().replace("no", "too few epochs")
    unclear = benchmark_page.how_trained(short)
    assert "Trained for too few epochs to tell whether to the end: m at x2 (still" in unclear
    assert "No training was still improving" not in unclear
    bicubic = table.query("method == 'bicubic'")
    alone = score_tables.benchmark(bicubic, None, [], [], comparisons(bicubic))
    assert benchmark_page.how_trained(alone) == "No method was trained."


def judged(verdict, **values):
    """A row of the benchmark as its answer reads it."""
    row = {
        "scale": 2,
        "method": "m",
        "photos": 12,
        "photos_won": 11,
        "photos_equal": 0,
        "gain_rgb_db": 1.5,
        "gain_low_db": 1.0,
        "gain_high_db": 2.0,
        "still_improving": "no",
        "parameters": 7,
    }
    return pd.DataFrame([row | {"verdict": verdict} | values])


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (
            judged("better"),
            "At x2, `m` is better than bicubic: +1.50 dB [+1.00, +2.00], better on 11 of 12 "
            "photos.",
        ),
        (
            judged("worse", gain_rgb_db=-1.5, gain_low_db=-2, gain_high_db=-1, photos_won=1),
            "At x2, `m` is worse than bicubic: -1.50 dB [-2.00, -1.00], better on 1 of 12 photos.",
        ),
        (
            judged("no difference shown", gain_low_db=-0.2),
            "At x2, no difference between `m` and bicubic is shown: +1.50 dB [-0.20, +2.00], "
            "better on 11 of 12 photos.",
        ),
        (
            judged("too few photos to tell", gain_low_db=np.nan, still_improving="no, yes"),
            "At x2, 12 photos are too few to judge `m` by: +1.50 dB, better on 11 of 12 photos; "
            "its training was still improving when it ended.",
        ),
        (
            judged("too few photos to tell", gain_rgb_db=np.nan, gain_low_db=np.nan),
            "At x2, 12 photos are too few to judge `m` by: an infinite gain, better on 11 of 12 "
            "photos.",
        ),
    ],
)
def test_the_answer_follows_from_the_row(row, expected):
    assert benchmark_page.answers(row) == [expected]


def test_interpolations_have_no_answer():
    assert benchmark_page.answers(judged("better", parameters=0)) == []


def test_the_short_table_has_the_verdict_third_and_the_best_in_bold():
    text = page(per_image(m=[[1, 1, 1, 2]], worse=[[-1, -1, -1, -2]]))
    headings, _, *rows = [line for line in text.splitlines() if line.startswith("|")][:5]
    names = [name.strip() for name in headings.strip("|").split("|")]
    assert names[:3] == ["x2", "PSNR RGB (dB)", "against bicubic"]
    cells = {row.split("|")[1].strip(): row.split("|")[2].strip() for row in rows}
    assert cells == {"bicubic": "31.50", "m": "**32.75**", "worse": "30.25"}
    # All are alike in SSIM, so none is best.
    assert text.count("**") == 2


def test_columns_without_values_are_left_out():
    text = page(per_image(m=[[1, 1, 1, 2]]))
    assert "LPIPS |" not in text and "note" not in text and "## Trainings" not in text


def test_every_scale_has_a_table():
    table = per_image(m=[[1, 2, 3, 4]])
    text = page(pd.concat([table, table.assign(scale=4)]))
    assert text.count("| x2 |") == text.count("| x4 |") == 2


@settings(max_examples=10, deadline=None)
@given(
    st.lists(st.from_regex("[A-Za-z0-9_-]{1,64}", fullmatch=True), min_size=1, max_size=5),
    st.floats(-30, 30),
)
def test_the_end_of_a_run_fits_a_terminal(names, gain):
    table = per_image(**{name: [[gain] * 12] for name in names if name != "bicubic"})
    made = score_tables.benchmark(table, None, [], [], comparisons(table))
    text = benchmark_page.terminal(made, "set", "test")
    assert max(map(len, text.splitlines())) <= 80
    assert "\t" not in text
    for row in made.itertuples():
        assert f"{row.psnr_rgb_db:.2f}" in text
