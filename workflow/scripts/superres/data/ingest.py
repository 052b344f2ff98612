"""Photos copied byte for byte, with size, checksum and perceptual hash."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import imagehash
from PIL import Image

from superres.core.checksums import sha256
from superres.core.console import printable, tracked
from superres.data import archives
from superres.data.photo_sources import LowResolution, Problem, Source
from superres.images.refusals import MOST_MEGAPIXELS, UnreadableError
from superres.images.rgb_files import read_rgb

# Side to which imagehash reduces an image.
HASHED_PX = 32


@dataclass
class Ingested:
    """Records of what was copied, and what cannot be used."""

    photos: list[dict] = field(default_factory=list)
    rows: list[dict] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def copy(
    sources: Sequence[Source],
    folder: Path,
    low_resolution: bool,
    record: Path | None,
    most_megapixels: float = MOST_MEGAPIXELS,
    least_px: int = 0,
) -> Ingested:
    """Copy photos into a folder, the dataset's own LR files into `lr/` within it.

    Args:
        sources: photos to copy.
        folder: target; made if missing.
        low_resolution: whether LR files are copied too.
        record: CSV with the checksums of the files in the folder beside it, of the same name.
        most_megapixels: larger files cannot be used.
        least_px: photos with a shorter side cannot be used.

    Returns:
        Records for the tables `photos` and `rows`, and a problem for every file that cannot be
        used.

    Raises:
        InputError: a file is not what was downloaded.
    """
    known = archives.recorded(record) if record else {}
    folder.mkdir(parents=True, exist_ok=True)
    ingested = Ingested()
    for source in tracked(sources, "photos"):
        if record:
            _verify(source, low_resolution, record.with_suffix(""), known)
        try:
            image = read_rgb(source.file, most_megapixels)
        except UnreadableError as error:
            ingested.problems += _spoilt(source, error.reason)
            continue
        if min(image.shape[:2]) < least_px:
            size = f"{image.shape[1]}x{image.shape[0]} px"
            reason = f"{size}: smaller than the {least_px} px that scale and training patches take"
            ingested.problems += _spoilt(source, reason)
            continue
        usable = source.rows
        if low_resolution:
            reasons = {row: _unusable(row, image.shape[:2], most_megapixels) for row in source.rows}
            usable = [row for row, reason in reasons.items() if not reason]
            ingested.problems += [
                Problem(row.row, row.file, why) for row, why in reasons.items() if why
            ]
            (folder / "lr").mkdir(exist_ok=True)
            for row in usable:
                shutil.copyfile(row.file, folder / "lr" / _lr_name(source, row))
        ingested.rows += [_row_record(source, row, folder / "lr") for row in usable]
        ingested.photos.append(_photo_record(source, folder, image))
    return ingested


def problem_record(problem: Problem) -> dict:
    """The record of something left out."""
    row = "" if problem.row is None else str(problem.row)
    return {"row": row, "file": printable(problem.file.name), "reason": problem.reason}


def _verify(source: Source, low_resolution: bool, unpacked: Path, known: dict) -> None:
    """Stop where a file is not what was downloaded; a file that never came is left to others."""
    files = [source.file]
    if low_resolution:
        files += [row.file for row in source.rows]
    for file in files:
        name = file.relative_to(unpacked).as_posix()
        if name in known or file.exists():
            archives.check(unpacked, name, known)


def _spoilt(source: Source, reason: str) -> list[Problem]:
    """A photo that cannot be used, and with it all rows that list it."""
    rows: list[int | None] = [row.row for row in source.rows] or [None]
    return [Problem(row, source.file, reason) for row in rows]


def _unusable(row: LowResolution, hr_px: tuple[int, int], most_megapixels: float) -> str:
    """Why an LR file does not belong to an HR image of (height, width); empty if it does."""
    try:
        lr_px = read_rgb(row.file, most_megapixels).shape[:2]
    except UnreadableError as error:
        return error.reason
    if lr_px in (hr_px, tuple(side_px // row.scale for side_px in hr_px)):
        return ""
    return (
        f"LR is {lr_px[1]}x{lr_px[0]} px and HR {hr_px[1]}x{hr_px[0]} px: neither the same size "
        f"nor smaller by x{row.scale}"
    )


def _photo_record(source: Source, folder: Path, image) -> dict:
    """Copy a photo, and its row of the table."""
    target = folder / f"{source.photo}{source.file.suffix}"
    shutil.copyfile(source.file, target)
    return {
        "photo": source.photo,
        "file": target.name,
        "width_px": image.shape[1],
        "height_px": image.shape[0],
        "sha256": sha256(target),
        "phash": _phash(Image.fromarray(image)),
    }


def _phash(image: Image.Image) -> str:
    """Perceptual hashes of an image and of its seven mirrored and turned copies."""
    # Its first step, and the only one that takes time, is the same for all of them.
    small = image.convert("L").resize((HASHED_PX, HASHED_PX), Image.Resampling.LANCZOS)
    copies = [small, *(small.transpose(way) for way in Image.Transpose)]
    return " ".join(str(imagehash.phash(copy)) for copy in copies)


def _row_record(source: Source, row: LowResolution, copies: Path) -> dict:
    """The record of one usable row."""
    copy = copies / _lr_name(source, row)
    return {
        "row": row.row,
        "photo": source.photo,
        "scale": row.scale,
        "file": copy.name,
        "sha256": sha256(copy) if copy.is_file() else "",
    }


def _lr_name(source: Source, row: LowResolution) -> str:
    """Name of the copy of an LR file, which is not that of the photo's."""
    if row.file.name != source.file.name:
        return row.file.name
    return f"{row.file.stem}_{row.scale}{row.file.suffix}"
