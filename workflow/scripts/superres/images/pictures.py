"""The user's own pictures: read with all that belongs to them, written back the same way."""

import struct
import warnings
from dataclasses import dataclass
from io import SEEK_CUR, BytesIO
from pathlib import Path

import numpy as np
from PIL import ExifTags, Image, ImageCms, ImageOps
from PIL.PngImagePlugin import PngInfo

from superres.core.atomic import appearing
from superres.core.console import log
from superres.core.errors import InputError

MOST_PX = 100_000_000
FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF")
LONGEST_SIDE_PX = {"JPEG": 65500, "WEBP": 16383}
MOST_TIFF_BYTES = 4 * 10**9
# What Pillow raises on damage; no MemoryError, which would leave the picture unturned.
EXIF_ERRORS = (OSError, SyntaxError, ValueError, TypeError, LookupError, struct.error)

# What EXIF says of the picture and not of how the file lays it out, which a TIFF file mixes.
KEPT_EXIF = {
    ExifTags.Base.ImageDescription,
    ExifTags.Base.Make,
    ExifTags.Base.Model,
    ExifTags.Base.Orientation,
    ExifTags.Base.XResolution,
    ExifTags.Base.YResolution,
    ExifTags.Base.ResolutionUnit,
    ExifTags.Base.Software,
    ExifTags.Base.DateTime,
    ExifTags.Base.Artist,
    ExifTags.Base.HostComputer,
    ExifTags.Base.Copyright,
    ExifTags.Base.Rating,
    ExifTags.Base.RatingPercent,
    ExifTags.Base.XPTitle,
    ExifTags.Base.XPComment,
    ExifTags.Base.XPAuthor,
    ExifTags.Base.XPKeywords,
    ExifTags.Base.XPSubject,
    ExifTags.IFD.Exif,
    ExifTags.IFD.GPSInfo,
}
XMP_TAG = 700


