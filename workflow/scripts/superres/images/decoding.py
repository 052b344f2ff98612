"""Picture files decoded into upright pixels, or refused by name: the one reader of all steps."""

import sys
import warnings
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import Image, ImageCms, ImageOps, JpegImagePlugin

from superres.core.console import log, shown
from superres.images import exif_blocks, iptc_blocks, png_files
from superres.images.refusals import (
    BITS,
    FORMAT_NAMES,
    FORMATS,
    MOST_MEGAPIXELS,
    PHOTOMETRIC,
    TIFF_SIGNATURES,
    WHITE_IS_ZERO,
    RefusedError,
    UnreadableError,
    check,
    is_deep,
    raw_mode,
    refuse_other_formats,
)

# Of JPEG: its density, EXIF and XMP, profile and further pictures, IPTC, colour transform, comment.
KEPT_SEGMENTS = {"APP0", "APP1", "APP2", "APP13", "APP14", "COM"}
LONG_XMP = b"http://ns.adobe.com/xmp/extension/"
HEADER_BYTES = 4096
SAMPLES_TAG = 277
# `check` has a limit of its own, which the user can set.
Image.MAX_IMAGE_PIXELS = None


@dataclass(frozen=True)
class JpegCoding:
    """How the values of a JPEG file were rounded.

    Attributes:
        tables: quantisation tables by number, 64 divisors each.
        subsampling: of the colours, as Pillow numbers it: 0 is 4:4:4, 1 is 4:2:2, 2 is 4:2:0.
    """

    tables: dict[int, list[int]]
    subsampling: int


@dataclass(frozen=True)
class Decoded:
    """Pixels of an upright picture, and what its file says of them.

    Attributes:
        rgb: uint8 or, from 16 bits, uint16 array (height, width, 3) over the full range.
        alpha: array (height, width) of the same type, the highest value is opaque; None without
            transparency. What is under it in `rgb` is as stored.
        grey: the source has no colour; the three channels are equal.
        format: one of `refusals.FORMATS`.
        icc: colour profile of the values.
        exif: EXIF block; without orientation, or of orientation 1.
        iptc: IPTC block of JPEG and TIFF.
        info: all that Pillow read beside the pixels.
        chunks: names and contents of further chunks of a PNG file.
        dropped: what is left out, in words.
        jpeg: of a JPEG file of grey or colour; None where it cannot be written like that again.
    """

    rgb: np.ndarray
    alpha: np.ndarray | None
    grey: bool
    format: str
    icc: bytes | None
    exif: bytes | None
    iptc: bytes | None
    info: dict
    chunks: tuple[tuple[bytes, bytes], ...]
    dropped: tuple[str, ...]
    jpeg: JpegCoding | None


def decode(path: Path, most_megapixels: float = MOST_MEGAPIXELS) -> Decoded:
    """Read a picture; its content decides on the format, not its name.

    EXIF orientation is applied; palettes become RGB; CMYK becomes sRGB, by its profile if it has
    one; white-is-zero becomes black-is-zero. 16 bits are kept for grey and RGB of PNG and TIFF;
    elsewhere their upper 8 are, which is logged where Pillow says so.

    Args:
        path: a file of one picture in one of `FORMATS`.
        most_megapixels: limit against files that unpack to more than was ever photographed.

    Raises:
        UnreadableError: no such file, another format, damaged, too large for the limit or the
            memory, animated, of several pages, of floats, or of integers of another kind than
            unsigned 16 bits.
    """
    try:
        if not path.is_file():
            raise RefusedError("no such file", "check the path")
        # From a path, Pillow maps plain TIFF files into memory and garbles those to be turned.
        with path.open("rb") as file, warnings.catch_warnings():
            # Pillow warns of sizes that are welcome here, and of oddities it can read.
            warnings.simplefilter("ignore")
            start = file.read(HEADER_BYTES)
            refuse_other_formats(start[:64])
            file.seek(0)
            is_png = start.startswith(png_files.SIGNATURE)
            parts = png_files.split(file.read()) if is_png else png_files.Parts(file)
            with Image.open(parts.pixels, formats=FORMATS) as image:
                check(image, most_megapixels)
                if _loses_bits(image, start):
                    log.info("%s: only the upper 8 of its bits are used", shown(path))
                return _decoded(image, parts, path)
    except RefusedError as refused:
        raise UnreadableError(path, str(refused), refused.advice) from None
    except Image.UnidentifiedImageError:
        raise _unidentified(path) from None
    except MemoryError:
        advice = "free some, or make the picture smaller"
        raise UnreadableError(path, "too large for the memory of this machine", advice) from None
    except Exception as error:  # damaged files make decoders raise nearly anything
        reason = str(error).replace(str(path), path.name)
        raise UnreadableError(path, " ".join(reason.split()) or type(error).__name__) from error


