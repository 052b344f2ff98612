"""Images as RGB arrays: read from any picture file, written as PNG."""

import math
from pathlib import Path

import numpy as np
from PIL import Image

from superres.core.atomic import appearing
from superres.images import png_files
from superres.images.decoding import decode, to_8_bits


def read_rgb(path: Path, most_megapixels: float = math.inf) -> np.ndarray:
    """Read an image as it is meant to be seen; see `decode` for what is read, and how.

    Palette and grey become RGB, 16 bits the nearest 8; transparency is laid on white. Colour
    profiles of RGB and grey are not applied: values stay as stored.

    Args:
        path: a file of one picture.
        most_megapixels: as for `decode`; needed where the file is of unknown origin.

    Returns:
        uint8 array (height, width, 3).

    Raises:
        UnreadableError: as `decode` does.
    """
    decoded = decode(path, most_megapixels)
    rgb = to_8_bits(decoded.rgb)
    if decoded.alpha is None:
        return rgb
    image = Image.fromarray(np.dstack([rgb, to_8_bits(decoded.alpha)]))
    white = Image.new("RGBA", image.size, "white")
    return np.asarray(Image.alpha_composite(white, image).convert("RGB"))


def is_grey(path: Path) -> bool:
    """Whether the file of an image has grey levels alone, not three channels that are alike."""
    return decode(path, math.inf).grey


def write_png(path: Path, image: np.ndarray) -> None:
    """Write uint8 RGB (height, width, 3) or grey (height, width) as PNG.

    The name appears only when the file is whole.
    """
    with appearing(path) as unfinished:
        Image.fromarray(image).save(unfinished, format="PNG", compress_level=png_files.COMPRESSION)


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file; the name appears only when it is whole."""
    with appearing(path) as unfinished:
        unfinished.write_bytes(content)
