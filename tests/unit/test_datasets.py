import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from superres.datasets import PatchBatches, enlarge, to_unit_range


def pairs(scale, count=3, side=20):
    """Pairs whose HR image is the LR image with every pixel repeated."""
    rng = np.random.default_rng(0)
    lrs = [rng.integers(0, 256, (side, side + 4, 3)).astype(np.uint8) for _ in range(count)]
    return [(lr, enlarge(lr, scale)) for lr in lrs]


def batches(scale=2, input_scale=1, augment=True, seed=0, side=20, **options):
    settings = {"patch_px": 4 * scale, "batch_size": 3, "batches": 5} | options
    return PatchBatches(
        pairs(scale, side=side), scale, input_scale, seed=seed, augment=augment, **settings
    )


@settings(deadline=None)
@given(st.integers(2, 6), st.booleans(), st.integers(0, 99))
def test_patches_are_aligned_and_alike_turned(scale, augment, seed):
    lr, hr = batches(scale, augment=augment, seed=seed)[0]
    assert lr.shape == (3, 4, 4, 3)
    assert lr.dtype == hr.dtype == np.float32
    assert np.array_equal(enlarge(lr, scale), hr)


def test_models_on_the_hr_grid_get_repeated_pixels():
    lr, hr = batches(3, input_scale=3)[0]
    assert np.array_equal(lr, hr)


def test_a_batch_depends_on_seed_epoch_and_position_alone():
    one, other = batches(), batches()
    other[3]
    assert np.array_equal(one[2][0], other[2][0])
    assert not np.array_equal(one[2][0], one[3][0])
    assert not np.array_equal(one[2][0], batches(seed=1)[2][0])
    other.on_epoch_end()
    assert not np.array_equal(one[2][0], other[2][0])


def test_every_corner_of_every_photo_can_be_drawn():
    scale = 2
    seen = set()
    data = batches(scale, augment=False, batch_size=200, batches=10, side=8)
    photos = [to_unit_range(lr) for lr, _ in data.pairs]
    for index in range(10):
        for patch in data[index][0]:
            for number, lr in enumerate(photos):
                for name, corner in {
                    "first": lr[:4, :4],
                    "last": lr[-4:, -4:],
                }.items():
                    if np.array_equal(patch, corner):
                        seen.add((number, name))
    assert seen == {(number, name) for number in range(3) for name in ("first", "last")}


@pytest.mark.parametrize("scale", [1, 2, 3])
def test_enlarge_repeats_rows_and_columns(scale):
    x = np.arange(12).reshape(2, 2, 3)
    assert np.array_equal(enlarge(x, scale), x.repeat(scale, 0).repeat(scale, 1))
