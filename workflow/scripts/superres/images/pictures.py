"""The user's own pictures: read with all that belongs to them, written back the same way."""

from collections.abc import MutableMapping
from dataclasses import dataclass, replace
from io import SEEK_CUR, BytesIO
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import ExifTags, Image
from PIL.PngImagePlugin import PngInfo

from superres.core.atomic import appearing
from superres.core.console import log, shown
from superres.core.errors import InputError
from superres.images import deep_files
from superres.images.decoding import decode
from superres.images.refusals import MOST_MEGAPIXELS

# Formats that are written; the pictures of others become PNG.
WRITTEN_FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "BMP")
LONGEST_SIDE_PX = {"JPEG": 65500, "WEBP": 16383}
MOST_TIFF_BYTES = 4 * 10**9
XMP_TAG = 700
NESTED_EXIF = (ExifTags.IFD.Exif, ExifTags.IFD.GPSInfo)


@dataclass(frozen=True)
class Picture:
    """An upright picture and what is needed to write it back as it came.

    Attributes:
        rgb, alpha, grey, format, icc, exif: as in `Decoded`.
        lossless_webp: the source is a WebP file stored without loss.
        xmp: XMP packet.
    """

    rgb: np.ndarray
    alpha: np.ndarray | None
    grey: bool
    format: str
    lossless_webp: bool
    icc: bytes | None
    exif: bytes | None
    xmp: bytes | None


def read(path: Path, most_megapixels: float = MOST_MEGAPIXELS) -> Picture:
    """Read a picture with what belongs to it; see `decode` for what is read, and how.

    Args:
        path: a file of one picture.
        most_megapixels: as for `decode`.

    Raises:
        UnreadableError: as `decode` does.
    """
    decoded = decode(path, most_megapixels)
    return Picture(
        rgb=decoded.rgb,
        alpha=decoded.alpha,
        grey=decoded.grey,
        format=decoded.format,
        lossless_webp=decoded.format == "WEBP" and _is_lossless_webp(path),
        icc=decoded.icc,
        exif=decoded.exif,
        xmp=decoded.info.get("xmp") or None,
    )


def _is_lossless_webp(path: Path) -> bool:
    """Look for the chunk VP8L, behind those for metadata in a WebP file."""
    with path.open("rb") as file:
        file.seek(12)
        while len(header := file.read(8)) == 8:
            if header[:4] in (b"VP8L", b"VP8 "):
                return header[:4] == b"VP8L"
            length = int.from_bytes(header[4:], "little")
            file.seek(length + length % 2, SEEK_CUR)
    return False


def written_as(path: Path, picture: Picture) -> Path:
    """Name of the file that `write` makes: `path`, with `.png` added where its format is changed.

    GIF, PPM, JPEG 2000 and AVIF become PNG, as does what is too large for the format of its source
    and BMP with anything but colour.
    """
    return path if _format(picture) == picture.format else png_name(path)


def png_name(path: Path) -> Path:
    """Name of the PNG file that stands for a file of another format."""
    return path.with_name(path.name + ".png")


def _format(picture: Picture) -> str:
    more_than_colour = any(
        part is not None for part in (picture.alpha, picture.icc, picture.exif, picture.xmp)
    )
    stored_bytes = picture.rgb.nbytes + (0 if picture.alpha is None else picture.alpha.nbytes)
    needs_png = {
        "BMP": more_than_colour,
        "TIFF": stored_bytes > MOST_TIFF_BYTES,
    }
    if picture.format not in WRITTEN_FORMATS:
        return "PNG"
    too_long = max(picture.rgb.shape) > LONGEST_SIDE_PX.get(picture.format, np.inf)
    return "PNG" if too_long or needs_png.get(picture.format) else picture.format


def write(path: Path, picture: Picture) -> Path:
    """Write a picture in the format of its source, with its metadata and bits, grey as grey.

    JPEG has quality 95 and full colour resolution; WebP has quality 95 unless its source was
    lossless; TIFF is deflated, or uncompressed if its EXIF tells of the exposure or the place. The
    name appears only when the file is whole.

    Args:
        path: where, with the source's name.
        picture: of any size.

    Returns:
        The file, see `written_as`.

    Raises:
        InputError: the disk is full, the folder cannot be written, or the like.
    """
    target = written_as(path, picture)
    try:
        _write(target, picture)
    except OSError as error:
        raise _not_written(target, error) from error
    except MemoryError:
        raise
    except Exception:  # odd EXIF makes Pillow raise nearly anything
        try:
            _write(target, replace(picture, exif=_sound_exif(picture, path)))
        except Exception as error:
            raise _not_written(target, error) from error
    return target


