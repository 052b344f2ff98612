import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from superres.core.methods import INTERPOLATIONS, REFERENCE, UNCHANGED
from superres.images.interpolations import upsample

FILTERS = [name for name in INTERPOLATIONS if name != UNCHANGED]


@pytest.mark.parametrize("name", FILTERS)
@given(st.integers(1, 12), st.integers(1, 12), st.integers(1, 90), st.integers(1, 90))
def test_any_size_is_reached_and_flat_stays_flat(name, height, width, to_height, to_width):
    lr = np.full((height, width, 3), 77, np.uint8)
    expected = np.full((to_height, to_width, 3), 77, np.uint8)
    assert np.array_equal(upsample(lr, (to_width, to_height), name), expected)


@pytest.mark.parametrize("name", FILTERS)
def test_filters_are_pillows(name):
    lr = np.random.default_rng(0).integers(0, 256, (5, 7, 3)).astype(np.uint8)
    expected = Image.fromarray(lr).resize((21, 15), getattr(Image.Resampling, name.upper()))
    assert np.array_equal(upsample(lr, (21, 15), name), np.asarray(expected))


def test_nearest_repeats_pixels():
    lr = np.random.default_rng(0).integers(0, 256, (5, 7, 3)).astype(np.uint8)
    assert np.array_equal(upsample(lr, (14, 10), "nearest"), lr.repeat(2, axis=0).repeat(2, axis=1))


def test_the_reference_is_one_of_them():
    assert REFERENCE in INTERPOLATIONS
