"""Copies of the photos of one shard, listed with size, checksum and perceptual hash."""

from pathlib import Path
from typing import Annotated

import tyro

from superres.core.console import label, log, printable, run
from superres.core.errors import InputError

SOURCE = tyro.conf.create_mutex_group(required=True)


def photos(
    output: Path,
    table: Path,
    rows: Path,
    quarantined: Path,
    bundled: Annotated[bool, SOURCE] = False,
    packages: Annotated[bool, SOURCE] = False,
    folder: Annotated[Path | None, SOURCE] = None,
    dataset: Annotated[Path | None, SOURCE] = None,
    record: Path | None = None,
    lr_folder: Path | None = None,
    lr_scale: int | None = None,
    low_resolution: bool = False,
    quarantine: bool = False,
    most_megapixels: float = 500.0,
    least_px: int = 0,
    flat: bool = False,
    shard: str = "1-of-1",
) -> None:
    """Copy the photos of one shard, byte for byte, and list them.

    Args:
        output: folder for the copies.
        table: CSV to write, photos.
        rows: CSV to write, usable rows of the dataset's own table.
        quarantined: CSV to write, what cannot be used.
        bundled: photos inside installed packages, and those that the workflow carries.
        packages: photos inside installed packages.
        folder: folder of photos.
        dataset: folder with image_data.csv, as from Kaggle.
        record: CSV with the checksums of all files in the folder beside it, of the same name.
        lr_folder: folder of LR files that have the names of the photos in the folder.
        lr_scale: their whole factor.
        low_resolution: copy the dataset's own LR files, too.
        quarantine: continue without input that cannot be used.
        most_megapixels: larger photos cannot be used.
        least_px: photos with a shorter side cannot be used.
        flat: leave out the folders in the folder of photos.
        shard: part of the photos, as 1-of-2.
    """
    from superres.core import csv_tables
    from superres.core.shards import members
    from superres.data import ingest, photo_sources
    from superres.images import picture_folders

    label(shard)
    problems: list[photo_sources.Problem] = []
    if dataset is not None:
        sources, problems = photo_sources.table(dataset)
    elif folder is not None:
        sources, problems, others = photo_sources.folder(folder, flat)
        if others:
            log.info("files that are no pictures, left out: %s", picture_folders.counted(others))
        if lr_folder is not None and lr_scale is not None:
            sources, without_lr = photo_sources.with_lr(sources, lr_folder, lr_scale)
            problems += without_lr
    else:
        sources = photo_sources.bundled() if bundled else photo_sources.from_packages()
    ingested = ingest.copy(
        members(sources, shard), output, low_resolution, record, most_megapixels, least_px
    )
    # Problems of the list itself belong to the first shard.
    problems = (problems if shard.startswith("1-of-") else []) + ingested.problems
    if problems and not quarantine:
        more = f" (and {len(problems) - 1} more like it)" if problems[1:] else ""
        raise InputError(
            f"{printable(str(problems[0].file))}: {problems[0].reason}{more}; or set "
            "datasets.<name>.bad_input to quarantine, to continue without it"
        )
    for problem in problems:
        log.warning("left out: %s: %s", printable(str(problem.file)), problem.reason)
    left_out = [ingest.problem_record(problem) for problem in problems]
    csv_tables.write(csv_tables.frame(ingested.rows, "rows"), rows, "rows")
    csv_tables.write(csv_tables.frame(left_out, "quarantine"), quarantined, "quarantine")
    csv_tables.write(csv_tables.frame(ingested.photos, "photos"), table, "photos")


if __name__ == "__main__":
    run(photos)