def _not_written(target: Path, error: Exception) -> InputError:
    reason = " ".join(str(error).split()) or type(error).__name__
    return InputError(
        f"{shown(target)}: cannot be written ({reason}); check disk space, permissions and the "
        "file name"
    )


def _sound_exif(picture: Picture, path: Path) -> bytes | None:
    """The EXIF block without the tags that cannot be written into the picture's format."""
    small = replace(picture, rgb=picture.rgb[:1, :1], alpha=None)
    whole, sound = Image.Exif(), Image.Exif()
    whole.load(picture.exif or b"")
    for place in (None, *NESTED_EXIF):
        for tag, value in (whole.get_ifd(place) if place else whole).items():
            if tag in NESTED_EXIF:
                continue
            single = Image.Exif()
            try:
                _directory(single, place)[tag] = value
                _encode(BytesIO(), replace(small, exif=single.tobytes()))
            except Exception:  # as above
                name = ExifTags.TAGS.get(tag, tag)
                log.info("%s: %s in its EXIF is damaged and left out", shown(path), name)
            else:
                _directory(sound, place)[tag] = value
    return sound.tobytes() if len(sound) else None


def _directory(exif: Image.Exif, place: int | None) -> MutableMapping:
    """The tags of EXIF itself, or those of a block in it, which is made."""
    if place is None:
        return exif
    if place not in exif:
        exif[place] = {}
    return exif.get_ifd(place)


def _write(target: Path, picture: Picture) -> None:
    with appearing(target) as unfinished, unfinished.open("w+b") as file:
        _encode(file, picture)


def _encode(file: BinaryIO, picture: Picture) -> None:
    """Write a file: grey or channels (last axis), of 8 or 16 bits."""
    colour = picture.rgb[..., 0] if picture.grey else picture.rgb
    layers = colour if picture.alpha is None else np.dstack([colour, picture.alpha])
    options = _save_options(picture)
    if layers.dtype == np.uint8 or layers.ndim == 2:
        Image.fromarray(layers).save(file, **options)
    elif options["format"] == "TIFF":
        deep_files.write_tiff(file, layers, options)
    else:
        deep_files.write_png(file, layers, options)


def _save_options(picture: Picture) -> dict:
    """Pillow's options; each format takes metadata in its own way."""
    file_format = _format(picture)
    options = {"format": file_format, "icc_profile": picture.icc}
    exif = _exif_of_size(picture)
    if file_format == "TIFF":
        if picture.xmp:
            exif[XMP_TAG] = picture.xmp
        # Pillow compresses with libtiff, which loses what EXIF keeps in blocks of its own.
        nested = ExifTags.IFD.Exif in exif or ExifTags.IFD.GPSInfo in exif
        compression = "raw" if nested else "tiff_adobe_deflate"
        return options | {"tiffinfo": exif, "compression": compression}
    if len(exif):
        options["exif"] = exif
    if file_format == "PNG":
        chunks = PngInfo()
        if picture.xmp:
            chunks.add_itxt("XML:com.adobe.xmp", picture.xmp.decode(errors="replace"))
        return options | {"pnginfo": chunks}
    if picture.xmp:
        options["xmp"] = picture.xmp
    if file_format == "JPEG":
        return options | {"quality": 95, "subsampling": 0}
    if file_format == "WEBP":
        # Exact keeps the colours under what is transparent.
        return options | {"quality": 95, "lossless": picture.lossless_webp, "exact": True}
    return options


def _exif_of_size(picture: Picture) -> Image.Exif:
    """EXIF with the picture's present size, where it tells one."""
    exif = Image.Exif()
    if picture.exif:
        exif.load(picture.exif)
        height_px, width_px = picture.rgb.shape[:2]
        photo = exif.get_ifd(ExifTags.IFD.Exif)
        sizes_px = {
            ExifTags.Base.ExifImageWidth: width_px,
            ExifTags.Base.ExifImageHeight: height_px,
        }
        photo |= {tag: size_px for tag, size_px in sizes_px.items() if tag in photo}
    return exif
