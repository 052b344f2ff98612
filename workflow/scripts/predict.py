"""Up-sample the LR images of some pairs with a trained network."""

import argparse
from pathlib import Path

from superres.core.console import add_resume, run
from superres.data import pair_files
from superres.images.rgb_files import read_rgb, write_png
from superres.networks.prediction import predict
from superres.networks.runtimes import open_network
from superres.resuming.fingerprints import fingerprint
from superres.resuming.per_photo import Draft


def main(arguments: argparse.Namespace) -> None:
    # One thread a job, whatever the machine, so that sums and so bytes are the same; shards
    # are what runs side by side.
    network = open_network(arguments.network, threads=1)

    def make(pair: pair_files.Pair, folder: Path) -> None:
        enlarged = read_rgb(pair.enlarged) if pair.enlarged else None
        image = predict(network, read_rgb(pair.lr), arguments.scale, enlarged)
        write_png(folder / f"{pair.photo}.png", image)

    settings = {"scale": arguments.scale}
    draft = Draft(arguments.resume, fingerprint("predict", settings, [arguments.network]))
    draft.each(pair_files.photos([arguments.pairs]), make)
    draft.deliver(arguments.output)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--network", type=Path, required=True, help=".onnx, .tflite or .keras file")
    parser.add_argument("--pairs", type=Path, required=True, help="folder with lr/")
    parser.add_argument("--scale", type=int, required=True, help="whole factor")
    parser.add_argument("--output", type=Path, required=True, help="folder for the PNG files")
    add_resume(parser)
    run(main, parser)
