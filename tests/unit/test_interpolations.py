import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from superres.interpolations import upsample
from superres.methods import INTERPOLATIONS, REFERENCE


@pytest.mark.parametrize("name", INTERPOLATIONS)
@given(height=st.integers(1, 12), width=st.integers(1, 12), scale=st.integers(1, 8))
def test_the_size_grows_by_the_scale_and_flat_stays_flat(name, height, width, scale):
    lr = np.full((height, width, 3), 77, np.uint8)
    assert np.array_equal(
        upsample(lr, scale, name), np.full((height * scale, width * scale, 3), 77, np.uint8)
    )


@pytest.mark.parametrize("name", INTERPOLATIONS)
def test_filters_are_pillows(name):
    lr = np.random.default_rng(0).integers(0, 256, (5, 7, 3)).astype(np.uint8)
    expected = Image.fromarray(lr).resize((21, 15), getattr(Image.Resampling, name.upper()))
    assert np.array_equal(upsample(lr, 3, name), np.asarray(expected))


def test_nearest_repeats_pixels():
    lr = np.random.default_rng(0).integers(0, 256, (5, 7, 3)).astype(np.uint8)
    assert np.array_equal(upsample(lr, 2, "nearest"), lr.repeat(2, axis=0).repeat(2, axis=1))


def test_the_reference_is_one_of_them():
    assert REFERENCE in INTERPOLATIONS
