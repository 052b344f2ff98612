import pandas as pd
import pytest

from superres import scores, tables

RESAMPLES = 500


def per_image(**gains_by_method):
    """Bicubic at 30 dB, others at 30 + gain; one seed a list of gains, one gain a photo."""
    rows = []
    for method, seeds in ({"bicubic": [[0.0] * 4]} | gains_by_method).items():
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
                    }
                )
    return pd.DataFrame(rows)


def benchmark(table, summaries=()):
    made = tables.benchmark(table, list(summaries), 0.95, RESAMPLES)
    return made.set_index("method")


def test_gains_are_paired_by_photo_and_seeds_are_averaged():
    table = scores.gains(per_image(model=[[1, 1, 1, 1], [3, 3, 3, 5]]))
    model = table[table["method"] == "model"]
    assert model["gain_rgb_db"].tolist() == [2, 2, 2, 3]


def test_scales_are_compared_with_their_own_bicubic():
    table = per_image(model=[[1, 1, 1, 1]])
    other = table.assign(scale=4, psnr_rgb_db=table["psnr_rgb_db"] / 2)
    gains = scores.gains(pd.concat([table, other]))
    model = gains[gains["method"] == "model"].groupby("scale")["gain_rgb_db"].mean()
    assert model.to_dict() == {2: 1.0, 4: 0.5}


def test_verdicts_follow_the_interval():
    table = benchmark(
        per_image(good=[[1, 2, 1, 2]], bad=[[-1, -2, -1, -2]], unsure=[[-1, 1, -1, 1.1]])
    )
    assert table["verdict"].to_dict() == {
        "bicubic": "reference",
        "good": "better",
        "bad": "worse",
        "unsure": "no difference shown",
    }
    assert table.loc["unsure", "photos_won"] == 2
    assert table.loc["bad", "gain_worst_db"] == -2


def test_a_dead_channel_is_said():
    summary = {"scale": 2, "method": "m", "seed": 0, "parameters": 7, "dead_channels": ["red"]}
    table = benchmark(per_image(m=[[0, 0, 0, 0]]), [summary])
    assert table.loc["m", "parameters"] == 7
    assert table.loc["m", "note"] == "seed 0: the last ReLU died, red is always 0"
    assert table.loc["bicubic", "parameters"] == 0


def test_the_page_states_its_convention_and_its_number_of_photos():
    page = tables.to_markdown(
        benchmark(per_image(m=[[1, 1, 1, 2]])).reset_index(), "set", "test", 0.95
    )
    assert "border crop = scale" in page
    assert "4 photos, too few to generalise from" in page
    assert "+1.25 [+1.00, +1.75]" in page
    assert "| 4/4" in page


def test_a_photo_that_bicubic_lacks_is_an_error():
    table = per_image(model=[[1, 1, 1, 1]])
    with pytest.raises(KeyError):
        scores.gains(table[(table["method"] == "model") | (table["photo"] != "p0")])
