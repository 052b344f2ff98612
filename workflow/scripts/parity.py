"""Compare the runtimes that a trained model was exported to with Keras, in turns."""

import argparse
from pathlib import Path

from superres.core import csv_tables
from superres.core.console import run
from superres.networks import agreement


def main(arguments: argparse.Namespace) -> None:
    measured = agreement.measurements(
        arguments.models, arguments.hr_size_px, arguments.threads, arguments.turns
    )
    rows = agreement.rows(measured, agreement.sizes_mb(arguments.models))
    csv_tables.write(csv_tables.frame(rows, "parity"), arguments.output, "parity")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--models", type=Path, nargs="+", required=True, help="one .keras, .onnx and .tflite file"
    )
    parser.add_argument(
        "--hr-size-px", type=int, nargs=2, default=[600, 400], help="width and height to predict"
    )
    parser.add_argument("--threads", type=int, default=1, help="of every runtime")
    parser.add_argument("--turns", type=int, default=5, help="measurements a runtime")
    parser.add_argument("--output", type=Path, required=True, help="CSV to write")
    run(main, parser)
