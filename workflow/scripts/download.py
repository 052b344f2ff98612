"""Datasets from Kaggle, the user's own copies of them, and the training set of free photographs."""

import shutil
from pathlib import Path
from typing import Annotated

import tyro

from superres.core.console import log, run
from superres.core.errors import InputError

SOURCE = tyro.conf.create_mutex_group(required=True)


def download(
    partial: Path,
    output: Path,
    table: Path,
    dataset: Annotated[str | None, SOURCE] = None,
    path: Annotated[Path | None, SOURCE] = None,
    sha256: str | None = None,
    max_unpacked_mb: int = 4000,
    timeout_s: float = 60,
    retries: int = 5,
    delay_s: float = 2,
) -> None:
    """Download a dataset, or take the user's own copy, and record every file with its checksum.

    Args:
        partial: folder for an unfinished download.
        output: folder for the files.
        table: CSV to write.
        dataset: name on Kaggle, as owner/name/version.
        path: zip or tar file, or folder, that the user has.
        sha256: checksum that the file of --path must have.
        max_unpacked_mb: limit for the unpacked files, in MB.
        timeout_s: longest silence.
        retries: further attempts.
        delay_s: wait before the first further attempt; doubled for each next one.
    """
    from superres.core import csv_tables
    from superres.data import archives, kaggle_client

    if path is None:
        archive = kaggle_client.fetch(
            dataset, partial, timeout_s=timeout_s, retries=retries, delay_s=delay_s
        )
        log.info("downloaded %s", dataset)
    else:
        archive = path
        if not archive.exists():
            raise InputError(
                f"{archive}: no such file or folder; set downloads.<name>.path to a zip or tar "
                "file or a folder, or leave it out"
            )
    if sha256:
        archives.check_file(archive, sha256)
    if archive.is_dir():
        archives.copy(archive, output)
    else:
        try:
            archives.unpack(archive, output, max_unpacked_mb)
        except archives.DamagedError:
            # A damaged download would only be found again; the user's own file is not in there.
            shutil.rmtree(partial, ignore_errors=True)
            raise
    csv_tables.write(csv_tables.frame(archives.record(output), "files"), table, "files")
    shutil.rmtree(partial, ignore_errors=True)


def photographs(
    downloads: Path,
    output: Path,
    table: Path,
    folders: list[Path] | None = None,
    leave_out: list[str] | None = None,
    test_sets: list[Path] | None = None,
) -> None:
    """Make the training set of free photographs, and record every file with its checksum.

    Args:
        downloads: folder that keeps the packages and files that are fetched.
        output: folder for the photographs.
        table: CSV to write.
        folders: with packages and files that the user has.
        leave_out: names of origins whose photographs are left out.
        test_sets: folders of photos that nothing may be trained on.
    """
    from superres.core import csv_tables
    from superres.data import archives, training_set

    for folder in (*(folders or []), *(test_sets or [])):
        if not folder.is_dir():
            raise InputError(f"{folder}: no such folder; correct the path, or leave it out")
    training_set.make(folders or [], downloads, output, leave_out or [], test_sets or [])
    csv_tables.write(csv_tables.frame(archives.record(output), "files"), table, "files")


if __name__ == "__main__":
    run(download, photographs)
