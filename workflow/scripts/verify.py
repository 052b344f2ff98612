"""Recompute the checksums of a folder of results and say what differs from when it was made."""

import argparse
from pathlib import Path

from superres.core.console import log, run
from superres.core.errors import InputError
from superres.provenance import manifest


def main(arguments: argparse.Namespace) -> None:
    of_files = manifest.read(arguments.results)
    found = manifest.differences(arguments.results, of_files)
    if found:
        count = f"{len(found)} of {len(of_files)} files differ from {manifest.NAME}"
        raise InputError("\n".join([count, *found]))
    log.info("all %d files are as they were made", len(of_files))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=Path, required=True, help="folder with a manifest")
    run(main, parser)
