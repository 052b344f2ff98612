import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from superres.core.errors import InputError
from superres.data import photo_sources
from superres.images import cleaning
from superres.images.rgb_files import read_rgb


def noise(height, width, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


@given(
    height=st.integers(3, 40),
    width=st.integers(3, 40),
    factor=st.integers(1, 3),
    level=st.integers(0, 255),
)
def test_a_flat_photograph_stays_flat_and_has_the_reduced_size(height, width, factor, level):
    flat = np.full((height, width, 3), level, np.uint8)
    small = cleaning.reduced(flat, factor)
    assert small.shape == (height // factor, width // factor, 3)
    assert (small == level).all()


def test_reducing_removes_most_of_what_jpeg_left(tmp_path):
    photo = read_rgb(photo_sources.from_packages()[0].file)
    Image.fromarray(photo).save(tmp_path / "lossy.jpg", quality=70)
    lossy = read_rgb(tmp_path / "lossy.jpg")

    def error(of, to):
        return np.mean((of.astype(float) - to) ** 2)

    before = error(lossy, photo)
    after = error(cleaning.reduced(lossy, 3), cleaning.reduced(photo, 3))
    assert after < before / 3


def test_a_photograph_smaller_than_the_factor_is_refused():
    with pytest.raises(InputError, match="smaller than the scale x3"):
        cleaning.reduced(noise(2, 9), 3)


@given(left=st.integers(0, 5), top=st.integers(0, 4))
def test_the_most_detailed_window_is_where_the_detail_is(left, top):
    photo = np.full((64, 80, 3), 128, np.uint8)
    photo[8 * top : 8 * top + 32, 8 * left : 8 * left + 40] = noise(32, 40)
    found = cleaning.most_detailed_window(photo, (42, 34))
    assert abs(found[0] - 8 * left) <= 8
    assert abs(found[1] - 8 * top) <= 8
    cut = cleaning.window(photo, *found, (40, 32))
    assert cut.shape == (32, 40, 3)


def test_a_window_as_large_as_the_photograph_is_the_photograph():
    photo = noise(20, 30)
    assert cleaning.most_detailed_window(photo, (640, 480)) == (0, 0)
    assert np.array_equal(cleaning.window(photo, 0, 0, (30, 20)), photo)


@pytest.mark.parametrize("place", [(-8, 0), (8, 0), (0, 8)])
def test_a_window_outside_is_refused(place):
    with pytest.raises(InputError, match="not within the photograph of 30x20 px"):
        cleaning.window(noise(20, 30), *place, (30, 20))


def test_enlarged_photographs_are_softer_than_their_originals():
    photo = read_rgb(photo_sources.from_packages()[2].file)
    size_px = (photo.shape[1] * 2, photo.shape[0] * 2)
    enlarged = np.asarray(Image.fromarray(photo).resize(size_px, Image.Resampling.BICUBIC))
    assert cleaning.round_trip_psnr_db(enlarged) > cleaning.round_trip_psnr_db(photo) + 6
    assert cleaning.round_trip_psnr_db(np.zeros((8, 8, 3), np.uint8)) == float("inf")


def test_drawings_have_fewer_colours_than_photographs():
    photo = read_rgb(photo_sources.from_packages()[2].file)
    drawing = photo // 64 * 64
    assert cleaning.colours_per_pixel(drawing) < 0.01 < 0.05 < cleaning.colours_per_pixel(photo)
    assert cleaning.colours_per_pixel(np.zeros((10, 10, 3), np.uint8)) == 0.01
