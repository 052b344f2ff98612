"""The user's own pictures: read with all that belongs to them, written back the same way."""

import math
from dataclasses import dataclass, replace
from io import SEEK_CUR, BytesIO
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import Image

from superres.core.atomic import appearing
from superres.core.console import log, shown
from superres.core.errors import InputError
from superres.images import deep_tiff, exif_blocks, iptc_blocks, png_files, xmp_packets
from superres.images.decoding import JpegCoding, decode, to_8_bits
from superres.images.refusals import MOST_MEGAPIXELS

# Formats that are written; the pictures of others become PNG.
WRITTEN_FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "BMP")
LONGEST_SIDE_PX = {"JPEG": 65500, "WEBP": 16383}
MOST_TIFF_BYTES = 4 * 10**9
# Of a JPEG file's segment, with what Pillow puts before EXIF and XMP.
MOST_EXIF_BYTES, MOST_XMP_BYTES, MOST_COMMENT_BYTES = 65533, 65533 - 29, 65533
MOST_DPI = 65535
# Where the source does not say, or the coding of its JPEG file cannot be written again.
JPEG_QUALITY = 95
XMP_TAG = 700


@dataclass(frozen=True)
class Picture:
    """An upright picture and what is needed to write it back as it came.

    Attributes:
        rgb, alpha, grey, format, icc, exif: as in `Decoded`.
        lossless_webp: the source is a WebP file stored without loss.
        xmp: XMP packet.
        iptc: IPTC block.
        comment: of a JPEG, GIF or JPEG 2000 file.
        dpi: pixels for an inch, across and down.
        chunks: names and contents of further chunks of a PNG file.
        source_px: width and height of the source, upright; those of `rgb` unless given.
        dropped: what of the source is left out, in words.
        private: whether places and serial numbers are left out, of XMP too.
        jpeg: how a JPEG file is coded: as its source, or with a quality of 1 to 100.
    """

    rgb: np.ndarray
    alpha: np.ndarray | None
    grey: bool
    format: str
    lossless_webp: bool
    icc: bytes | None
    exif: bytes | None
    xmp: bytes | None
    iptc: bytes | None = None
    comment: bytes | None = None
    dpi: tuple[float, float] | None = None
    chunks: tuple[tuple[bytes, bytes], ...] = ()
    source_px: tuple[int, int] | None = None
    dropped: tuple[str, ...] = ()
    private: bool = False
    jpeg: JpegCoding | int | None = None


def read(path: Path, most_megapixels: float = MOST_MEGAPIXELS) -> Picture:
    """Read a picture with what belongs to it; see `decode` for what is read, and how.

    Args:
        path: a file of one picture.
        most_megapixels: as for `decode`.

    Raises:
        UnreadableError: as `decode` does.
    """
    decoded = decode(path, most_megapixels)
    info = decoded.info
    comment = info.get("comment")
    dpi, dropped = _dpi(info)
    return Picture(
        rgb=decoded.rgb,
        alpha=decoded.alpha,
        grey=decoded.grey,
        format=decoded.format,
        lossless_webp=decoded.format == "WEBP" and _is_lossless_webp(path),
        icc=decoded.icc,
        exif=decoded.exif,
        xmp=info.get("xmp") or None,
        iptc=decoded.iptc,
        comment=comment if isinstance(comment, bytes) and comment else None,
        dpi=dpi,
        chunks=decoded.chunks,
        source_px=decoded.rgb.shape[1::-1],
        dropped=(*decoded.dropped, *dropped),
        jpeg=decoded.jpeg,
    )


def _dpi(info: dict) -> tuple[tuple[float, float] | None, list[str]]:
    """Resolution, and what of it cannot be kept, in words."""
    if info.get("jfif_unit") == 0 and len(set(info["jfif_density"])) > 1:
        return None, ["pixels that are not square"]
    try:
        dpi = tuple(float(value) for value in info.get("dpi", ()))
    except (TypeError, ValueError, ZeroDivisionError):
        return None, ["a resolution that is no number"]
    if len(dpi) == 2 and all(0 < value <= MOST_DPI for value in dpi):
        return dpi, []
    return None, ["a resolution that is no number"] if any(map(math.isnan, dpi)) else []


def of_quality(picture: Picture, jpeg_quality: int) -> Picture:
    """A picture whose JPEG file, if it becomes one, has a quality, and all colours."""
    return replace(picture, jpeg=jpeg_quality)


