"""Compare the cells of a sweep on the validation photos."""

import argparse
import json
from pathlib import Path

from superres.core import csv_tables
from superres.core.console import run
from superres.report.score_tables import publish
from superres.scoring import sweep_ranking


def main(arguments: argparse.Namespace) -> None:
    table = sweep_ranking.table(
        json.loads(arguments.cells),
        [csv_tables.read([file], "history") for file in arguments.histories],
        [json.loads(file.read_text()) for file in arguments.timings],
    )
    note = (
        "RGB PSNR on the validation photos of the weights that were kept (peak 1.0, 8-bit, no "
        "border crop, mean over photos): mean over seeds, lowest and highest. Best cell first; "
        "test photos play no part."
    )
    publish(table, f"Sweep {arguments.title}", note, arguments.output)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cells", required=True, help="JSON: cell -> values and recipe")
    parser.add_argument(
        "--histories", type=Path, nargs="+", required=True, help="CSV of all seeds of all cells"
    )
    parser.add_argument("--timings", type=Path, nargs="+", required=True, help="JSON, likewise")
    parser.add_argument("--title", required=True, help="name of the sweep")
    parser.add_argument("--output", type=Path, nargs="+", required=True, help="by ending")
    run(main, parser)
