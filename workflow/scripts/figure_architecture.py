"""Draw the layers of a model."""

import argparse
from pathlib import Path

from superres.core import csv_tables
from superres.core.console import run
from superres.paper import paper_figures
from superres.report import plots


def main(arguments: argparse.Namespace) -> None:
    layers = csv_tables.read([arguments.architecture], "architecture")
    plots.save(paper_figures.architecture(layers), arguments.output, arguments.dpi)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--architecture", type=Path, required=True, help="CSV of the layers")
    parser.add_argument("--dpi", type=int, default=150, help="of PNG files")
    parser.add_argument("--output", type=Path, nargs="+", required=True, help=".png, .svg")
    run(main, parser)
