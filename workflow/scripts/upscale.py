"""Upscale your own pictures with a trained network."""

import argparse
from pathlib import Path

from superres.core import memory
from superres.core.console import log, run
from superres.core.errors import InputError
from superres.images import upscaling
from superres.networks.prediction import predict
from superres.networks.runtimes import open_network


def main(arguments: argparse.Namespace) -> None:
    network = open_network(arguments.network, arguments.threads)
    scale = network.scale or arguments.scale
    if scale is None:
        raise InputError(f"{arguments.network}: does not say its scale; give it with --scale")

    memory_mb = arguments.memory_mb or memory.for_features_mb()

    def enlarge(image):
        return predict(network, image, scale, memory_mb=memory_mb)

    counts = upscaling.upscale_all(
        arguments.input,
        arguments.output,
        arguments.factor or scale,
        scale,
        enlarge,
        arguments.overwrite,
    )
    log.info("%d upscaled, %d skipped, %d failed", counts.done, counts.skipped, counts.failed)
    if counts.failed:
        raise InputError(f"{counts.failed} pictures failed, for the reasons above")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--network", type=Path, required=True, help=".onnx, .tflite or .keras file")
    parser.add_argument("--scale", type=int, help="whole factor of a .keras file")
    parser.add_argument("--input", type=Path, required=True, help="picture, or folder of pictures")
    parser.add_argument("--output", type=Path, required=True, help="folder for the upscaled ones")
    parser.add_argument("--factor", type=float, help="any factor; the model's own unless given")
    parser.add_argument("--overwrite", action="store_true", help="replace outputs that are there")
    parser.add_argument(
        "--memory-mb", type=float, help="most for the network's features; found unless given"
    )
    parser.add_argument("--threads", type=int, default=1, help="CPU threads")
    run(main, parser)
