"""A dataset from Kaggle, or the user's own copy of it, with the checksum of every file."""

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


if __name__ == "__main__":
    run(download)
