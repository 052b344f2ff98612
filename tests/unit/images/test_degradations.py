import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from superres.config.sections import datasets
from superres.core.errors import InputError
from superres.images.degradations import (
    DEGRADATIONS,
    bicubic,
    degrade,
    draw,
    mod_crop,
    realistic,
    recover,
    strengths,
    unsplash,
)
from superres.images.rgb_files import read_rgb

RANGES = datasets.Realistic(
    seed=1, blur_sigma_px=[0.2, 1], noise_sigma=[1, 4], jpeg_quality=[60, 90], sharpening=[0.1, 0.5]
).model_dump()


def keys_weights(size: int, scale: int) -> np.ndarray:
    """Antialiased bicubic down-sampling as a matrix, from the kernel's own formula (a = -0.5)."""
    centres = (np.arange(size // scale) + 0.5) * scale - 0.5
    x = np.abs(np.arange(size)[None] - centres[:, None]) / scale
    near = 1.5 * x**3 - 2.5 * x**2 + 1
    far = -0.5 * x**3 + 2.5 * x**2 - 4 * x + 2
    weights = np.where(x <= 1, near, np.where(x < 2, far, 0))
    return weights / weights.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("scale", [2, 3, 4, 6])
def test_bicubic_is_keys_kernel_stretched_by_the_scale(scale):
    # Far from 0 and 255, where Pillow would clip between its two directions.
    shape = (scale * 9, scale * 11, 3)
    hr = np.random.default_rng(scale).integers(70, 186, shape).astype(np.uint8)
    rows, columns = keys_weights(hr.shape[0], scale), keys_weights(hr.shape[1], scale)
    expected = np.einsum("ij,jkc,lk->ilc", rows, hr.astype(float), columns)
    # It also rounds to 8 bits after each of them, and the second adds up to 1.3 such errors.
    assert np.abs(bicubic(hr, scale) - expected).max() <= 0.5 + 1.3 * 0.5


def test_bicubic_is_pillows():
    hr = np.random.default_rng(0).integers(0, 256, (12, 8, 3)).astype(np.uint8)
    expected = np.asarray(Image.fromarray(hr).resize((4, 6), Image.Resampling.BICUBIC))
    assert np.array_equal(bicubic(hr, 2), expected)


@pytest.mark.parametrize("name", DEGRADATIONS)
@given(height=st.integers(2, 40), width=st.integers(2, 40), scale=st.integers(2, 6))
def test_sizes_fit_the_scale(name, height, width, scale):
    hr = np.zeros((height, width, 3), np.uint8)
    if min(height, width) < scale:
        with pytest.raises(InputError, match=f"{width}x{height} px is smaller than the scale"):
            mod_crop(hr, scale)
        return
    cropped = mod_crop(hr, scale)
    assert (height - cropped.shape[0], width - cropped.shape[1]) == (height % scale, width % scale)
    lr, _ = degrade(name, cropped, scale, draw(RANGES, "a"))
    assert (lr.shape[0] * scale, lr.shape[1] * scale) == cropped.shape[:2]


def decoded(stored: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(stored)))


@given(height=st.integers(8, 60), width=st.integers(8, 60), scale=st.integers(2, 6))
def test_the_small_image_is_recovered_whatever_the_size(height, width, scale):
    small = np.random.default_rng(0).integers(0, 256, (height // scale, width // scale, 3))
    rows = np.arange(height) * small.shape[0] // height
    columns = np.arange(width) * small.shape[1] // width
    enlarged = small[rows][:, columns].astype(np.uint8)
    assert np.array_equal(recover(enlarged, scale), small)


def test_the_unsplash_degradation_is_not_antialiased():
    # Stripes one pixel wide: with antialiasing both phases would turn grey.
    hr = np.zeros((48, 48, 3), np.uint8)
    hr[:, 1::4] = hr[:, 2::4] = 255
    assert decoded(unsplash(hr, 4)).mean() > 200
    assert bicubic(hr, 4).mean() < 150


@pytest.mark.parametrize("scale", [2, 4, 6])
def test_the_datasets_own_lr_files_come_out(unsplash_sample, scale):
    root = unsplash_sample / "Image Super Resolution - Unsplash"
    files = sorted((root / "low res").glob(f"*_{scale}.jpg"))
    assert len(files) == 12
    for file in files:
        hr = read_rgb(root / "high res" / f"{file.stem.rpartition('_')[0]}.jpg")
        assert np.array_equal(decoded(unsplash(hr, scale)), read_rgb(file)), file.name
        # The small image without the JPEG in between, from the kernel's own formula.
        small = bilinear_without_antialias(hr, scale)
        error = recover(read_rgb(file), scale).astype(float) - small
        assert np.sqrt(np.mean(error**2)) < 3, file.name


def bilinear_without_antialias(hr: np.ndarray, scale: int) -> np.ndarray:
    image = hr.astype(float)
    for axis in (0, 1):
        side = image.shape[axis]
        count = side // scale
        at = (np.arange(count) + 0.5) * side / count - 0.5
        low = np.floor(at).astype(int)
        share = (at - low).reshape([-1 if axis == d else 1 for d in range(3)])
        below, above = (image.take(np.clip(low + i, 0, side - 1), axis) for i in (0, 1))
        image = below * (1 - share) + above * share
    return image


@given(st.text(min_size=1), st.integers(0, 99))
def test_strengths_follow_from_seed_and_name_and_lie_in_their_ranges(photo, seed):
    ranges = RANGES | {"seed": seed}
    drawn = draw(ranges, photo)
    assert drawn == draw(ranges, photo)
    assert drawn != draw(ranges | {"seed": seed + 1}, photo)
    for name in ("blur_sigma_px", "noise_sigma", "jpeg_quality", "sharpening"):
        assert ranges[name][0] <= drawn[name] <= ranges[name][1]


def test_every_part_is_done_as_often_as_its_share_says():
    shares = {"blur_share": 0.2, "noise_share": 0, "jpeg_share": 0.5, "sharpening_share": 0.8}
    ranges = RANGES | shares | {"filters": ["box", "nearest"], "jpeg_chroma": ["4:4:4", "4:2:0"]}
    rng = np.random.default_rng(0)
    drawn = [strengths(ranges, rng) for _ in range(2000)]
    for name in ("blur_sigma_px", "noise_sigma", "jpeg_quality", "sharpening"):
        done = np.mean([each[name] > 0 for each in drawn])
        assert done == pytest.approx(shares[f"{name.split('_')[0]}_share"], abs=0.04)
    for name, values in (("filter", ranges["filters"]), ("jpeg_chroma", ranges["jpeg_chroma"])):
        for value in values:
            assert np.mean([each[name] == value for each in drawn]) == pytest.approx(0.5, abs=0.04)


def test_only_what_is_a_jpeg_was_one_before():
    ranges = RANGES | {"jpeg_share": 0.5, "jpeg_twice_share": 0.25}
    rng = np.random.default_rng(0)
    drawn = [strengths(ranges, rng) for _ in range(2000)]
    twice = [each for each in drawn if each["jpeg_earlier_quality"]]
    assert len(twice) / 2000 == pytest.approx(0.125, abs=0.03)
    assert all(each["jpeg_quality"] for each in twice)
    lowest, highest = RANGES["jpeg_quality"]
    assert all(lowest <= each["jpeg_earlier_quality"] <= highest for each in twice)


def test_an_earlier_jpeg_leaves_its_traces_at_other_places():
    hr = np.random.default_rng(0).integers(0, 256, (64, 64, 3)).astype(np.uint8)
    none = {"blur_sigma_px": 0, "noise_sigma": 0, "jpeg_quality": 95}
    once = realistic(hr, 2, seed=0, **none).astype(float)
    twice = [realistic(hr, 2, seed, **none, jpeg_earlier_quality=10) for seed in (0, 0, 1)]
    assert twice[0].shape == once.shape
    assert np.array_equal(twice[0], twice[1])
    assert not np.array_equal(twice[0], twice[2])
    clear = bicubic(hr, 2)
    assert all(np.abs(each - clear).mean() > np.abs(once - clear).mean() + 3 for each in twice)


def test_the_realistic_chain_does_each_of_its_parts():
    hr = np.random.default_rng(0).integers(0, 256, (64, 64, 3)).astype(np.uint8)
    smooth = np.full((64, 64, 3), 128, np.uint8)
    none = {"seed": 0, "blur_sigma_px": 0, "noise_sigma": 0, "jpeg_quality": 95}
    plain = realistic(hr, 2, **none)
    assert plain.shape == (32, 32, 3)
    assert realistic(hr, 2, **none | {"blur_sigma_px": 2}).std() < plain.std() / 2
    assert realistic(smooth, 2, **none).std() < 0.5
    noisy = realistic(smooth, 2, **none | {"noise_sigma": 10})
    # JPEG smooths the colours.
    assert 4 < noisy.std() < 11
    assert not np.array_equal(noisy, realistic(smooth, 2, **none | {"noise_sigma": 10, "seed": 1}))
    rough = realistic(hr, 2, **none | {"jpeg_quality": 10}).astype(float)
    clear = bicubic(hr, 2).astype(float)
    assert np.abs(rough - clear).mean() > np.abs(plain - clear).mean() + 3
    no_jpeg = none | {"jpeg_quality": 0}
    assert np.array_equal(realistic(hr, 2, **no_jpeg), bicubic(hr, 2))
    means = hr.reshape(32, 2, 32, 2, 3).mean((1, 3))
    assert np.abs(realistic(hr, 2, **no_jpeg, filter="box") - means).max() <= 1
    assert realistic(hr, 2, **no_jpeg, sharpening=0.5).std() > bicubic(hr, 2).std() + 5
    colours = [realistic(hr, 2, **none, jpeg_chroma=chroma) for chroma in ("4:4:4", "4:2:0")]
    assert np.abs(colours[0] - clear).mean() < np.abs(colours[1] - clear).mean() - 3


def test_degrade_records_nothing_but_uses_what_was_drawn():
    hr = np.random.default_rng(0).integers(0, 256, (32, 32, 3)).astype(np.uint8)
    drawn = draw(RANGES, "a")
    lr, stored = degrade("realistic", hr, 2, drawn)
    own = {name: value for name, value in drawn.items() if name != "photo"}
    assert np.array_equal(lr, realistic(hr, 2, **own))
    assert stored is None
