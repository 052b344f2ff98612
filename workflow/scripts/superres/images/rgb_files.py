"""Reading and writing images, whatever format a camera or an editor left them in."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from superres.core.atomic import appearing
from superres.core.errors import InputError


def read_rgb(path: Path) -> np.ndarray:
    """Read an image as it is meant to be seen.

    EXIF orientation is applied; CMYK, palette and grey become RGB; transparency is laid on white;
    16-bit grey keeps its upper 8 bits. Colour profiles are not applied: values stay as stored.

    Args:
        path: a file in any format that Pillow reads.

    Returns:
        uint8 array (height, width, 3).

    Raises:
        InputError: no such file, not an image, or a damaged one.
    """
    if not path.is_file():
        raise InputError(f"{path}: the file is missing")
    try:
        # By path, Pillow maps TIFF files into memory and then turns them wrongly.
        with path.open("rb") as file, Image.open(file) as image:
            image = ImageOps.exif_transpose(image)
            if image.mode.startswith("I"):
                # Pillow would clip 16-bit values at 255 instead of scaling them.
                image = Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
            if image.has_transparency_data:
                image = image.convert("RGBA")
                white = Image.new("RGBA", image.size, "white")
                image = Image.alpha_composite(white, image)
            return np.asarray(image.convert("RGB"))
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        reason = str(error).replace(str(path), path.name)
        raise InputError(
            f"{path}: cannot be read as an image ({reason}); repair or remove the file"
        ) from error


def is_grey(path: Path) -> bool:
    """Whether the file of an image has grey levels alone, not three channels that are alike."""
    with Image.open(path) as image:
        return image.getbands()[0] in ("1", "L", "I")


def write_png(path: Path, image: np.ndarray) -> None:
    """Write uint8 RGB (height, width, 3) or grey (height, width) as PNG.

    The name appears only when the file is whole.
    """
    with appearing(path) as unfinished:
        Image.fromarray(image).save(unfinished, format="PNG")


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file; the name appears only when it is whole."""
    with appearing(path) as unfinished:
        unfinished.write_bytes(content)
