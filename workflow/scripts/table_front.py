"""Put gain beside cost, and mark the methods that no other beats at their cost."""

import argparse
from pathlib import Path

from superres.core import csv_tables
from superres.core.console import run
from superres.report.score_tables import CONVENTION, publish
from superres.scoring import pareto


def main(arguments: argparse.Namespace) -> None:
    table = pareto.table(
        csv_tables.read([arguments.benchmark], "benchmark"),
        csv_tables.read([arguments.costs], "costs"),
        csv_tables.read(arguments.speeds, "speed"),
    )
    device = ", ".join(table["device"].unique())
    note = (
        f"{CONVENTION} Gain: RGB PSNR over bicubic, paired by photo. Multiply-adds of all "
        "convolutions for one HR pixel; receptive field, halo and period in input pixels; all from "
        f"the graph. Megapixels of output a second: median of turns on one thread of {device}. "
        "On a front: no other method gains as much for as few multiply-adds, or at such a speed."
    )
    publish(
        table.drop(columns="device"),
        f"{arguments.title}: gain against cost",
        note,
        arguments.output,
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--benchmark", type=Path, required=True, help="CSV of gains")
    parser.add_argument("--costs", type=Path, required=True, help="CSV from graphs")
    parser.add_argument("--speeds", type=Path, nargs="+", required=True, help="CSV a scale")
    parser.add_argument("--title", required=True, help="dataset")
    parser.add_argument("--output", type=Path, nargs="+", required=True, help="by ending")
    run(main, parser)
