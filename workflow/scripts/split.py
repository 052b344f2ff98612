"""Assign every photo to train, validation or test, by scene."""

import argparse
from pathlib import Path

from superres import records, splits
from superres.console import log, run


def main(arguments: argparse.Namespace) -> None:
    photos = records.read(arguments.photos, "photos").sort_values("photo", ignore_index=True)
    table = splits.by_scene(
        photos,
        arguments.test,
        arguments.validation,
        arguments.test_share,
        arguments.validation_share,
        arguments.seed,
    )
    for split, group in table.groupby("split"):
        log.info("%s: %d photos", split, len(group))
    records.write(table, arguments.output, "split")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=Path, nargs="+", required=True, help="photo tables")
    parser.add_argument("--test", nargs="*", default=[], help="photos locked into test")
    parser.add_argument("--validation", nargs="*", default=[], help="photos locked into validation")
    parser.add_argument("--test-share", type=float, required=True, help="of the other scenes")
    parser.add_argument("--validation-share", type=float, required=True, help="of the other scenes")
    parser.add_argument("--seed", type=int, required=True, help="another seed, another split")
    parser.add_argument("--output", type=Path, required=True, help="CSV to write")
    run(main, parser)
