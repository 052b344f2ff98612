"""Up-sampling by a fixed kernel: the baselines that every model has to beat."""

import numpy as np
from PIL import Image


def upsample(lr: np.ndarray, scale: int, name: str) -> np.ndarray:
    """Up-sample an LR image by a whole factor.

    Args:
        lr: uint8 array (height, width, 3), RGB.
        scale: whole factor, at least 1.
        name: a filter of Pillow in lower case: nearest, bilinear, bicubic (Keys' kernel with
            a = -0.5) or lanczos (3 lobes).

    Returns:
        uint8 array (height * scale, width * scale, 3).
    """
    height_px, width_px = lr.shape[:2]
    size_px = (width_px * scale, height_px * scale)
    return np.asarray(Image.fromarray(lr).resize(size_px, Image.Resampling[name.upper()]))
