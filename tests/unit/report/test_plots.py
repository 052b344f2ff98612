import numpy as np
import pandas as pd
import pytest

from superres.report import plots

GAINS = pd.DataFrame(
    {
        "scale": [2] * 4 + [4] * 4,
        "method": ["bicubic", "bicubic", "m", "m"] * 2,
        "photo": ["a", "b"] * 4,
        "gain_rgb_db": [0, 0, 1.0, -0.5] * 2,
    }
)
BENCHMARK = pd.DataFrame(
    {
        "scale": [2, 2, 4, 4],
        "method": ["bicubic", "m"] * 2,
        "gain_rgb_db": [0, 0.25] * 2,
        "gain_low_db": [0, -0.5] * 2,
        "gain_high_db": [0, 1.0] * 2,
    }
)
HISTORY = pd.DataFrame(
    {
        "epoch": [1, 2],
        "steps": [50, 100],
        "loss": [0.2, 0.1],
        "val_loss": np.nan,
        "val_psnr_rgb_db": [30.0, 31.0],
        "val_bicubic_rgb_db": 29.5,
    }
)
WHOLE_IMAGES = HISTORY.assign(
    val_loss=[0.02, 0.01], val_psnr_rgb_db=np.nan, val_bicubic_rgb_db=np.nan
)


def noise(seed=0, shape=(30, 40, 3)):
    return np.random.default_rng(seed).integers(0, 256, shape).astype(np.uint8)


PHOTO = {"LR": noise(2, (15, 20, 3)), "m": noise(), "HR": noise(1)}
FIGURES = {
    "gains": lambda: plots.gains(GAINS, BENCHMARK, ["m"]),
    "learning_curves": lambda: plots.learning_curves({("m", 0): HISTORY, ("n", 0): HISTORY}),
    "crops": lambda: plots.crops({"a": PHOTO}, {("a", "m"): 31.234}, 8),
}


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_has_the_same_bytes_every_time(name, tmp_path):
    for attempt in ("1", "2"):
        files = [tmp_path / f"{attempt}.png", tmp_path / f"{attempt}.svg"]
        plots.save(FIGURES[name](), files, 50)
    for ending in (".png", ".svg"):
        one, two = (tmp_path / f"{attempt}{ending}" for attempt in ("1", "2"))
        assert one.read_bytes() == two.read_bytes()
        assert one.stat().st_size > 1000


def test_photos_with_an_infinite_gain_are_named():
    table = GAINS.assign(gain_rgb_db=[0, 0, np.inf, -0.5] * 2)
    plots.save(figure := plots.gains(table, BENCHMARK, ["m"]), [], 50)
    assert "reproduced exactly and not drawn: a" in figure.get_supxlabel()
    assert "exactly" not in plots.gains(GAINS, BENCHMARK, ["m"]).get_supxlabel()


def test_gains_shows_every_photo_and_every_method_but_the_reference():
    figure = plots.gains(GAINS, BENCHMARK, ["m"])
    assert [axis.get_title(loc="left") for axis in figure.axes] == ["x2", "x4"]
    labels = [text.get_text() for text in figure.axes[0].get_yticklabels()]
    assert labels == ["mean", "b", "a"]  # sorted by gain, the best on top
    (line,) = [line for line in figure.axes[0].lines if line.get_label() == "m"]
    assert line.get_xdata().tolist() == [-0.5, 1.0]
    (interval,) = figure.axes[0].containers
    ((start, end),) = interval.lines[2][0].get_segments()
    assert (start[0], end[0]) == (-0.5, 1.0)


def test_many_photos_lose_their_names():
    photos = [f"p{number}" for number in range(plots.NAMED_PHOTOS + 1)]
    table = pd.DataFrame({"scale": 2, "method": "m", "photo": photos, "gain_rgb_db": 1.0})
    axis = plots.gains(table, BENCHMARK, ["m"]).axes[0]
    assert [text.get_text() for text in axis.get_yticklabels()] == ["mean"]
    assert axis.get_ylabel() == "41 photos"


