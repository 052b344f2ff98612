"""Show which runtimes agree with Keras, and which one predicts."""

import argparse
from pathlib import Path

from superres.core import csv_tables
from superres.core.console import run
from superres.report.score_tables import publish


def main(arguments: argparse.Namespace) -> None:
    note = (
        "One network and one random image of 0.24 megapixels, on one thread of a CPU. Greatest "
        "difference to Keras and PSNR against it: of outputs in [0, 1] before rounding (peak 1.0). "
        "Megapixels of output a second: median, least and greatest of turns. Peak: memory (10^6 "
        "bytes) for runtime, network and image beyond Python and NumPy. A runtime agrees where it "
        "differs by less than 0.0001, a fortieth of an 8-bit step; the fastest that agrees is "
        "chosen."
    )
    table = csv_tables.read([arguments.parity], "parity")
    publish(table, f"{arguments.title}: runtimes", note, arguments.output)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parity", type=Path, required=True, help="CSV of the runtimes")
    parser.add_argument("--title", required=True, help="the model in words")
    parser.add_argument("--output", type=Path, nargs="+", required=True, help=".md, .html")
    run(main, parser)