def in_format(picture: Picture, file_format: str) -> Picture:
    """A picture that is written in another format than its source's.

    Args:
        picture: as `read` gives it.
        file_format: one of `WRITTEN_FORMATS`.

    Raises:
        InputError: the format cannot hold its transparency.
    """
    if file_format == picture.format:
        return picture
    if picture.alpha is not None and file_format in ("JPEG", "BMP"):
        raise InputError(
            f"{file_format} has no transparency, the picture has; write a PNG, WebP or TIFF file"
        )
    dropped = list(picture.dropped)
    if picture.rgb.dtype == np.uint16 and file_format not in ("PNG", "TIFF"):
        alpha = None if picture.alpha is None else to_8_bits(picture.alpha)
        picture = replace(picture, rgb=to_8_bits(picture.rgb), alpha=alpha)
        dropped.append("the lower 8 of 16 bits")
    if picture.chunks and file_format != "PNG":
        names = sorted({name.decode() for name, _ in picture.chunks})
        picture = replace(picture, chunks=())
        dropped.append(f"what only PNG has ({', '.join(names)})")
    if file_format == "BMP":
        lost = {"icc": "colour profile", "exif": "EXIF", "xmp": "XMP", "iptc": "IPTC"}
        dropped += [word for name, word in lost.items() if getattr(picture, name)]
        picture = replace(picture, icc=None, exif=None, xmp=None, iptc=None)
    return replace(picture, format=file_format, dropped=tuple(dropped))


def without_private(picture: Picture) -> Picture:
    """A picture without what says where, by whom and with which camera it was taken."""
    return replace(
        picture,
        exif=exif_blocks.without_private(picture.exif),
        iptc=picture.iptc and iptc_blocks.without_places(picture.iptc),
        chunks=tuple(chunk for chunk in picture.chunks if not png_files.is_private(*chunk)),
        private=True,
    )


def is_lossy(path: Path) -> bool:
    """Whether a file is JPEG, AVIF or lossy WebP, whatever its name.

    What cannot be read is not.
    """
    try:
        # A pipe would be waited for.
        if not path.is_file():
            return False
        with path.open("rb") as file:
            start = file.read(12)
        if start[8:] == b"WEBP":
            return not _is_lossless_webp(path)
    except OSError:
        return False
    return start.startswith(b"\xff\xd8") or start[4:] in (b"ftypavif", b"ftypavis")


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

    JPEG has the quantisation and colour resolution of its source where Pillow can write them, else
    quality 95 and full colour resolution; WebP has quality 95 unless its source was lossless; TIFF
    is deflated, or uncompressed if its EXIF tells of the exposure or the place. What became false
    by upscaling is corrected, what cannot be kept is named in the log. The name appears only when
    the file is whole.

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
        dropped = _plan(picture).dropped
        _write(target, picture)
    except OSError as error:
        raise _not_written(target, error) from error
    except MemoryError:
        raise
    except Exception:  # odd EXIF makes Pillow raise nearly anything
        try:
            small = replace(picture, rgb=picture.rgb[:1, :1], alpha=None)
            exif = exif_blocks.sound(
                picture.exif, lambda exif: encode(BytesIO(), replace(small, exif=exif)), path
            )
            sound = replace(picture, exif=exif)
            dropped = _plan(sound).dropped
            _write(target, sound)
        except Exception as error:
            raise _not_written(target, error) from error
    if dropped:
        log.info("%s: left out: %s", shown(target), ", ".join(dropped))
    return target


def _not_written(target: Path, error: Exception) -> InputError:
    reason = " ".join(str(error).split()) or type(error).__name__
    return InputError(
        f"{shown(target)}: cannot be written ({reason}); check disk space, permissions and the "
        "file name"
    )


def _write(target: Path, picture: Picture) -> None:
    with appearing(target) as unfinished, unfinished.open("w+b") as file:
        encode(file, picture)


def encode(file: BinaryIO, picture: Picture) -> None:
    """Write a picture, which may fail for its EXIF.

    Args:
        file: to write, from its start on; can be read and searched, too.
        picture: of any size.

    Raises:
        Exception: nearly any, see `write`.
    """
    colour = picture.rgb[..., 0] if picture.grey else picture.rgb
    layers = colour if picture.alpha is None else np.dstack([colour, picture.alpha])
    plan = _plan(picture)
    if plan.options["format"] == "PNG":
        png_files.write(file, layers, plan.options, plan.chunks)
    elif layers.dtype == np.uint16 and layers.ndim == 3:
        deep_tiff.write(file, layers, plan.options)
    else:
        Image.fromarray(layers).save(file, **plan.options)


