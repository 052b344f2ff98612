"""Files that are not read: other formats, too large, of several pictures, or decoded wrongly."""

from pathlib import Path

from PIL import Image

from superres.core import memory
from superres.core.console import shown
from superres.core.errors import InputError
from superres.images.jpeg_scans import scans

FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF", "PPM", "JPEG2000", "AVIF")
"""Pillow's names. Others are no photos, and some of them start programs, as EPS does."""
FORMAT_NAMES = "JPEG, PNG, WebP, TIFF, BMP, GIF, PPM, JPEG 2000 or AVIF"
MOST_MEGAPIXELS = 500.0
# The highest peak of decoding, turning and conversion over formats and modes, measured.
BYTES_PER_PX = 24
BYTES_PER_DEEP_PX = 34
MODES = ("1", "L", "LA", "La", "P", "PA", "RGB", "RGBA", "RGBa", "RGBX", "CMYK", "YCbCr")
DAMAGED = "repair or remove the file"
CONVERT = "convert it to JPEG or PNG"
TIFF_SIGNATURES = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
RAW_SIGNATURES = (b"FUJIFILM", b"IIRO", b"IIU\0")
MOST_PAGES = 32
# Of one picture; encoders write about ten. Each takes time for all pixels, and no more bytes than a
# line of text.
MOST_SCANS = 100
# Tags and values of TIFF 6.0 and DNG 1.4 that are not in Pillow's enumerations of EXIF.
SUBFILE_TYPE, PHOTOMETRIC, BITS, PLANES, SAMPLE_FORMAT, DNG = 254, 262, 258, 284, 339, 50706
WHITE_IS_ZERO, SENSOR_VALUES = 0, (32803, 34892)
SMALLER_COPY, MASK = 1, 4
UNSIGNED = (1, 4)


class UnreadableError(InputError):
    """A file that is no picture, or one that would not be read rightly.

    Attributes:
        reason: what is wrong, and what to do, without the name of the file.
    """

    def __init__(self, path: Path, reason: str, advice: str = DAMAGED) -> None:
        self.reason = f"cannot be read ({reason}); {advice}"
        super().__init__(f"{shown(path)}: {self.reason}")


class RefusedError(Exception):
    """A reason not to read a file, and what to do about it."""

    def __init__(self, reason: str, advice: str = CONVERT) -> None:
        self.advice = advice
        super().__init__(reason)


def refuse_other_formats(start: bytes) -> None:
    """Name formats that people have photos in and that are not read."""
    if not start:
        raise RefusedError("the file is empty", DAMAGED)
    brand = start[8:12] if start[4:8] == b"ftyp" else b""
    # AVIF files may have a general brand first, and their own behind it.
    if brand in HEIC_BRANDS and b"avif" not in start[12:]:
        raise RefusedError("HEIC, a format of phones that is not read", CONVERT)
    if start.startswith((b"\xff\x0a", b"\0\0\0\x0cJXL ")):
        raise RefusedError("JPEG XL, which is not read", CONVERT)
    if start.startswith(b"8BPS"):
        raise RefusedError("a Photoshop document", "save it as TIFF or PNG")
    if start.startswith((b"%!PS", b"%PDF", b"\xc5\xd0\xd3\xc6")):
        raise RefusedError("a document that is drawn, with no pixels of its own", CONVERT)
    if brand == b"crx " or start[8:10] == b"CR" or start.startswith(RAW_SIGNATURES):
        raise RefusedError("a camera's raw file", "develop it into TIFF or JPEG")


def check(image: Image.Image, most_megapixels: float) -> None:
    """Refuse what is too large, has several pictures or would be decoded wrongly."""
    pixels = image.width * image.height
    size = f"{image.width} x {image.height} pixels"
    if pixels > most_megapixels * 10**6:
        raise RefusedError(f"{size}, more than {most_megapixels:g} megapixels", "raise the limit")
    needed_mb = pixels * (BYTES_PER_DEEP_PX if is_deep(image) else BYTES_PER_PX) / 10**6
    available_mb = memory.available_mb()
    if needed_mb > available_mb:
        raise RefusedError(
            f"{size} need {needed_mb:.0f} MB of memory, {available_mb:.0f} MB are free",
            "free some, or make the picture smaller",
        )
    if image.format == "TIFF":
        _check_tiff(image)
    if image.format in ("JPEG", "MPO"):
        _check_scans(image)
    _check_single(image)
    # Pillow scales 16 bits of PPM to their full range, in a mode of 32.
    if image.mode == "I" and image.format == "PPM":
        return
    if image.mode in ("I", "F"):
        raise RefusedError("samples of 32 bits or with a sign", "save it with 8 or 16 bits")
    if image.mode not in MODES and not image.mode.startswith("I;16"):
        raise RefusedError(f"colours of kind {image.mode}", "save it as RGB")


def _check_scans(image: Image.Image) -> None:
    at = image.fp.tell()
    image.fp.seek(0)
    count = scans(image.fp.read())
    image.fp.seek(at)
    if count > MOST_SCANS:
        raise RefusedError(
            f"{count} scans over the whole picture, which take hours to decode",
            "save it again as JPEG",
        )


def _check_tiff(image: Image.Image) -> None:
    tags = image.tag_v2
    if DNG in tags or tags.get(PHOTOMETRIC) in SENSOR_VALUES:
        raise RefusedError("a camera's raw file", "develop it into TIFF or JPEG")
    if _is_part(image):
        raise RefusedError("its first page is a preview, as in a camera's raw file", CONVERT)
    if not set(tags.get(SAMPLE_FORMAT, UNSIGNED)) <= set(UNSIGNED):
        raise RefusedError("samples that are floats or have a sign", "save it with 8 or 16 bits")
    # Pillow takes the bytes of such samples for samples.
    if tags.get(PLANES, 1) == 2 and image.mode not in ("1", "L", "P") and max(tags[BITS]) > 8:
        raise RefusedError("16 bits with a plane for each colour", "save its colours interleaved")


def _is_part(page: Image.Image) -> bool:
    """Whether a page of a TIFF file is a smaller copy or a mask of another one."""
    return bool(page.tag_v2.get(SUBFILE_TYPE, 0) & (SMALLER_COPY | MASK))


def _check_single(image: Image.Image) -> None:
    frames = getattr(image, "n_frames", 1)
    # The further images of an MPO file are previews and depth maps of the same photo.
    if frames == 1 or image.format == "MPO":
        return
    if image.format == "TIFF" and frames <= MOST_PAGES:
        parts = []
        for number in range(1, frames):
            image.seek(number)
            parts.append(_is_part(image))
        image.seek(0)
        if all(parts):
            return
    raise RefusedError(
        f"{frames} frames or pages, only single pictures are read", "save one picture alone"
    )


def raw_mode(tile) -> str:
    """Pillow's name of how samples are stored in a part of a file."""
    mode = tile.args if isinstance(tile.args, str) else (tile.args or ("",))[0]
    return mode if isinstance(mode, str) else ""


def is_deep(image: Image.Image) -> bool:
    """Whether a picture that is not loaded yet has 16 bits that can be decoded."""
    if image.mode.startswith("I"):
        return True
    colours, _, kind = raw_mode(image.tile[0]).partition(";") if image.tile else ("", "", "")
    return kind.startswith("16") and colours in ("RGB", "RGBA", "RGBX", "LA")
