"""Put a network where it comes with the workflow, with a file that says where it comes from."""

import argparse
import json
import shutil
from pathlib import Path

from superres.core.console import run
from superres.provenance import origin


def main(arguments: argparse.Namespace) -> None:
    provenance = origin.of_network(
        arguments.network,
        json.loads(arguments.recipe),
        arguments.photos,
        arguments.split,
        arguments.timing,
        arguments.benchmark,
    )
    shutil.copyfile(arguments.network, arguments.output)
    arguments.provenance.write_text(json.dumps(provenance, indent=2) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--network", type=Path, required=True, help=".tflite file")
    parser.add_argument("--recipe", required=True, help="JSON: how it was built and trained")
    parser.add_argument("--photos", type=Path, nargs="+", required=True, help="CSV of the photos")
    parser.add_argument("--split", type=Path, required=True, help="CSV: who learned from what")
    parser.add_argument("--timing", type=Path, required=True, help="JSON of the training")
    parser.add_argument("--benchmark", type=Path, required=True, help="CSV of the scores")
    parser.add_argument("--output", type=Path, required=True, help=".tflite to write")
    parser.add_argument("--provenance", type=Path, required=True, help="JSON to write")
    run(main, parser)
