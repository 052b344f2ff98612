"""Download a dataset, or take the user's own copy, and record every file with its checksum."""

import argparse
import shutil
from pathlib import Path

from superres.core import csv_tables
from superres.core.console import log, run
from superres.core.errors import InputError
from superres.data import archives, kaggle_client


def main(arguments: argparse.Namespace) -> None:
    if arguments.path is None:
        archive = kaggle_client.fetch(
            arguments.dataset,
            arguments.partial,
            timeout_s=arguments.timeout_s,
            retries=arguments.retries,
            delay_s=arguments.delay_s,
        )
        log.info("downloaded %s", arguments.dataset)
    else:
        archive = arguments.path
        if not archive.exists():
            raise InputError(
                f"{archive}: no such file or folder; set downloads.<name>.path to a zip or tar "
                "file or a folder, or leave it out"
            )
    if arguments.sha256:
        archives.check_file(archive, arguments.sha256)
    if archive.is_dir():
        archives.copy(archive, arguments.output)
    else:
        try:
            archives.unpack(archive, arguments.output, arguments.max_unpacked_mb)
        except archives.DamagedError:
            # A damaged download would only be found again; the user's own file is not in there.
            shutil.rmtree(arguments.partial, ignore_errors=True)
            raise
    rows = archives.record(arguments.output)
    csv_tables.write(csv_tables.frame(rows, "files"), arguments.table, "files")
    shutil.rmtree(arguments.partial, ignore_errors=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--dataset", help="of Kaggle, as owner/name/version")
    source.add_argument("--path", type=Path, help="zip or tar file, or folder, that is there")
    parser.add_argument("--sha256", help="checksum that the file of --path must have")
    parser.add_argument("--partial", type=Path, required=True, help="folder for what is unfinished")
    parser.add_argument("--max-unpacked-mb", type=int, default=4000, help="most to unpack, in MB")
    parser.add_argument("--timeout-s", type=float, default=60, help="longest silence")
    parser.add_argument("--retries", type=int, default=5, help="further attempts")
    parser.add_argument("--delay-s", type=float, default=2, help="before the first; then doubled")
    parser.add_argument("--output", type=Path, required=True, help="folder for the files")
    parser.add_argument("--table", type=Path, required=True, help="CSV to write")
    run(main, parser)
