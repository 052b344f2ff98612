"""EXIF blocks: what of them belongs to an upscaled picture, and can be written."""

import math
from collections.abc import Callable, Iterable, MutableMapping
from pathlib import Path

from PIL import ExifTags, Image, TiffTags

from superres.core.console import log, shown

# What EXIF says of the picture and not of how the file lays it out, which a TIFF file mixes.
KEPT = {
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
# TIFF 6.0 has those of the layout below; XMP, IPTC, Photoshop's, profile and padding are elsewhere.
HIGHEST_LAYOUT_TAG = 700
ELSEWHERE = {33723, 34377, 34675, 37724, 50341, 59932, 59933, ExifTags.IFD.Interop}
NESTED = (ExifTags.IFD.Exif, ExifTags.IFD.GPSInfo)
SIZES = (ExifTags.Base.ExifImageWidth, ExifTags.Base.ExifImageHeight)
# Area and place of the subject in the picture; pixels of the sensor for an inch.
IN_PIXELS = {
    *(0x9214, 0xA214),
    *(ExifTags.Base.FocalPlaneXResolution, ExifTags.Base.FocalPlaneYResolution),
}
MAKER_NOTE = 0x927C
# Serial numbers, owner and unique number of the picture; makers keep further ones in their notes.
PRIVATE = {0xA430, 0xA431, 0xA435, 0xA420, MAKER_NOTE, ExifTags.Base.HostComputer}


def lost(tags: Iterable[int]) -> list[str]:
    """Names of the tags of a TIFF file that are not kept, without those of its layout."""
    others = sorted(tag for tag in set(tags) - KEPT - ELSEWHERE if tag > HIGHEST_LAYOUT_TAG)
    return [f"tag {TiffTags.lookup(tag).name}" for tag in others]


def kept(exif: Image.Exif) -> bytes | None:
    """The block of a picture that was turned upright, without what belongs to its file.

    Raises:
        Exception: nearly any; the block is damaged.
    """
    for tag in set(exif) - KEPT:
        del exif[tag]
    if exif.bigtiff:
        # No other format holds a block with 64-bit offsets; what is nested is read before.
        for name in NESTED:
            exif.get_ifd(name)
        exif.bigtiff = False
    return exif.tobytes() if len(exif) else None


def of_size(
    block: bytes | None, size_px: tuple[int, int], source_px: tuple[int, int]
) -> Image.Exif:
    """A block with the picture's present size, and what is measured in its pixels.

    Args:
        block: of the source.
        size_px: width and height of the picture.
        source_px: those of the source.
    """
    exif = Image.Exif()
    if not block:
        return exif
    exif.load(block)
    photo = exif.get_ifd(ExifTags.IFD.Exif)
    for tag, present_px in zip(SIZES, size_px, strict=True):
        if tag in photo:
            photo[tag] = present_px
    factor = size_px[0] / source_px[0]
    for tag in IN_PIXELS & set(photo):
        value = photo[tag]
        if isinstance(value, tuple):
            photo[tag] = tuple(round(part * factor) for part in value)
        elif math.isfinite(value):
            photo[tag] = float(value) * factor
    return exif


def without_private(block: bytes | None) -> bytes | None:
    """A block without place, serial numbers, owner and the camera maker's own notes."""
    exif = Image.Exif()
    if block:
        exif.load(block)
        exif.pop(ExifTags.IFD.GPSInfo, None)
        for directory in (exif, exif.get_ifd(ExifTags.IFD.Exif)):
            for tag in PRIVATE & set(directory):
                del directory[tag]
    return exif.tobytes() if len(exif) else None


def sound(block: bytes | None, write: Callable[[bytes], None], path: Path) -> bytes | None:
    """A block without the tags that cannot be written, each of which is named.

    Args:
        block: of a picture.
        write: writes a small picture with a block; raises anything where it cannot.
        path: of the picture, for the log.
    """
    whole, good = Image.Exif(), Image.Exif()
    whole.load(block or b"")
    for place in (None, *NESTED):
        for tag, value in (whole.get_ifd(place) if place else whole).items():
            if tag in NESTED:
                continue
            single = Image.Exif()
            try:
                _directory(single, place)[tag] = value
                write(single.tobytes())
            except Exception:  # odd values make Pillow raise nearly anything
                name = ExifTags.TAGS.get(tag, tag)
                log.info("%s: %s in its EXIF is damaged and left out", shown(path), name)
            else:
                _directory(good, place)[tag] = value
    return good.tobytes() if len(good) else None


def _directory(exif: Image.Exif, place: int | None) -> MutableMapping:
    """The tags of EXIF itself, or those of a block in it, which is made."""
    if place is None:
        return exif
    if place not in exif:
        exif[place] = {}
    return exif.get_ifd(place)
