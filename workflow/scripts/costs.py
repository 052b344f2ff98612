"""Derive what every model costs and sees from its graph, without training it."""

import argparse
import dataclasses
import json
from pathlib import Path

from superres.core import csv_tables
from superres.core.console import run, tracked
from superres.networks import architectures
from superres.networks.graph_analysis import anatomy


def main(arguments: argparse.Namespace) -> None:
    rows = []
    for method, recipe in tracked(list(json.loads(arguments.recipes).items()), "models"):
        for scale in arguments.scales:
            model = architectures.build(recipe["architecture"], scale, **recipe["options"])
            rows.append({"scale": scale, "method": method, **dataclasses.asdict(anatomy(model))})
    csv_tables.write(csv_tables.frame(rows, "costs"), arguments.output, "costs")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--recipes", required=True, help="JSON: section `models` of the configuration"
    )
    parser.add_argument("--scales", type=int, nargs="+", required=True, help="whole factors")
    parser.add_argument("--output", type=Path, required=True, help="CSV to write")
    run(main, parser)
