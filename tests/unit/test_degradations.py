import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from superres.degradations import DEGRADATIONS, bicubic, degrade, mod_crop
from superres.errors import InputError


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
    lr, _ = degrade(name, cropped, scale)
    assert (lr.shape[0] * scale, lr.shape[1] * scale) == cropped.shape[:2]
