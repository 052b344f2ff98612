"""Copy the photos of one shard, byte for byte, and list them with size, checksum and look."""

import argparse
import shutil
from pathlib import Path

import imagehash
from PIL import Image

from superres.core import csv_tables
from superres.core.checksums import sha256
from superres.core.console import log, run, tracked
from superres.core.errors import InputError
from superres.core.shards import members
from superres.data import archives, photo_sources
from superres.data.photo_sources import LowResolution, Problem, Source
from superres.images.rgb_files import read_rgb


def main(arguments: argparse.Namespace) -> None:
    found, problems = find(arguments)
    known = archives.recorded(arguments.record) if arguments.record else {}
    folder = arguments.output
    folder.mkdir(parents=True, exist_ok=True)
    photos, rows = [], []
    for source in tracked(members(found, arguments.shard), "photos"):
        if arguments.record:
            verify(source, arguments, known)
        try:
            image = read_rgb(source.file)
        except InputError as error:
            spoilt = [row.row for row in source.rows] or [None]
            problems += [Problem(row, source.file, reason(error)) for row in spoilt]
            continue
        usable = source.rows
        if arguments.low_resolution:
            reasons = {row: unusable(row, image.shape[:2]) for row in source.rows}
            usable = [row for row, reason in reasons.items() if not reason]
            problems += [Problem(row.row, row.file, why) for row, why in reasons.items() if why]
            (folder / "lr").mkdir(exist_ok=True)
            for row in usable:
                shutil.copyfile(row.file, folder / "lr" / row.file.name)
        rows += [row_record(source, row, folder / "lr") for row in usable]
        photos.append(photo_record(source, folder, image))
    if problems and not arguments.quarantine:
        raise InputError(
            f"{problems[0].file}: {problems[0].reason}{others(len(problems) - 1)}; or set "
            "datasets.<name>.bad_input to quarantine, to go on without it"
        )
    for problem in problems:
        log.warning("left out: %s: %s", problem.file, problem.reason)
    left_out = [problem_record(problem) for problem in problems]
    csv_tables.write(csv_tables.frame(rows, "rows"), arguments.rows, "rows")
    csv_tables.write(csv_tables.frame(left_out, "quarantine"), arguments.left_out, "quarantine")
    csv_tables.write(csv_tables.frame(photos, "photos"), arguments.table, "photos")


def find(arguments: argparse.Namespace) -> tuple[list[Source], list[Problem]]:
    """All photos, whatever the shard; problems with the list itself go to the first shard."""
    if arguments.dataset is not None:
        found, problems = photo_sources.table(arguments.dataset)
        return found, problems if arguments.shard.startswith("1-of-") else []
    if arguments.folder is None:
        return photo_sources.bundled(), []
    found, passed_over = photo_sources.folder(arguments.folder)
    for file in passed_over:
        log.warning("%s: passed over, its ending is no image format's", file)
    return found, []


def verify(source: Source, arguments: argparse.Namespace, known: dict) -> None:
    """Stop where a file is not what was downloaded; a file that never came is left to others."""
    unpacked = arguments.record.with_suffix("")
    files = [source.file]
    if arguments.low_resolution:
        files += [row.file for row in source.rows]
    for file in files:
        name = file.relative_to(unpacked).as_posix()
        if name in known or file.exists():
            archives.check(unpacked, name, known)


def unusable(row: LowResolution, hr_px: tuple[int, int]) -> str:
    """Why an LR file does not belong to an HR image of (height, width); empty if it does."""
    try:
        lr_px = read_rgb(row.file).shape[:2]
    except InputError as error:
        return reason(error)
    if lr_px in (hr_px, tuple(side_px // row.scale for side_px in hr_px)):
        return ""
    return (
        f"LR is {lr_px[1]}x{lr_px[0]} px and HR {hr_px[1]}x{hr_px[0]} px: neither the same size "
        f"nor smaller by x{row.scale}"
    )


def reason(error: InputError) -> str:
    """What is wrong with a file, without its path."""
    return str(error).partition(": ")[2]


def others(count: int) -> str:
    """How many problems an error message leaves out."""
    return f" (and {count} more like it)" if count else ""


def photo_record(source: Source, folder: Path, image) -> dict:
    """Copy a photo, and its row of the table."""
    target = folder / source.file.name
    shutil.copyfile(source.file, target)
    return {
        "photo": source.photo,
        "file": target.name,
        "width_px": image.shape[1],
        "height_px": image.shape[0],
        "sha256": sha256(target),
        "phash": str(imagehash.phash(Image.fromarray(image))),
    }


def row_record(source: Source, row: LowResolution, copies: Path) -> dict:
    """The record of one usable row."""
    copy = copies / row.file.name
    return {
        "row": row.row,
        "photo": source.photo,
        "scale": row.scale,
        "file": copy.name,
        "sha256": sha256(copy) if copy.is_file() else "",
    }


def problem_record(problem: Problem) -> dict:
    """The record of something left out."""
    row = "" if problem.row is None else str(problem.row)
    return {"row": row, "file": problem.file.name, "reason": problem.reason}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--bundled", action="store_true", help="photos inside installed packages")
    source.add_argument("--folder", type=Path, help="folder of photos")
    source.add_argument("--dataset", type=Path, help="folder with image_data.csv, as from Kaggle")
    parser.add_argument(
        "--record",
        type=Path,
        help="CSV: checksums of all files in the folder beside it, of the same name",
    )
    parser.add_argument(
        "--low-resolution", action="store_true", help="take the dataset's own LR files, too"
    )
    parser.add_argument(
        "--quarantine", action="store_true", help="go on without input that cannot be used"
    )
    parser.add_argument("--shard", default="1-of-1", help="which part of the photos, as 1-of-2")
    parser.add_argument("--output", type=Path, required=True, help="folder for the copies")
    parser.add_argument("--table", type=Path, required=True, help="CSV to write: photos")
    parser.add_argument("--rows", type=Path, required=True, help="CSV to write: usable rows")
    parser.add_argument("--left-out", type=Path, required=True, help="CSV to write: the others")
    run(main, parser)