@dataclass(frozen=True)
class Picture:
    """An upright picture and what is needed to write it back as it came.

    Attributes:
        rgb: uint8 array (height, width, 3); uint16, over the full range, for grey of 16 bits
            without transparency.
        alpha: uint8 array (height, width), 255 is opaque; None without transparency. What lies
            under it in `rgb` is as stored.
        grey: the source has no colour; the three channels are equal.
        format: Pillow's name of the file format, one of JPEG, PNG, WEBP, TIFF, BMP and GIF.
        lossless_webp: the source is a WebP file stored without loss.
        icc: colour profile of the values.
        exif: EXIF block; without orientation, or of orientation 1.
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


def shown(path: Path) -> str:
    """Make a path fit for one line of a log, whatever bytes its name holds."""
    return repr(str(path))


def read(path: Path) -> Picture:
    """Read a picture; its content decides on the format, not its name.

    EXIF orientation is applied; palettes become RGB; CMYK becomes sRGB, by its profile if it has
    one. Colour of 16 bits a channel keeps its upper 8, which is logged: Pillow reads no more.

    Args:
        path: a JPEG, PNG, WebP, TIFF, BMP or GIF file with one picture of at most `MOST_PX` pixels.

    Raises:
        InputError: no such file, none of these formats, damaged, too large, animated, of several
            pages or of samples of 32 bits.
    """
    try:
        if not path.is_file():
            raise InputError("no such file")
        if path.stat().st_size == 0:
            raise InputError("the file is empty")
        # From a path, Pillow maps plain TIFF files into memory and garbles those to be turned.
        with path.open("rb") as file, warnings.catch_warnings():
            # Pillow warns of sizes that are welcome here, and of oddities it can read.
            warnings.simplefilter("ignore")
            with Image.open(file, formats=FORMATS) as image:
                return _picture(image, path)
    except InputError as error:
        reason = str(error)
    except Image.UnidentifiedImageError:
        reason = "not a JPEG, PNG, WebP, TIFF, BMP or GIF file, or damaged at its beginning"
    except Image.DecompressionBombError:
        reason = f"more than {MOST_PX // 10**6} megapixels"
    except MemoryError:
        reason = "too large for the memory of this machine"
    except Exception as error:  # damaged files make decoders raise nearly anything
        reason = " ".join(str(error).split()) or type(error).__name__
    raise InputError(f"{shown(path)}: cannot be read ({reason}); repair or remove the file")


def _picture(image: Image.Image, path: Path) -> Picture:
    if image.width * image.height > MOST_PX:
        raise InputError(f"{image.width} x {image.height}: more than {MOST_PX // 10**6} megapixels")
    # The further images of an MPO file are previews and depth maps of the same photo.
    if image.format != "MPO" and getattr(image, "n_frames", 1) > 1:
        raise InputError(f"{image.n_frames} frames or pages, only single pictures can be upscaled")
    if image.mode in ("I", "F"):
        raise InputError("samples of 32 bits, save it with 8 or 16")
    grey = image.mode in ("1", "L", "LA") or image.mode.startswith("I;16")
    if ";16" in str(image.tile) and not image.mode.startswith("I;16"):
        log.info("%s: only the upper 8 of its 16 bits are used", shown(path))
    file_format = "JPEG" if image.format == "MPO" else image.format
    image.load()
    exif = _turn_upright(image, path)
    icc = image.info.get("icc_profile") or None
    if image.mode == "CMYK":
        image, icc = _cmyk_to_srgb(image, icc, path), None
    rgb, alpha = _pixels(image)
    return Picture(
        rgb=rgb,
        alpha=alpha,
        grey=grey,
        format=file_format,
        lossless_webp=file_format == "WEBP" and _is_lossless_webp(path),
        icc=icc,
        exif=exif,
        xmp=image.info.get("xmp") or None,
    )


def _turn_upright(image: Image.Image, path: Path) -> bytes | None:
    """Turn a loaded picture as its EXIF says; give the rest of EXIF, nothing of a damaged one."""
    try:
        ImageOps.exif_transpose(image, in_place=True)
        exif = image.getexif()
        for tag in set(exif) - KEPT_EXIF:
            del exif[tag]
        return exif.tobytes() if len(exif) else None
    except EXIF_ERRORS:
        log.info("%s: its EXIF is damaged and left out", shown(path))
        return None


def _cmyk_to_srgb(image: Image.Image, icc: bytes | None, path: Path) -> Image.Image:
    if icc:
        try:
            srgb = ImageCms.createProfile("sRGB")
            return ImageCms.profileToProfile(image, BytesIO(icc), srgb, outputMode="RGB")
        except ImageCms.PyCMSError:
            log.info("%s: its colour profile is damaged and left out", shown(path))
    return image.convert("RGB")


def _pixels(image: Image.Image) -> tuple[np.ndarray, np.ndarray | None]:
    """Split an upright picture into `Picture.rgb` and `Picture.alpha`."""
    if image.mode.startswith("I;16"):
        levels = np.asarray(image).astype(np.uint16)
        transparent = image.info.get("transparency")
        if transparent is None:
            return np.dstack([levels] * 3), None
        # Pillow writes no 16-bit grey with transparency.
        upper = (levels >> 8).astype(np.uint8)
        return np.dstack([upper] * 3), np.where(levels == transparent, 0, 255).astype(np.uint8)
    if image.has_transparency_data:
        pixels = np.asarray(image.convert("RGBA"))
        return pixels[..., :3].copy(), pixels[..., 3].copy()
    return np.asarray(image.convert("RGB")), None


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

    GIF becomes PNG, as does what is too large for the format of its source and BMP with anything
    but colour.
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
        "GIF": True,
        "BMP": more_than_colour,
        "TIFF": stored_bytes > MOST_TIFF_BYTES,
    }
    too_long = max(picture.rgb.shape) > LONGEST_SIDE_PX.get(picture.format, np.inf)
    return "PNG" if too_long or needs_png.get(picture.format) else picture.format


def write(path: Path, picture: Picture) -> Path:
    """Write a picture in the format of its source, with its metadata, grey as grey.

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
    colour = picture.rgb[..., 0] if picture.grey else picture.rgb
    layers = colour if picture.alpha is None else np.dstack([colour, picture.alpha])
    try:
        with appearing(target) as unfinished:
            Image.fromarray(layers).save(unfinished, **_save_options(picture))
    except (OSError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise InputError(
            f"{shown(target)}: cannot be written ({reason}); see to space, rights and name"
        ) from error
    return target


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
