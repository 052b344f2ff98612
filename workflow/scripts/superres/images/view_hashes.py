"""Perceptual hashes of an image in all eight orientations."""

import imagehash
import numpy as np
from PIL import Image


def of_all_views(image: np.ndarray) -> list[str]:
    """Hashes of an image turned by quarters, and of its mirror image turned by quarters.

    Args:
        image: uint8 array (height, width, 3).

    Returns:
        Eight 64-bit hashes as 16 hexadecimal digits, that of the image itself first.
    """
    views = [np.rot90(side, turns) for side in (image, image[:, ::-1]) for turns in range(4)]
    return [str(imagehash.phash(Image.fromarray(np.ascontiguousarray(view)))) for view in views]
