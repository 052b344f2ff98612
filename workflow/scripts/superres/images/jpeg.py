"""JPEG files kept as they are, or with the same pixels in a form that decodes faster."""

import tempfile
from pathlib import Path

import jpeglib
from PIL import ExifTags, Image

JPEG_SIGNATURE = b"\xff\xd8\xff"


def is_plain(path: Path) -> bool:
    """Whether every decoder sees the same in it as `read_rgb`: RGB JPEG, not to be rotated."""
    with path.open("rb") as file:
        if file.read(3) != JPEG_SIGNATURE:
            return False
    try:
        with Image.open(path, formats=["JPEG"]) as image:
            upright = image.getexif().get(ExifTags.Base.Orientation, 1) == 1
            return image.format == "JPEG" and image.mode == "RGB" and upright
    except Exception:  # damaged EXIF makes Pillow raise nearly anything
        return False


def baseline(path: Path) -> bytes:
    """A JPEG file without progressive scans: the same coefficients, half the time to decode.

    Args:
        path: a JPEG file, progressive or not.

    Returns:
        The file itself where it has no progressive scans, else the same image packed again.
    """
    with Image.open(path, formats=["JPEG"]) as image:
        if not image.info.get("progressive"):
            return path.read_bytes()
    image = jpeglib.read_dct(str(path))
    image.progressive_mode = False
    with tempfile.TemporaryDirectory() as folder:
        packed = Path(folder) / path.name
        image.write_dct(str(packed))
        return packed.read_bytes()