def to_8_bits(levels: np.ndarray) -> np.ndarray:
    """Nearest levels of 8 bits: 257 steps of 16 bits are one of 8, as 65535 = 255 * 257.

    Args:
        levels: uint8 or uint16 array of any shape.

    Returns:
        uint8 array of that shape; the same one where it is uint8 already.
    """
    if levels.dtype == np.uint8:
        return levels
    return ((levels.astype(np.uint32) + 128) // 257).astype(np.uint8)


def _loses_bits(image: Image.Image, start: bytes) -> bool:
    """Whether Pillow reduces the samples of an unloaded picture to 8 bits."""
    if image.mode.startswith("I") or is_deep(image):
        return False
    if image.format == "PPM":
        # The highest level of a sample.
        return any(isinstance(value, int) and value > 255 for value in image.tile[0].args or ())
    if image.format == "JPEG2000":
        # Bits less 1 of the first component, in the segment SIZ (ISO/IEC 15444-1, A.5.1).
        at = start.find(b"\xff\x4f\xff\x51")
        return at >= 0 and (start[at + 42 : at + 43] or b"\0")[0] & 0x7F > 7
    if image.format == "AVIF":
        # Bits of the first channel, in the property `pixi` (ISO/IEC 23008-12, 6.5.6).
        at = start.find(b"pixi")
        return at >= 0 and (start[at + 9 : at + 10] or b"\0")[0] > 8
    return ";16" in str(image.tile)


def _unidentified(path: Path) -> UnreadableError:
    with path.open("rb") as file:
        if file.read(4) in TIFF_SIGNATURES:
            return UnreadableError(
                path, "TIFF of a kind that is not read, or damaged", "save it as RGB with 8 bits"
            )
    return UnreadableError(path, f"not a {FORMAT_NAMES} file, or damaged at its beginning")


def _decoded(image: Image.Image, parts: png_files.Parts, path: Path) -> Decoded:
    file_format = "JPEG" if image.format == "MPO" else image.format
    dropped = [*parts.dropped, *_lost(image)]
    jpeg = _jpeg_coding(image) if file_format == "JPEG" else None
    grey = image.mode in ("1", "L", "LA", "La") or image.mode.startswith("I")
    deep = is_deep(image)
    if deep and raw_mode(image.tile[0]).startswith("LA"):
        rgb, alpha, exif = _deep_grey_with_alpha(image, path)
        grey = True
    elif deep and not grey:
        rgb, alpha, exif = _deep_colour(image, parts.pixels, path)
    else:
        image.load()
        exif = _turn_upright(image, path)
        rgb, alpha = _deep_grey(image) if deep else (None, None)
    icc = parts.icc or image.info.get("icc_profile") or None
    if rgb is None:
        if image.mode == "CMYK":
            image, icc = _cmyk_to_srgb(image, icc, path), None
        rgb, alpha = _pixels(image)
    if "mp" in image.info:
        log.info("%s: previews, depth or gain maps in it are left out", shown(path))
    return Decoded(
        *(rgb, alpha, grey, file_format, icc, exif, iptc_blocks.of(image), dict(image.info)),
        *(tuple(parts.chunks), tuple(dropped), jpeg),
    )


def _jpeg_coding(image: Image.Image) -> JpegCoding | None:
    """The coding of an unloaded JPEG file, as far as Pillow can write it again."""
    tables = {number: list(table) for number, table in getattr(image, "quantization", {}).items()}
    subsampling = 0 if image.mode == "L" else JpegImagePlugin.get_sampling(image)
    sound = all(
        len(table) == 64 and 0 < min(table) <= max(table) < 256 for table in tables.values()
    )
    if image.mode not in ("L", "RGB") or subsampling < 0 or not tables or not sound:
        return None
    return JpegCoding(tables, subsampling)


def _lost(image: Image.Image) -> list[str]:
    """Segments of a JPEG file and tags of a TIFF file that are not kept, in words."""
    segments = {name for name, content in getattr(image, "applist", [])} - KEPT_SEGMENTS
    if any(content.startswith(LONG_XMP) for _, content in getattr(image, "applist", [])):
        segments.add("APP1 of further XMP")
    tags = getattr(image, "tag_v2", {})
    further = tags.get(SAMPLES_TAG, 0) - len(image.getbands())
    channels = [f"further channels: {further}"] if further > 0 else []
    return [*(f"segment {name}" for name in sorted(segments)), *exif_blocks.lost(tags), *channels]


def _turn_upright(image: Image.Image, path: Path) -> bytes | None:
    """Turn a loaded picture as its EXIF says; give the rest of EXIF, nothing of a damaged one."""
    try:
        ImageOps.exif_transpose(image, in_place=True)
        return exif_blocks.kept(image.getexif())
    except MemoryError:
        # The picture would stay unturned.
        raise
    except Exception:  # damaged EXIF makes Pillow raise nearly anything
        log.info("%s: its EXIF is damaged and left out", shown(path))
        return None


def _cmyk_to_srgb(image: Image.Image, icc: bytes | None, path: Path) -> Image.Image:
    log.info("%s: its CMYK colours become sRGB", shown(path))
    if icc:
        try:
            srgb = ImageCms.createProfile("sRGB")
            return ImageCms.profileToProfile(image, BytesIO(icc), srgb, outputMode="RGB")
        except ImageCms.PyCMSError:
            log.info("%s: its colour profile is damaged and left out", shown(path))
    return image.convert("RGB")


def _pixels(image: Image.Image) -> tuple[np.ndarray, np.ndarray | None]:
    """Split an upright picture of 8 bits into `Decoded.rgb` and `Decoded.alpha`."""
    if image.has_transparency_data:
        # Pillow divides the colours by their alpha only on the way to the mode in between.
        pixels = np.asarray((image.convert("LA") if image.mode == "La" else image).convert("RGBA"))
        return pixels[..., :3].copy(), pixels[..., 3].copy()
    return np.asarray(image.convert("RGB")), None


def _deep_grey(image: Image.Image) -> tuple[np.ndarray, np.ndarray | None]:
    levels = np.asarray(image).astype(np.uint16)
    transparent = image.info.get("transparency")
    alpha = None if transparent is None else _opaque_where(levels != transparent)
    if image.format == "TIFF":
        (bits,) = image.tag_v2.get(BITS, (16,))
        highest = 2**bits - 1
        if highest < 65535:
            # Pillow leaves 12 bits as they are.
            levels = ((levels.astype(np.uint32) * 65535 + highest // 2) // highest).astype(
                np.uint16
            )
        if image.tag_v2.get(PHOTOMETRIC) == WHITE_IS_ZERO:
            levels = 65535 - levels
    return np.dstack([levels] * 3), alpha


def _opaque_where(mask: np.ndarray) -> np.ndarray:
    return np.where(mask, 65535, 0).astype(np.uint16)


def _deep_grey_with_alpha(image: Image.Image, path: Path) -> tuple:
    """Grey and alpha of 16 bits, as four samples of 8 bits, which Pillow does not reduce."""
    image.tile = [tile._replace(args="RGBA") for tile in image.tile]
    image.load()
    exif = _turn_upright(image, path)
    pixels = np.asarray(image).astype(np.uint16)
    levels = pixels[..., 0] << 8 | pixels[..., 1]
    return np.dstack([levels] * 3), pixels[..., 2] << 8 | pixels[..., 3], exif


def _deep_colour(image: Image.Image, file: BinaryIO, path: Path) -> tuple:
    """RGB of 16 bits, from two passes over the file: Pillow gives one of two bytes at a time."""
    image.load()
    exif = _turn_upright(image, path)
    file.seek(0)
    with Image.open(file, formats=FORMATS) as other:
        other.tile = [_of_other_byte(tile) for tile in other.tile]
        other.load()
        _turn_upright(other, path)
        pixels = np.asarray(image).astype(np.uint16) << 8 | np.asarray(other)
    transparent = image.info.get("transparency")
    if transparent is not None:
        return pixels, _opaque_where((pixels != np.array(transparent)).any(axis=2)), exif
    if pixels.shape[2] == 4:
        return pixels[..., :3].copy(), pixels[..., 3].copy(), exif
    return pixels, None, exif


def _of_other_byte(tile):
    """The tile of a file in which Pillow takes the lower byte of a sample for the upper one."""
    mode = raw_mode(tile)
    native = "L" if sys.byteorder == "little" else "B"
    swapped = mode[:-1] + {"L": "B", "B": "L"}[mode[-1] if mode[-1] != "N" else native]
    return tile._replace(args=swapped if isinstance(tile.args, str) else (swapped, *tile.args[1:]))
