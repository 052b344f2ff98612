import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from superres.data import photo_sources
from superres.images.degradations import bicubic
from superres.images.lr_kinds import KINDS
from superres.images.rgb_files import read_rgb


@pytest.fixture(scope="module")
def photo():
    return read_rgb(photo_sources.from_packages()[0].file)[:120, :160]


@given(scale=st.integers(2, 4), rows=st.integers(4, 12), columns=st.integers(4, 12))
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_the_size_of_lr_and_repeats(kind, scale, rows, columns):
    rng = np.random.default_rng(0)
    hr = rng.integers(0, 256, (rows * scale, columns * scale, 3), dtype=np.uint8)
    lr = KINDS[kind](hr, scale, 7)
    assert lr.shape == (rows, columns, 3)
    assert lr.dtype == np.uint8
    assert np.array_equal(lr, KINDS[kind](hr, scale, 7))


def test_the_first_kind_is_the_benchmarks_own(photo):
    assert next(iter(KINDS)) == "bicubic"
    assert np.array_equal(KINDS["bicubic"](photo, 2, 0), bicubic(photo, 2))


def test_worse_jpeg_and_more_noise_are_further_from_clean(photo):
    clean = bicubic(photo, 2).astype(float)

    def error(kind):
        return np.mean((KINDS[kind](photo, 2, 0) - clean) ** 2)

    for kinds in (
        ("JPEG 95 4:4:4", "JPEG 95", "JPEG 85", "JPEG 75", "JPEG 60"),
        ("JPEG 75", "JPEG 75, then 90"),
        ("noise 2", "noise 5", "noise 10"),
    ):
        errors = [error(kind) for kind in kinds]
        assert errors == sorted(errors)
        assert errors[0] > 0
    assert error("noise 5") == pytest.approx(25, rel=0.1)


def test_noise_follows_the_seed(photo):
    assert not np.array_equal(KINDS["noise 5"](photo, 2, 0), KINDS["noise 5"](photo, 2, 1))
