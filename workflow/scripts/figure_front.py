"""Draw gain against cost."""

import argparse
from pathlib import Path

import pandas as pd

from superres.core.console import run
from superres.report import plots


def main(arguments: argparse.Namespace) -> None:
    table = pd.read_csv(arguments.front)
    plots.save(plots.front(table), arguments.output, arguments.dpi)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--front", type=Path, required=True, help="CSV of gains and costs")
    parser.add_argument("--dpi", type=int, default=150, help="of PNG files")
    parser.add_argument("--output", type=Path, nargs="+", required=True, help=".png, .svg")
    run(main, parser)
