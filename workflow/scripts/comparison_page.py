"""Write a page on which any two images of every test photo can be compared."""

import argparse
from pathlib import Path

from superres.core import csv_tables
from superres.core.console import run
from superres.data import pair_files
from superres.report import gallery


def main(arguments: argparse.Namespace) -> None:
    scales = arguments.scales
    predicted = {
        scale: pair_files.by_method(folders, arguments.methods, predictions)
        for scale, folders, predictions in zip(
            scales,
            pair_files.parts(arguments.pairs, len(scales)),
            pair_files.parts(arguments.predictions, len(scales)),
            strict=True,
        )
    }
    per_image = csv_tables.read([arguments.per_image], "metrics")
    gallery.write(arguments.output, arguments.page, arguments.title, predicted, per_image)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--page", type=Path, required=True, help="index.html to fill in")
    parser.add_argument("--title", required=True, help="name of the dataset")
    parser.add_argument("--scales", type=int, nargs="+", required=True, help="to choose from")
    parser.add_argument("--methods", nargs="+", required=True, help="methods to show, in order")
    parser.add_argument(
        "--pairs",
        type=Path,
        nargs="+",
        required=True,
        help="folders with lr/ and hr/: all of the first scale, then of the second, ...",
    )
    parser.add_argument(
        "--predictions",
        type=Path,
        nargs="+",
        required=True,
        help="folders of PNG files: a scale after the other, in it a method after the other",
    )
    parser.add_argument("--per-image", type=Path, required=True, help="CSV of all scores")
    parser.add_argument("--output", type=Path, required=True, help="folder to write into")
    run(main, parser)
