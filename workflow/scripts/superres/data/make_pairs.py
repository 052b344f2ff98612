"""LR/HR pairs made from photos, or taken from the dataset."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from superres.core import csv_tables
from superres.core.checksums import sha256
from superres.core.errors import InputError
from superres.core.shards import members
from superres.images.degradations import degrade, draw, mod_crop, recover
from superres.images.jpeg import baseline, is_plain
from superres.images.rgb_files import is_grey, read_rgb

PROVIDED = "provided"
REALISTIC = "realistic"


@dataclass(frozen=True)
class Recipe:
    """Everything besides the photos that determines their pairs.

    Attributes:
        scale: whole factor.
        degradation: a name of `DEGRADATIONS`, or provided.
        realistic: JSON, seed and ranges of that degradation.
        mod_crop: crop HR to a multiple of the scale.
        resize_px: width and height that all HR get first.
        resize_filter: Pillow's filter for that.
    """

    scale: int
    degradation: str
    realistic: str | None
    mod_crop: bool
    resize_px: tuple[int, int] | None
    resize_filter: str


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


def copies(
    photo_tables: Sequence[Path],
    row_tables: Sequence[Path],
    names: set[str],
    shard: str,
    sizes: Sequence[float],
    provided_scale: int | None,
) -> list[Copy]:
    """Photos of one shard, at every size.

    Args:
        photo_tables: tables `<name>.csv` beside the folders `<name>/` with the photos.
        row_tables: tables of the dataset's own LR files.
        names: photos of the split.
        shard: part of them, as 1-of-2.
        sizes: shares of its size to use a photo at.
        provided_scale: scale of the dataset's own LR files, where they are used.
    """
    photos = csv_tables.read(photo_tables, "photos").sort_values("photo")
    folders = {table.with_suffix("") for table in photo_tables}
    files = {file.name: file for folder in folders for file in folder.rglob("*")}
    low_resolution = _low_resolution(row_tables, provided_scale)
    chosen = [row for row in photos.itertuples() if row.photo in names]
    return [
        _copy(row, low_resolution.get(row.photo), files, size)
        for row in members(chosen, shard)
        for size in sizes
    ]


def make(copy: Copy, recipe: Recipe) -> tuple[tuple, dict | None]:
    """LR, HR and the HR-sized LR of one photo, and the strengths of a realistic degradation.

    HR of a file with grey levels alone has no channels, for scores that papers take of it.

    Raises:
        InputError: a file is damaged or has changed, or the photo is too small.
    """
    strengths = None
    try:
        copy.verify()
        if recipe.degradation == PROVIDED:
            if copy.lr is None:
                raise InputError(f"the dataset has no LR file of it at x{recipe.scale}")
            images = _provided(copy, copy.lr, recipe)
        else:
            if recipe.realistic:
                strengths = draw(json.loads(recipe.realistic), copy.photo)
            images = _made(copy, recipe, strengths)
        lr, hr, enlarged = images
        if isinstance(hr, np.ndarray) and is_grey(copy.hr):
            hr = hr[..., 0]
        return (lr, hr, enlarged), strengths
    except InputError as error:
        raise InputError(f"photo '{copy.photo}' ({copy.hr.name}): {error}") from error


def _low_resolution(row_tables: Sequence[Path], scale: int | None) -> dict:
    if scale is None:
        return {}
    rows = csv_tables.read(row_tables, "rows")
    return {row.photo: row for row in rows[rows["scale"] == scale].itertuples()}


def _copy(photo: pd.Series, lr: pd.Series | None, files: dict[str, Path], size: float) -> Copy:
    hr = files[photo.file]
    checksums = {hr: photo.sha256} | ({files[lr.file]: lr.sha256} if lr else {})
    name = photo.photo if size == 1 else f"{photo.photo}@{size:g}"
    return Copy(name, size, hr, files[lr.file] if lr else None, checksums)


def _made(copy: Copy, recipe: Recipe, strengths: dict | None) -> tuple:
    """LR (and its HR-sized file) from HR at a share of its size."""
    hr = _resized(read_rgb(copy.hr), recipe.resize_px, recipe.resize_filter)
    size_px = [max(round(copy.size * side_px), 1) for side_px in hr.shape[1::-1]]
    hr = _resized(hr, size_px, "lanczos")
    cropped = mod_crop(hr, recipe.scale)
    if recipe.mod_crop:
        hr = cropped
    lr, enlarged = degrade(recipe.degradation, hr, recipe.scale, strengths)
    return lr, hr, enlarged


def _provided(copy: Copy, lr_file: Path, recipe: Recipe) -> tuple:
    """The dataset's own LR, HR-sized or truly small, beside its HR."""
    hr, lr = read_rgb(copy.hr), read_rgb(lr_file)
    hr_px = recipe.resize_px or hr.shape[1::-1]
    if lr.shape == hr.shape:
        small = recover(lr, recipe.scale)
    else:
        small, lr = lr, _resized(lr, hr.shape[1::-1], "nearest")
    return small, _stored(hr, copy.hr, hr_px), _stored(lr, lr_file, hr_px)


def _stored(image: np.ndarray, file: Path, size_px: tuple[int, int]) -> np.ndarray | bytes:
    """The JPEG file where it shows just that image; else its pixels, resized by NEAREST."""
    if image.shape[1::-1] == tuple(size_px) and is_plain(file):
        with Image.open(file, formats=["JPEG"]) as stored:
            if stored.size == tuple(size_px):
                return baseline(file)
    return _resized(image, size_px, "nearest")


def _resized(image: np.ndarray, size_px: Sequence[int] | None, filter_name: str) -> np.ndarray:
    """The image in another size (width, height), if one is wanted."""
    if size_px is None or image.shape[1::-1] == tuple(size_px):
        return image
    width_px, height_px = size_px
    resampling = Image.Resampling[filter_name.upper()]
    return np.asarray(Image.fromarray(image).resize((width_px, height_px), resampling))
