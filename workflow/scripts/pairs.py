"""LR/HR pairs of one split and shard."""

import dataclasses
from pathlib import Path
from typing import Literal

from superres.core.console import label, run


def pairs(
    photo_tables: list[Path],
    row_tables: list[Path],
    split_table: Path,
    split: Literal["train", "validation", "test"],
    scale: int,
    resume: Path,
    output: Path,
    degradation: str = "bicubic",
    realistic: str | None = None,
    mod_crop: bool = False,
    resize_px: tuple[int, int] | None = None,
    resize_filter: str = "nearest",
    sizes: tuple[float, ...] = (1.0,),
    shard: str = "1-of-1",
) -> None:
    """Make the LR/HR pairs of one split and shard.

    Args:
        photo_tables: tables <name>.csv beside the folders <name>/ with the photos.
        row_tables: CSV of LR files.
        split_table: CSV with photo and split.
        split: part of it.
        scale: whole factor.
        resume: folder for partial work, from which a killed step continues; removed at the end.
        output: folder for hr/ and lr/.
        degradation: how LR is made; provided takes the dataset's own.
        realistic: JSON, seed and ranges of that degradation, as in the configuration.
        mod_crop: crop HR to a multiple of the scale.
        resize_px: width and height that all HR get first.
        resize_filter: Pillow's filter for that.
        sizes: shares of its size to use a photo at.
        shard: part of the photos, as 1-of-2.
    """
    from superres.core import csv_tables
    from superres.data import make_pairs, pair_files
    from superres.resuming.fingerprints import fingerprint
    from superres.resuming.per_photo import Draft

    label(f"x{scale}", split, shard)
    recipe = make_pairs.Recipe(scale, degradation, realistic, mod_crop, resize_px, resize_filter)
    table = csv_tables.read([split_table], "split")
    copies = make_pairs.copies(
        photo_tables,
        row_tables,
        set(table.loc[table["split"] == split, "photo"]),
        shard,
        sizes,
        scale if degradation == make_pairs.PROVIDED else None,
    )

    def make(copy: make_pairs.Copy, folder: Path) -> dict | None:
        images, strengths = make_pairs.make(copy, recipe)
        pair_files.write(folder, copy.photo, *images)
        return strengths

    draft = Draft(resume, fingerprint("pairs", dataclasses.asdict(recipe)))
    strengths = draft.each(copies, make)
    if degradation == make_pairs.REALISTIC:
        drawn = csv_tables.frame(strengths, "degradation")
        csv_tables.write(drawn, draft.files / "degradation.csv", "degradation")
    draft.deliver(output)


if __name__ == "__main__":
    run(pairs)
