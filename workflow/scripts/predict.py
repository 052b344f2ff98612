"""Up-sample the LR images of some pairs with a trained network."""

import argparse
from pathlib import Path

from superres import pairs
from superres.console import add_resume, run
from superres.drafts import Draft
from superres.fingerprint import fingerprint
from superres.photos import read_rgb, write_png
from superres.prediction import predict
from superres.runtimes import open_network


def main(arguments: argparse.Namespace) -> None:
    # One thread a job, whatever the machine, so that sums and so bytes are the same; shards
    # are what runs side by side.
    network = open_network(arguments.network, threads=1)

    def make(pair: pairs.Pair, folder: Path) -> None:
        enlarged = read_rgb(pair.enlarged) if pair.enlarged else None
        image = predict(network, read_rgb(pair.lr), arguments.scale, enlarged)
        write_png(folder / f"{pair.photo}.png", image)

    settings = {"scale": arguments.scale}
    draft = Draft(arguments.resume, fingerprint("predict", settings, [arguments.network]))
    draft.each(pairs.photos([arguments.pairs]), make)
    draft.deliver(arguments.output)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--network", type=Path, required=True, help=".onnx, .tflite or .keras file")
    parser.add_argument("--pairs", type=Path, required=True, help="folder with lr/")
    parser.add_argument("--scale", type=int, required=True, help="whole factor")
    parser.add_argument("--output", type=Path, required=True, help="folder for the PNG files")
    add_resume(parser)
    run(main, parser)
