"""Count the held-out photos that were also learned from."""

import argparse
from pathlib import Path

from superres import comparison, records, tables
from superres.console import run


def main(arguments: argparse.Namespace) -> None:
    splits = {}
    for label, file in zip(arguments.labels, arguments.splits, strict=True):
        dataset, scale = label.rsplit(":", 1)
        splits.setdefault(dataset, {})[int(scale)] = records.read([file], "split")
    tables.publish(
        comparison.leakage(splits),
        "Held-out photos that are in training",
        "From the split files: a photo counts where its HR image is in training at any scale; "
        "alike counts near-duplicates too (perceptual hash).",
        arguments.output,
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--splits", type=Path, nargs="+", required=True, help="split tables")
    parser.add_argument("--labels", nargs="+", required=True, help="<dataset>:<scale>, one a table")
    parser.add_argument("--output", type=Path, nargs="+", required=True, help="by ending")
    run(main, parser)
