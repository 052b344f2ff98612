"""List the layers of a model at the size of the paper's images."""

import argparse
import json
from pathlib import Path

from superres.core import csv_tables
from superres.core.console import run
from superres.networks import architectures, layers
from superres.paper import published_numbers


def main(arguments: argparse.Namespace) -> None:
    recipe = json.loads(arguments.recipe)
    model = architectures.build(recipe["architecture"], arguments.scale, **recipe["options"])
    rows = layers.rows(model, *published_numbers.SIZE_PX)
    csv_tables.write(csv_tables.frame(rows, "architecture"), arguments.output, "architecture")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--recipe", required=True, help="JSON: a whole entry of `models` in the configuration"
    )
    parser.add_argument("--scale", type=int, default=2, help="whole factor")
    parser.add_argument("--output", type=Path, required=True, help="CSV to write")
    run(main, parser)
