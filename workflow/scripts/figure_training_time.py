"""Draw the training time beside the paper's."""

import argparse
from pathlib import Path

import pandas as pd

from superres.core.console import run
from superres.paper import paper_figures
from superres.report import plots


def main(arguments: argparse.Namespace) -> None:
    table = pd.read_csv(arguments.times)
    plots.save(paper_figures.training_time(table), arguments.output, arguments.dpi)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=Path, required=True, help="CSV of training times")
    parser.add_argument("--dpi", type=int, default=150, help="of PNG files")
    parser.add_argument("--output", type=Path, nargs="+", required=True, help=".png, .svg")
    run(main, parser)
