"""LR images from HR images, picked by name."""

import numpy as np
from PIL import Image

from superres.errors import InputError


def mod_crop(hr: np.ndarray, scale: int) -> np.ndarray:
    """Crop the right and lower edge so that both sides are multiples of the scale.

    Args:
        hr: array (height, width, 3).
        scale: whole factor, at least 1.

    Returns:
        View (height - height % scale, width - width % scale, 3).

    Raises:
        InputError: a side is shorter than the scale, so nothing would be left.
    """
    height_px, width_px = hr.shape[:2]
    if min(height_px, width_px) < scale:
        raise InputError(
            f"{width_px}x{height_px} px is smaller than the scale x{scale}; "
            "remove the photo or choose a smaller scale"
        )
    return hr[: height_px - height_px % scale, : width_px - width_px % scale]


def bicubic(hr: np.ndarray, scale: int) -> np.ndarray:
    """Bicubic down-sampling with antialiasing, Keys' kernel with a = -0.5 (Pillow, near MATLAB's).

    Args:
        hr: uint8 array (height, width, 3) whose sides are multiples of the scale.
        scale: whole factor, at least 1.

    Returns:
        uint8 array (height // scale, width // scale, 3).
    """
    height_px, width_px = hr.shape[:2]
    size_px = (width_px // scale, height_px // scale)
    return np.asarray(Image.fromarray(hr).resize(size_px, Image.Resampling.BICUBIC))


DEGRADATIONS = {"bicubic": bicubic}
