"""Up-sampling by a fixed kernel: the baselines that every model has to beat."""

import numpy as np
from PIL import Image


def upsample(lr: np.ndarray, size_px: tuple[int, int], name: str) -> np.ndarray:
    """Up-sample an LR image to a size.

    Args:
        lr: uint8 array (h, w, 3), RGB.
        size_px: width and height to reach.
        name: a filter of Pillow in lower case: nearest, bilinear, bicubic (Keys' kernel with
            a = -0.5) or lanczos (3 lobes).

    Returns:
        uint8 array (height, width, 3).
    """
    return np.asarray(Image.fromarray(lr).resize(size_px, Image.Resampling[name.upper()]))
