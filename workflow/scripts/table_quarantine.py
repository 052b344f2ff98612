"""List all input that was left out or resized, with the reason."""

import argparse
from pathlib import Path

import pandas as pd

from superres.core import csv_tables
from superres.core.console import run
from superres.report import score_tables


def main(arguments: argparse.Namespace) -> None:
    left_out = csv_tables.read(arguments.quarantine, "quarantine").sort_values(["file", "row"])
    photos = csv_tables.read(arguments.photos, "photos")
    resized = photos.iloc[:0]
    if arguments.size_px:
        width_px, height_px = arguments.size_px
        resized = photos[(photos["width_px"] != width_px) | (photos["height_px"] != height_px)]
    reasons = [
        f"{photo.width_px}x{photo.height_px} px, is given {width_px}x{height_px} px"
        for photo in resized.itertuples()
    ]
    changed = pd.DataFrame({"row": "", "file": resized["file"], "reason": reasons})
    score_tables.publish(
        pd.concat([left_out.assign(what="left out"), changed.assign(what="resized")]),
        "Input that was left out or resized",
        f"{len(photos)} photos were taken, {len(resized)} of them resized; {len(left_out)} rows or "
        "files were left out. `row` counts from 0 in the dataset's own table.",
        arguments.output,
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quarantine", type=Path, nargs="+", required=True, help="CSV files")
    parser.add_argument("--photos", type=Path, nargs="+", required=True, help="photo tables")
    parser.add_argument("--size-px", type=int, nargs=2, help="size that all photos were given")
    parser.add_argument("--output", type=Path, nargs="+", required=True, help="by ending")
    run(main, parser)
