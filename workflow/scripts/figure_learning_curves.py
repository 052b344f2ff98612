"""Draw loss and validation PSNR of every training."""

import argparse
from pathlib import Path

from superres.core import csv_tables
from superres.core.console import run
from superres.report import plots


def main(arguments: argparse.Namespace) -> None:
    histories = {
        (label, seed): csv_tables.read([file], "history")
        for label, seed, file in zip(
            arguments.labels, arguments.seeds, arguments.histories, strict=True
        )
    }
    plots.save(plots.learning_curves(histories), arguments.output, arguments.dpi)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--histories", type=Path, nargs="+", required=True, help="CSV files")
    parser.add_argument("--labels", nargs="+", required=True, help="one a history")
    parser.add_argument("--seeds", type=int, nargs="+", required=True, help="one a history")
    parser.add_argument("--dpi", type=int, default=150, help="of PNG files")
    parser.add_argument("--output", type=Path, nargs="+", required=True, help=".png, .svg")
    run(main, parser)
