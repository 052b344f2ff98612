"""Compare the runtimes that a trained model was exported to with Keras, in turns."""

import argparse
from pathlib import Path

from superres import parity, records
from superres.console import run


def main(arguments: argparse.Namespace) -> None:
    measured = parity.measurements(
        arguments.models, arguments.hr_size_px, arguments.threads, arguments.turns
    )
    rows = parity.rows(measured, parity.sizes_mb(arguments.models))
    records.write(records.frame(rows, "parity"), arguments.output, "parity")


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
