"""Train, validation and test split of the photos at one scale."""

from pathlib import Path
from typing import Annotated, Literal

import tyro

from superres.core.console import log, run

# One option for each, as a photo's name may begin with `-`.
Photos = Annotated[tuple[str, ...], tyro.conf.UseAppendAction]


def split(
    photos: list[Path],
    rows: list[Path],
    by: Literal["scene", "rows", "test"],
    scale: int,
    test_share: float,
    validation_share: float,
    seed: int,
    near_duplicate_bits: int,
    measured: Literal["test", "validation"],
    output: Path,
    test: Photos = (),
    validation: Photos = (),
    test_photos: int | None = None,
    validation_photos: int | None = None,
    fold: int = 1,
    folds: int = 1,
    learned_photos: tuple[Path, ...] = (),
    learned_split: tuple[Path, ...] = (),
) -> None:
    """Assign every photo to train, validation or test at one scale.

    Args:
        photos: photo tables.
        rows: row tables.
        by: what is assigned.
        scale: whole factor.
        test_share: share of the scenes that are not locked.
        validation_share: share of the scenes that are not locked.
        seed: another seed gives another split.
        near_duplicate_bits: photos whose 64-bit perceptual hashes differ in at most so many bits
            are one scene.
        measured: the split on which methods are compared.
        output: CSV to write.
        test: photos locked into test.
        validation: photos locked into validation.
        test_photos: how many photos are test photos, instead of a share.
        validation_photos: how many are validation photos, likewise.
        fold: which of the folds is made, from 1.
        folds: in each of which other photos are test photos; 1 leaves them to share or number.
        learned_photos: photo tables of the dataset whose models are measured.
        learned_split: split of that dataset at this scale.
    """
    from superres.core import csv_tables
    from superres.data import splits
    from superres.scoring.fewest_photos import outlook

    scenes = splits.with_scenes(csv_tables.read(photos, "photos"), near_duplicate_bits)
    if by == "rows":
        table = splits.by_rows(csv_tables.read(rows, "rows"), validation_share)
        table = table[table["scale"] == scale].merge(scenes[["photo", "scene"]])
    elif by == "test":
        learned = csv_tables.frame([], "photos")
        if learned_split:
            learned = splits.learned_from(
                csv_tables.read(learned_photos, "photos"), csv_tables.read(learned_split, "split")
            )
        table = splits.all_test(scenes, learned, near_duplicate_bits, test)
    else:
        counts = {"test": test_photos, "validation": validation_photos}
        counts = {side: count for side, count in counts.items() if count is not None}
        shares = {"test": test_share, "validation": validation_share}
        locked = {"test": list(test), "validation": list(validation)}
        if folds > 1:
            locked["test"] = splits.fold(scenes, fold, folds, seed)
            shares["test"] = 0.0
        table = splits.by_scene(scenes, locked, counts, shares, seed)
    for name, group in table.groupby("split"):
        log.info("%s: %d photos of %d scenes", name, len(group), group["scene"].nunique())
    photos_measured = int((table["split"] == measured).sum())
    log.info("%s", outlook(photos_measured, measured))
    csv_tables.write(table, output, "split")


if __name__ == "__main__":
    run(split)
