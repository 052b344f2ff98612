"""Write a trained model for another runtime than Keras, and see that both agree."""

import argparse
from pathlib import Path

from superres.core.console import run
from superres.networks import conversion, determinism, keras_files


def main(arguments: argparse.Namespace) -> None:
    determinism.fix(seed=0, threads=1)
    conversion.write(keras_files.load(arguments.model), arguments.scale, arguments.output)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True, help=".keras file")
    parser.add_argument("--scale", type=int, required=True, help="whole factor")
    parser.add_argument("--output", type=Path, required=True, help=".onnx or .tflite to write")
    run(main, parser)
