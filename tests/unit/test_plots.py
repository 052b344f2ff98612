import numpy as np
import pandas as pd
import pytest

from superres import plots

GAINS = pd.DataFrame(
    {
        "scale": [2] * 4 + [4] * 4,
        "method": ["bicubic", "bicubic", "m", "m"] * 2,
        "photo": ["a", "b"] * 4,
        "gain_rgb_db": [0, 0, 1.0, -0.5] * 2,
    }
)
HISTORY = pd.DataFrame({"epoch": [1, 2], "loss": [0.2, 0.1], "val_psnr_rgb_db": [30.0, 31.0]})


def noise(seed=0, shape=(30, 40, 3)):
    return np.random.default_rng(seed).integers(0, 256, shape).astype(np.uint8)


FIGURES = {
    "gains": lambda: plots.gains(GAINS, ["m"]),
    "learning_curves": lambda: plots.learning_curves({"m": HISTORY, "n": HISTORY}),
    "crops": lambda: plots.crops({"a": {"m": noise(), "HR": noise(1)}}, 8),
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


def test_gains_shows_every_photo_and_every_method_but_the_reference():
    figure = plots.gains(GAINS, ["m"])
    assert [axis.get_title() for axis in figure.axes] == ["x2", "x4"]
    labels = [text.get_text() for text in figure.axes[0].get_yticklabels()]
    assert labels == ["b", "a"]  # sorted by gain, the best on top
    (line,) = [line for line in figure.axes[0].lines if line.get_label() == "m"]
    assert line.get_xdata().tolist() == [-0.5, 1.0]


@pytest.mark.parametrize(("top", "left"), [(0, 0), (22, 32), (5, 17)])
def test_the_region_is_where_images_differ(top, left):
    image = noise()
    other = image.copy()
    other[top : top + 8, left : left + 8] ^= 128
    assert plots.most_different([image, other, image], 8) == (top, left)


def test_a_small_image_is_taken_whole():
    assert plots.most_different([noise(shape=(5, 6, 3)), noise(1, (5, 6, 3))], 8) == (0, 0)
