"""Up-sample the LR images of some pairs with a trained network."""

import argparse
from pathlib import Path

from superres import pairs
from superres.console import run, tracked
from superres.photos import read_rgb, write_png
from superres.prediction import predict
from superres.runtimes import open_network


def main(arguments: argparse.Namespace) -> None:
    # One thread a job, whatever the machine, so that sums and so bytes are the same; shards
    # are what runs side by side.
    network = open_network(arguments.network, threads=1)
    arguments.output.mkdir(parents=True, exist_ok=True)
    for pair in tracked(pairs.photos([arguments.pairs]), "photos"):
        enlarged = read_rgb(pair.enlarged) if pair.enlarged else None
        image = predict(network, read_rgb(pair.lr), arguments.scale, enlarged)
        write_png(arguments.output / f"{pair.photo}.png", image)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--network", type=Path, required=True, help=".onnx, .tflite or .keras file")
    parser.add_argument("--pairs", type=Path, required=True, help="folder with lr/")
    parser.add_argument("--scale", type=int, required=True, help="whole factor")
    parser.add_argument("--output", type=Path, required=True, help="folder for the PNG files")
    run(main, parser)
