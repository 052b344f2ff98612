"""Draw the gain over bicubic of every test photo."""

import argparse
from pathlib import Path

from superres.core import csv_tables
from superres.core.console import run
from superres.report import plots
from superres.scoring import photo_scores


def main(arguments: argparse.Namespace) -> None:
    table = photo_scores.gains(csv_tables.read([arguments.per_image], "metrics"))
    benchmark = csv_tables.read([arguments.benchmark], "benchmark")
    figure = plots.gains(table, benchmark, arguments.models)
    plots.save(figure, arguments.output, arguments.dpi)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--per-image", type=Path, required=True, help="CSV of all scores")
    parser.add_argument("--benchmark", type=Path, required=True, help="CSV of the means")
    parser.add_argument("--models", nargs="*", default=[], help="methods that are trained")
    parser.add_argument("--dpi", type=int, default=150, help="of PNG files")
    parser.add_argument("--output", type=Path, nargs="+", required=True, help=".png, .svg")
    run(main, parser)
