"""Up-sample the LR images of some pairs with a trained model."""

import argparse
from pathlib import Path

from superres import determinism, pairs
from superres.console import run, tracked
from superres.photos import read_rgb, write_png
from superres.prediction import load, predict


def main(arguments: argparse.Namespace) -> None:
    # One thread a job, whatever the machine, so that sums and so bytes are the same; shards
    # are what runs side by side.
    determinism.fix(seed=0, threads=1)
    model = load(arguments.model)
    arguments.output.mkdir(parents=True, exist_ok=True)
    for pair in tracked(pairs.photos([arguments.pairs]), "photos"):
        enlarged = read_rgb(pair.enlarged) if pair.enlarged else None
        image = predict(model, read_rgb(pair.lr), arguments.scale, enlarged)
        write_png(arguments.output / f"{pair.photo}.png", image)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True, help=".keras file")
    parser.add_argument("--pairs", type=Path, required=True, help="folder with lr/")
    parser.add_argument("--scale", type=int, required=True, help="whole factor")
    parser.add_argument("--output", type=Path, required=True, help="folder for the PNG files")
    run(main, parser)
