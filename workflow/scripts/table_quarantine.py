"""List all input that was left out, and what was resized."""

import argparse
from pathlib import Path

from superres import records, tables
from superres.console import run


def main(arguments: argparse.Namespace) -> None:
    left_out = records.read(arguments.quarantine, "quarantine").sort_values(["file", "row"])
    photos = records.read(arguments.photos, "photos")
    note = (
        f"{len(left_out)} rows or files were left out; {len(photos)} photos were taken. `row` "
        "counts from 0 in the dataset's own table."
    )
    if arguments.size_px:
        width_px, height_px = arguments.size_px
        other = (photos["width_px"] != width_px) | (photos["height_px"] != height_px)
        note += f" {other.sum()} of them were not {width_px}x{height_px} px and were resized to it."
    tables.publish(left_out, "Input that was left out", note, arguments.output)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quarantine", type=Path, nargs="+", required=True, help="CSV files")
    parser.add_argument("--photos", type=Path, nargs="+", required=True, help="photo tables")
    parser.add_argument("--size-px", type=int, nargs=2, help="size that all photos were given")
    parser.add_argument("--output", type=Path, nargs="+", required=True, help=".csv, .md, .tex")
    run(main, parser)
