"""Draw the learning curves beside those of the paper's log."""

import argparse
from pathlib import Path

from superres.core import csv_tables
from superres.core.console import run
from superres.paper import paper_figures
from superres.report import plots


def main(arguments: argparse.Namespace) -> None:
    histories = {
        label: csv_tables.read([file], "history")
        for label, file in zip(arguments.labels, arguments.histories, strict=True)
    }
    plots.save(paper_figures.learning_curves(histories), arguments.output, arguments.dpi)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--histories", type=Path, nargs="+", required=True, help="CSV files")
    parser.add_argument("--labels", nargs="+", required=True, help="one a history")
    parser.add_argument("--dpi", type=int, default=150, help="of PNG files")
    parser.add_argument("--output", type=Path, nargs="+", required=True, help=".png, .svg")
    run(main, parser)
