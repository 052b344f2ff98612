"""The training set of free photographs, made from a table of originals."""

import hashlib
import shutil
from pathlib import Path

import numpy as np
import pandas as pd

from superres.core import csv_tables
from superres.core.console import Progress
from superres.core.errors import InputError
from superres.data import free_photographs, originals, photo_sources
from superres.images import cleaning
from superres.images.perceptual_hash import near
from superres.images.rgb_files import read_rgb, write_png
from superres.images.view_hashes import of_all_views

TABLE = free_photographs.FOLDER / "training_set.csv"
# As datasets.<name>.split.near_duplicate_bits.
NEAR_BITS = 8


def make(
    folders: list[Path], downloads: Path, output: Path, leave_out: list[str], test_sets: list[Path]
) -> None:
    """Make the photographs of the table, as PNG files in a folder that appears when it is whole.

    Args:
        folders: with files and packages that the user has.
        downloads: folder that keeps what is fetched.
        output: folder to make.
        leave_out: names of origins whose photographs are left out.
        test_sets: folders of photos that nothing may be trained on.

    Raises:
        InputError: an original that cannot be had, pixels other than those that the table lists, a
            photograph that is one of a test set, or an unknown origin.
    """
    table = csv_tables.read([TABLE], "training_set")
    unknown = set(leave_out) - set(table["origin"])
    if unknown:
        raise InputError(
            f"no origin '{min(unknown)}'; known: {', '.join(sorted(set(table['origin'])))}"
        )
    table = table[~table["origin"].isin(leave_out)].reset_index(drop=True)
    if table.empty:
        raise InputError("all origins are left out, so no photograph is left; leave out fewer")
    check_apart(table, {**test_photographs(), **photos_of(test_sets)})
    rows = {row.photo: row for row in table.itertuples()}
    unfinished = output.with_name(output.name + ".part")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    progress = Progress(len(table), "photographs")
    try:
        files = originals.originals(table, folders, downloads)
        for done, (photo, original) in enumerate(files, start=1):
            row = rows[photo]
            reduced = originals.cleaned(original, row.reduced_by)
            size_px = (row.width_px, row.height_px)
            image = cleaning.window(reduced, row.left_px, row.top_px, size_px)
            if digest(image) != row.pixels_sha256:
                raise InputError(
                    f"{photo}: its pixels are not those of the table; its file is decoded "
                    "otherwise here, by other versions of Pillow or libjpeg"
                )
            write_png(unfinished / f"{photo}.png", image)
            progress.update(done)
        shutil.rmtree(output, ignore_errors=True)
        unfinished.rename(output)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise


def digest(image: np.ndarray) -> str:
    """Checksum of an image's pixels, uint8 RGB row by row."""
    return hashlib.sha256(np.ascontiguousarray(image).tobytes()).hexdigest()


def test_photographs() -> dict[str, list[str]]:
    """Hashes of the test and validation photographs of the embedded default, by name."""
    held_out = free_photographs.carried().query("use != 'train'")
    return {
        row.photo: of_all_views(read_rgb(free_photographs.FOLDER / row.file))
        for row in held_out.itertuples()
    }


def photos_of(folders: list[Path]) -> dict[str, list[str]]:
    """Hashes of all photos of some folders, by path."""
    return {
        str(source.file): of_all_views(read_rgb(source.file))
        for folder in folders
        for source in photo_sources.folder(folder)[0]
    }


def check_apart(photographs: pd.DataFrame, held_out: dict[str, list[str]]) -> None:
    """Refuse photographs that look like a photo of a test set, mirrored and turned ones too.

    Args:
        photographs: columns photo, phash.
        held_out: hashes of all views of each photo of a test set, by name.

    Raises:
        InputError: the first of them.
    """
    hashes = list(photographs["phash"])
    for name, views in held_out.items():
        for view in views:
            if alike := near(view, hashes, NEAR_BITS):
                raise InputError(
                    f"{photographs['photo'][alike[0]]}: looks like {name}, which nothing may be "
                    "trained on; leave out its origin, or the test photo"
                )
