"""Kinds of LR images that a network may meet, clean bicubic and others, made from HR images."""

from collections.abc import Callable
from functools import partial

import cv2
import numpy as np

from superres.images.degradations import as_cropped_jpeg, as_jpeg, bicubic, down_sampled, noisy

BLUR_SIGMA_PX = 1.0


def _filtered(hr: np.ndarray, scale: int, seed: int, name: str) -> np.ndarray:
    return down_sampled(hr, scale, name)


def _blurred(hr: np.ndarray, scale: int, seed: int) -> np.ndarray:
    return bicubic(cv2.GaussianBlur(hr, (0, 0), BLUR_SIGMA_PX), scale)


def _noisy(hr: np.ndarray, scale: int, seed: int, sigma: float) -> np.ndarray:
    return noisy(bicubic(hr, scale), seed, sigma)


def _jpeg(hr: np.ndarray, scale: int, seed: int, quality: int, subsampling: str) -> np.ndarray:
    return as_jpeg(bicubic(hr, scale), quality, subsampling)


def _jpeg_twice(hr: np.ndarray, scale: int, seed: int, first: int, second: int) -> np.ndarray:
    return as_jpeg(as_cropped_jpeg(bicubic(hr, scale), seed, first, "4:2:0"), second)


# From uint8 RGB HR (height, width, 3), sides multiples of the scale, the scale and a seed to uint8
# RGB LR. JPEG: Pillow's quality; noise: sigma in grey levels of 255.
KINDS: dict[str, Callable[[np.ndarray, int, int], np.ndarray]] = {
    "bicubic": partial(_filtered, name="bicubic"),
    "Lanczos": partial(_filtered, name="lanczos"),
    "box": partial(_filtered, name="box"),
    "bilinear": partial(_filtered, name="bilinear"),
    "nearest": partial(_filtered, name="nearest"),
    "blurred bicubic": _blurred,
    "JPEG 95": partial(_jpeg, quality=95, subsampling="4:2:0"),
    "JPEG 95 4:4:4": partial(_jpeg, quality=95, subsampling="4:4:4"),
    "JPEG 85": partial(_jpeg, quality=85, subsampling="4:2:0"),
    "JPEG 75": partial(_jpeg, quality=75, subsampling="4:2:0"),
    "JPEG 60": partial(_jpeg, quality=60, subsampling="4:2:0"),
    "JPEG 75, then 90": partial(_jpeg_twice, first=75, second=90),
    "noise 2": partial(_noisy, sigma=2.0),
    "noise 5": partial(_noisy, sigma=5.0),
    "noise 10": partial(_noisy, sigma=10.0),
}
