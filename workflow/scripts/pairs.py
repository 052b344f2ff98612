"""Make the LR/HR pairs of one split and shard."""

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from superres.core import csv_tables
from superres.core.checksums import sha256
from superres.core.console import add_resume, run
from superres.core.errors import InputError
from superres.core.shards import members
from superres.data import pair_files
from superres.images.degradations import DEGRADATIONS, degrade, draw, mod_crop, recover
from superres.images.jpeg import baseline, is_plain
from superres.images.rgb_files import read_rgb
from superres.resuming.fingerprints import fingerprint
from superres.resuming.per_photo import Draft

PROVIDED = "provided"
# Besides the photos, what decides on their pairs.
SETTINGS = ("scale", "degradation", "realistic", "mod_crop", "resize_px", "resize_filter")


@dataclass(frozen=True)
class Copy:
    """A photo at a share of its size, with the LR file that the dataset has for it, if any.

    `checksums` has the SHA-256 of every file as it was copied.
    """

    photo: str
    size: float
    hr: Path
    lr: Path | None
    checksums: dict[Path, str]

    def files(self) -> list[Path]:
        """HR, and LR where there is one."""
        return list(self.checksums)

    def verify(self) -> None:
        """Stop where a file has changed, which a JPEG file does not tell by itself."""
        for file, checksum in self.checksums.items():
            if sha256(file) != checksum:
                raise InputError(
                    f"{file} has changed since it was copied; delete its folder and run again"
                )


def main(arguments: argparse.Namespace) -> None:
    def make(copy: Copy, folder: Path) -> dict | None:
        strengths = None
        try:
            copy.verify()
            if arguments.degradation == PROVIDED:
                pair = provided(arguments, copy.hr, copy.lr)
            else:
                if arguments.degradation == "realistic":
                    strengths = draw(json.loads(arguments.realistic), copy.photo)
                pair = made(arguments, copy.hr, copy.size, strengths)
        except InputError as error:
            raise InputError(f"photo '{copy.photo}' ({copy.hr.name}): {error}") from error
        pair_files.write(folder, copy.photo, *pair)
        return strengths

    settings = {key: getattr(arguments, key) for key in SETTINGS}
    draft = Draft(arguments.resume, fingerprint("pairs", settings))
    strengths = draft.each(copies(arguments), make)
    if arguments.degradation == "realistic":
        table = csv_tables.frame(strengths, "degradation")
        csv_tables.write(table, draft.files / "degradation.csv", "degradation")
    draft.deliver(arguments.output)


def copies(arguments: argparse.Namespace) -> list[Copy]:
    """All photos of the split and shard, at every size."""
    split = csv_tables.read([arguments.split_table], "split")
    wanted = set(split.loc[split["split"] == arguments.split, "photo"])
    photos = csv_tables.read(arguments.photo_tables, "photos").sort_values("photo")
    folders = {table.with_suffix("") for table in arguments.photo_tables}
    files = {file.name: file for folder in folders for file in folder.rglob("*")}
    rows = csv_tables.read(arguments.row_tables, "rows")
    rows = rows[rows["scale"] == arguments.scale] if arguments.degradation == PROVIDED else rows[:0]
    low_resolution = {row.photo: row for row in rows.itertuples()}
    chosen = [row for row in photos.itertuples() if row.photo in wanted]
    found = []
    for row in members(chosen, arguments.shard):
        hr, lr = files[row.file], low_resolution.get(row.photo)
        checksums = {hr: row.sha256} | ({files[lr.file]: lr.sha256} if lr else {})
        found += [
            Copy(
                row.photo if size == 1 else f"{row.photo}@{size:g}",
                size,
                hr,
                files[lr.file] if lr else None,
                checksums,
            )
            for size in arguments.sizes
        ]
    return found


def made(
    arguments: argparse.Namespace, hr_file: Path, size: float, strengths: dict | None
) -> tuple:
    """LR (and its HR-sized file) from HR at a share of its size."""
    hr = resized(read_rgb(hr_file), arguments.resize_px, arguments.resize_filter)
    size_px = [max(round(size * side_px), 1) for side_px in hr.shape[1::-1]]
    hr = resized(hr, size_px, "lanczos")
    cropped = mod_crop(hr, arguments.scale)
    if arguments.mod_crop:
        hr = cropped
    lr, enlarged = degrade(arguments.degradation, hr, arguments.scale, strengths)
    return lr, hr, enlarged


def provided(arguments: argparse.Namespace, hr_file: Path, lr_file: Path) -> tuple:
    """The dataset's own LR, HR-sized or truly small, beside its HR."""
    hr, lr = read_rgb(hr_file), read_rgb(lr_file)
    hr_px = arguments.resize_px or hr.shape[1::-1]
    if lr.shape == hr.shape:
        small = recover(lr, arguments.scale)
    else:
        small, lr = lr, resized(lr, hr.shape[1::-1], "nearest")
    return small, kept(hr, hr_file, hr_px), kept(lr, lr_file, hr_px)


def kept(image: np.ndarray, file: Path, size_px: tuple[int, int]) -> np.ndarray | bytes:
    """The JPEG file where it shows just that image; else its pixels, resized by NEAREST."""
    if image.shape[1::-1] == tuple(size_px) and is_plain(file):
        with Image.open(file) as stored:
            if stored.size == tuple(size_px):
                return baseline(file)
    return resized(image, size_px, "nearest")


def resized(image: np.ndarray, size_px: tuple[int, int] | None, filter_name: str) -> np.ndarray:
    """The image in another size (width, height), if one is wanted."""
    if size_px is None or image.shape[1::-1] == tuple(size_px):
        return image
    resampling = Image.Resampling[filter_name.upper()]
    return np.asarray(Image.fromarray(image).resize(tuple(size_px), resampling))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--photo-tables",
        type=Path,
        nargs="+",
        required=True,
        help="tables <name>.csv beside the folders <name>/ with the photos",
    )
    parser.add_argument("--row-tables", type=Path, nargs="+", required=True, help="CSV of LR files")
    parser.add_argument("--split-table", type=Path, required=True, help="CSV with photo, split")
    parser.add_argument("--split", required=True, help="train, validation or test")
    parser.add_argument("--scale", type=int, required=True, help="whole factor")
    parser.add_argument("--degradation", choices=[*DEGRADATIONS, PROVIDED], default="bicubic")
    parser.add_argument(
        "--realistic", help="JSON: seed and ranges of that degradation, as in the configuration"
    )
    parser.add_argument(
        "--mod-crop", action="store_true", help="crop HR to a multiple of the scale"
    )
    parser.add_argument(
        "--resize-px", type=int, nargs=2, help="width and height that all HR get first"
    )
    parser.add_argument("--resize-filter", default="nearest", help="filter of Pillow for that")
    parser.add_argument(
        "--sizes", type=float, nargs="+", default=[1.0], help="shares of its size to use a photo at"
    )
    parser.add_argument("--shard", default="1-of-1", help="which part of the photos, as 1-of-2")
    parser.add_argument("--output", type=Path, required=True, help="folder for hr/ and lr/")
    add_resume(parser)
    run(main, parser)