@dataclass(frozen=True)
class _Plan:
    """Pillow's options, further chunks of PNG, and what is left out, in words."""

    options: dict
    chunks: list[tuple[bytes, bytes]]
    dropped: list[str]


def _plan(picture: Picture) -> _Plan:
    """How a picture is written; each format takes metadata in its own way."""
    file_format = _format(picture)
    height_px, width_px = picture.rgb.shape[:2]
    size_px = (width_px, height_px)
    source_px = picture.source_px or size_px
    exif = exif_blocks.of_size(picture.exif, size_px, source_px)
    xmp, dropped = picture.xmp, list(picture.dropped)
    if xmp:
        change = xmp_packets.Change(source_px, size_px, picture.private)
        xmp, removed = xmp_packets.changed(xmp, change)
        dropped += [f"{name} of XMP" for name in removed]
    plan = _Plan({"format": file_format, "icc_profile": picture.icc}, [], dropped)
    if file_format == "TIFF":
        _plan_tiff(plan, picture, exif, xmp)
    elif file_format == "PNG":
        _plan_png(plan, picture, exif, xmp)
    elif file_format == "JPEG":
        _plan_jpeg(plan, picture, exif, xmp)
    elif file_format == "WEBP":
        # Exact keeps the colours under what is transparent.
        plan.options.update(quality=95, lossless=picture.lossless_webp, exact=True)
        plan.options.update(({"exif": exif} if len(exif) else {}) | ({"xmp": xmp} if xmp else {}))
    elif picture.dpi:
        plan.options["dpi"] = picture.dpi
    return plan


def _plan_tiff(plan: _Plan, picture: Picture, exif: Image.Exif, xmp: bytes | None) -> None:
    # Its resolution is among the tags of EXIF.
    if xmp:
        exif[XMP_TAG] = xmp
    if picture.iptc:
        exif[iptc_blocks.IPTC_TAG] = picture.iptc
    # Pillow compresses with libtiff, which loses what EXIF keeps in blocks of its own.
    nested = any(name in exif for name in exif_blocks.NESTED)
    plan.options.update(tiffinfo=exif, compression="raw" if nested else "tiff_adobe_deflate")


def _plan_png(plan: _Plan, picture: Picture, exif: Image.Exif, xmp: bytes | None) -> None:
    plan.chunks.extend(
        # A picture has one or the other.
        chunk
        for chunk in picture.chunks
        if not (picture.icc and chunk[0] == b"sRGB")
    )
    if picture.comment:
        text = picture.comment.decode("utf-8", "replace").replace("\0", "")
        plan.chunks.append(png_files.text_chunk("Comment", text))
    if xmp:
        keyword = png_files.XMP_KEYWORD.decode()
        plan.chunks.append(png_files.text_chunk(keyword, xmp.decode(errors="replace")))
    if picture.iptc:
        plan.dropped.append("IPTC")
    if picture.dpi and not any(name == b"pHYs" for name, _ in picture.chunks):
        plan.options["dpi"] = picture.dpi
    if len(exif):
        plan.options["exif"] = exif


def _plan_jpeg(plan: _Plan, picture: Picture, exif: Image.Exif, xmp: bytes | None) -> None:
    match picture.jpeg:
        case JpegCoding(tables, subsampling):
            plan.options.update(qtables=tables, subsampling=subsampling)
        case quality:
            plan.options.update(quality=quality or JPEG_QUALITY, subsampling=0)
    if picture.dpi:
        plan.options["dpi"] = picture.dpi
    if len(exif) and len(exif.tobytes()) > MOST_EXIF_BYTES:
        exif.get_ifd(exif_blocks.NESTED[0]).pop(exif_blocks.MAKER_NOTE, None)
        plan.dropped.append("the maker's notes of EXIF, too long for JPEG")
    if len(exif) and len(exif.tobytes()) > MOST_EXIF_BYTES:
        plan.dropped.append("EXIF, too long for JPEG")
    elif len(exif):
        plan.options["exif"] = exif
    segment = picture.iptc and iptc_blocks.segment(picture.iptc)
    if segment:
        plan.options["extra"] = segment
    elif picture.iptc:
        plan.dropped.append("IPTC, too long for JPEG")
    for name, content, most_bytes in (
        ("xmp", xmp, MOST_XMP_BYTES),
        ("comment", picture.comment, MOST_COMMENT_BYTES),
    ):
        if content and len(content) > most_bytes:
            plan.dropped.append(f"{name}, too long for JPEG")
        elif content:
            plan.options[name] = content