def test_seeds_share_a_colour_and_differ_in_their_lines():
    keys = [("m", 0), ("m", 7), ("n", 0)]
    axis = plots.learning_curves(dict.fromkeys(keys, HISTORY)).axes[0]
    one, other_seed, other = axis.lines
    assert one.get_color() == other_seed.get_color() != other.get_color()
    assert one.get_linestyle() == other.get_linestyle() != other_seed.get_linestyle()
    assert [line.get_label() for line in axis.lines] == ["m, seed 0", "m, seed 7", "n, seed 0"]


def panels(*histories):
    figure = plots.learning_curves({(f"m{n}", 0): one for n, one in enumerate(histories)})
    return figure, [axis.get_ylabel() for axis in figure.axes]


def test_no_panel_of_learning_curves_is_empty():
    loss, psnr, validation_loss = plots.CURVES.values()
    for histories, labels in (
        ([HISTORY], [loss, psnr]),
        ([WHOLE_IMAGES], [loss, validation_loss]),
        ([HISTORY, WHOLE_IMAGES], [loss, psnr, validation_loss]),
    ):
        figure, found = panels(*histories)
        assert found == labels
        assert all(any(len(line.get_xdata()) for line in axis.lines) for axis in figure.axes)
        assert {axis.get_xlabel() for axis in figure.axes} == {"steps"}
        assert figure.axes[0].lines[0].get_xdata().tolist() == [50, 100]


def test_bicubic_is_a_line_for_each_scale():
    at_4 = HISTORY.assign(val_bicubic_rgb_db=26.0)
    for histories, expected in (
        ({("a x2", 0): HISTORY, ("b x2", 0): HISTORY}, {"bicubic": 29.5}),
        ({("a x2", 0): HISTORY, ("a x4", 0): at_4}, {"bicubic x2": 29.5, "bicubic x4": 26.0}),
        ({("a x2", 0): WHOLE_IMAGES}, {}),
    ):
        axis = plots.learning_curves(histories).axes[-1]
        assert {text.get_text(): text.xy[1] for text in axis.texts} == expected
        lines = {line.get_ydata()[0] for line in axis.lines if line.get_linestyle() == "--"}
        assert lines == set(expected.values())


def test_the_label_of_a_training_that_still_improves_says_so():
    longer = pd.concat([HISTORY] * 3, ignore_index=True)
    rising = longer.assign(val_psnr_rgb_db=np.arange(25.0, 31))
    figure, _ = panels(rising, longer.assign(val_psnr_rgb_db=30.0))
    labels = [line.get_label() for line in figure.axes[0].lines]
    assert labels == ["m0\n(still improving)", "m1"]
    assert "Kendall" in figure.get_supxlabel()


def test_crops_show_the_input_at_its_own_size_scores_and_errors():
    photo = {"LR": PHOTO["LR"], "bicubic": noise(3), "m": PHOTO["m"], "HR": PHOTO["HR"]}
    figure = plots.crops({"a": photo}, {("a", "m"): 31.234, ("a", "bicubic"): 30}, 8)
    shown, below = figure.axes[:4], figure.axes[4:8]
    titles = ["a", "bicubic\n30.00 dB", "m\n31.23 dB", "HR"]
    assert [axis.get_title() for axis in shown] == titles
    # The best method, and nothing else, is set in bold and framed; the photo shows the region.
    assert [axis.title.get_fontweight() for axis in shown[1:]] == ["normal", "bold", "normal"]
    assert [len(axis.patches) for axis in shown] == [1, 0, 1, 0]
    _, _, predicted, truth = (axis.images[0].get_array() for axis in shown)
    lr = below[0].images[0].get_array()
    assert (lr.shape, truth.shape) == ((4, 4, 3), (8, 8, 3))
    assert below[0].get_xlim()[1] - below[0].get_xlim()[0] == 8
    assert [len(axis.images) for axis in below] == [1, 1, 1, 0]
    expected = np.abs(predicted.astype(float) - truth).mean(axis=-1)
    assert np.array_equal(below[2].images[0].get_array(), expected)


def test_the_line_at_no_gain_is_named():
    figure = plots.gains(GAINS, BENCHMARK, ["m"])
    assert ["bicubic"] in [[text.get_text() for text in axis.texts] for axis in figure.axes]
