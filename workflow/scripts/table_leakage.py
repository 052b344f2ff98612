"""Count the held-out photos that were also learned from."""

import argparse
from pathlib import Path

from superres.core import csv_tables
from superres.core.console import run
from superres.paper import findings
from superres.report import score_tables


def main(arguments: argparse.Namespace) -> None:
    splits = {}
    for label, file in zip(arguments.labels, arguments.splits, strict=True):
        dataset, scale = label.rsplit(":", 1)
        splits.setdefault(dataset, {})[int(scale)] = csv_tables.read([file], "split")
    score_tables.publish(
        findings.leakage(splits),
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
