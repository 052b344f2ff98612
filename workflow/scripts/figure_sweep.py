"""Draw the cells of a sweep."""

import argparse
from pathlib import Path

import pandas as pd

from superres.core.console import run
from superres.report import plots


def main(arguments: argparse.Namespace) -> None:
    plots.save(plots.sweep(pd.read_csv(arguments.table)), arguments.output, arguments.dpi)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--table", type=Path, required=True, help="CSV of cells")
    parser.add_argument("--dpi", type=int, default=150, help="of PNG files")
    parser.add_argument("--output", type=Path, nargs="+", required=True, help=".png, .svg")
    run(main, parser)
