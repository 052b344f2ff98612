"""Measure how fast trained models predict, in turns, on one thread."""

import argparse
from functools import partial
from pathlib import Path

import numpy as np

from superres.core import csv_tables, processor, rates
from superres.core.console import run
from superres.networks import timing
from superres.networks.runtimes import open_network


def main(arguments: argparse.Namespace) -> None:
    opened = map(partial(open_network, threads=1), arguments.networks)
    networks = dict(zip(arguments.methods, opened, strict=True))
    width_px, height_px = arguments.hr_size_px
    shape = (height_px // arguments.scale, width_px // arguments.scale, 3)
    lr = np.random.default_rng(0).integers(0, 256, shape).astype(np.uint8)
    measured = timing.megapixels_per_s(networks, lr, arguments.scale, arguments.turns)
    device = processor.name()
    rows = [
        {"scale": arguments.scale, "method": method, **rates.spread(turns), "device": device}
        for method, turns in measured.items()
    ]
    csv_tables.write(csv_tables.frame(rows, "speed"), arguments.output, "speed")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--networks", type=Path, nargs="+", required=True, help=".onnx, .tflite or .keras"
    )
    parser.add_argument("--methods", nargs="+", required=True, help="their names, in that order")
    parser.add_argument("--scale", type=int, required=True, help="whole factor")
    parser.add_argument(
        "--hr-size-px", type=int, nargs=2, default=[600, 400], help="width and height to predict"
    )
    parser.add_argument("--turns", type=int, default=5, help="measurements a network")
    parser.add_argument("--output", type=Path, required=True, help="CSV to write")
    run(main, parser)
