"""Write a trained model as ONNX and as LiteRT."""

import argparse
from pathlib import Path

from superres import determinism, export
from superres.console import run
from superres.prediction import load


def main(arguments: argparse.Namespace) -> None:
    determinism.fix(seed=0, threads=1)
    model = load(arguments.model)
    export.write(export.to_onnx(model, arguments.scale), arguments.onnx)
    export.write(export.to_litert(model, arguments.scale), arguments.litert)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True, help=".keras file")
    parser.add_argument("--scale", type=int, required=True, help="whole factor")
    parser.add_argument("--onnx", type=Path, required=True, help=".onnx file to write")
    parser.add_argument("--litert", type=Path, required=True, help=".tflite file to write")
    run(main, parser)
