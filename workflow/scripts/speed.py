"""Measure how fast trained models predict, in turns, on one thread."""

import argparse
from pathlib import Path

import numpy as np

from superres import determinism, hardware, rates, records, speed
from superres.console import run
from superres.prediction import load


def main(arguments: argparse.Namespace) -> None:
    determinism.fix(seed=0, threads=1)
    models = dict(zip(arguments.methods, map(load, arguments.models), strict=True))
    width_px, height_px = arguments.hr_size_px
    shape = (height_px // arguments.scale, width_px // arguments.scale, 3)
    lr = np.random.default_rng(0).integers(0, 256, shape).astype(np.uint8)
    measured = speed.megapixels_per_s(models, lr, arguments.scale, arguments.turns)
    device = hardware.describe()["device"]
    rows = [
        {"scale": arguments.scale, "method": method, **rates.spread(turns), "device": device}
        for method, turns in measured.items()
    ]
    records.write(records.frame(rows, "speed"), arguments.output, "speed")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=Path, nargs="+", required=True, help=".keras files")
    parser.add_argument("--methods", nargs="+", required=True, help="their names, in that order")
    parser.add_argument("--scale", type=int, required=True, help="whole factor")
    parser.add_argument(
        "--hr-size-px", type=int, nargs=2, default=[600, 400], help="width and height to predict"
    )
    parser.add_argument("--turns", type=int, default=5, help="measurements a model")
    parser.add_argument("--output", type=Path, required=True, help="CSV to write")
    run(main, parser)
