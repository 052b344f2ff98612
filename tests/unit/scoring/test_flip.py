import flip_evaluator
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from skimage import data

from superres.scoring import flip

PHOTO = data.astronaut()[100:340, 100:420]


def reference(truth: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    """The error map of the authors' own implementation."""
    error, *_ = flip_evaluator.evaluate(
        *((image / 255).astype(np.float32) for image in (truth, predicted)),
        "LDR",
        applyMagma=False,
        computeMeanError=False,
        parameters={"ppd": flip.PIXELS_PER_DEGREE},
    )
    return error.reshape(truth.shape[:2])


def spoilt(kind: str) -> np.ndarray:
    image = Image.fromarray(PHOTO)
    size = image.size
    return np.asarray(
        {
            "bicubic": lambda: image.resize((160, 120), Image.Resampling.BICUBIC).resize(size),
            "negative": lambda: 255 - PHOTO,
            "moved": lambda: np.roll(PHOTO, 3, axis=1),
            "black": lambda: np.zeros_like(PHOTO),
            "noise": lambda: np.random.default_rng(0).integers(0, 256, PHOTO.shape, np.uint8),
            "one level": lambda: np.where(PHOTO < 255, PHOTO + 1, PHOTO),
        }[kind]()
    ).astype(np.uint8)


@pytest.mark.parametrize("kind", ["bicubic", "negative", "moved", "black", "noise", "one level"])
def test_every_pixel_is_that_of_the_reference_implementation(kind):
    predicted = spoilt(kind)
    expected = reference(PHOTO, predicted)
    found = flip.error_map(flip.seen(PHOTO), flip.seen(predicted))
    assert np.abs(found - expected).max() < 1e-4
    assert flip.flip(PHOTO, predicted) == pytest.approx(expected.mean(dtype=float), abs=1e-6)


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 30), st.integers(1, 30), st.integers(0, 99))
def test_any_size_and_colours(height, width, seed):
    rng = np.random.default_rng(seed)
    truth, predicted = (rng.integers(0, 256, (height, width, 3), np.uint8) for _ in range(2))
    found = flip.flip(truth, predicted)
    assert found == pytest.approx(reference(truth, predicted).mean(dtype=float), abs=1e-4)
    assert 0 <= found <= 1


def test_equal_images_have_no_error_and_a_known_one_is_found():
    assert flip.flip(PHOTO, PHOTO) == 0
    # Uniform images differ in lightness alone, by 100, which the paper maps with these constants.
    worst, knee, knee_error = 41.2760, 0.4, 0.95
    share = (100**0.7 / worst - knee) / (1 - knee)
    black = np.zeros((40, 40, 3), np.uint8)
    expected = knee_error + share * (1 - knee_error)
    assert flip.flip(black, black + np.uint8(255)) == pytest.approx(expected, abs=1e-4)
