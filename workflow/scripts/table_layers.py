"""Compare the layers of a model with Table 1 of the paper, row by row."""

import argparse
from pathlib import Path

from superres.core import csv_tables
from superres.core.console import run
from superres.paper import findings
from superres.report import score_tables


def main(arguments: argparse.Namespace) -> None:
    table = findings.layers(csv_tables.read([arguments.architecture], "architecture"))
    score_tables.publish(
        table,
        "Table 1: the paper's layers and ours",
        "At 1200x800 px. A row agrees where kind, output shape and number of parameters do.",
        arguments.output,
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--architecture", type=Path, required=True, help="CSV of our layers")
    parser.add_argument("--output", type=Path, nargs="+", required=True, help="by ending")
    run(main, parser)
