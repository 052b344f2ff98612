"""Draw the gain over bicubic of every test photo."""

import argparse
from pathlib import Path

from superres import plots, records, scores
from superres.console import run


def main(arguments: argparse.Namespace) -> None:
    table = scores.gains(records.read([arguments.per_image], "metrics"))
    benchmark = records.read([arguments.benchmark], "benchmark")
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
