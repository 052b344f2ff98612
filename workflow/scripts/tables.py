"""Compare all methods: the scores of every photo, the benchmark, and method against method."""

import argparse
import json
from pathlib import Path

from superres.core import csv_tables
from superres.core.console import run
from superres.report import pages, score_tables


def main(arguments: argparse.Namespace) -> None:
    per_image = csv_tables.read(arguments.metrics, "metrics")
    lpips = csv_tables.read(arguments.lpips, "lpips") if arguments.lpips else None
    summaries = [json.loads(file.read_text()) for file in arguments.summaries]
    level = arguments.confidence
    compared = score_tables.comparisons(per_image, arguments.against, level, arguments.resamples)
    table = score_tables.benchmark(per_image, lpips, summaries, compared)
    csv_tables.write(per_image, arguments.per_image, "metrics")
    about = (arguments.title, arguments.split, level)
    for kind, rows, page, (csv, *shown) in (
        (
            "benchmark",
            table,
            score_tables.benchmark_page(table, compared, *about),
            arguments.benchmark,
        ),
        (
            "comparisons",
            compared,
            score_tables.comparisons_page(compared, *about),
            arguments.comparisons,
        ),
    ):
        csv_tables.write(rows, csv, kind)
        pages.write(page, shown)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--metrics", type=Path, nargs="+", required=True, help="one CSV a method, in table order"
    )
    parser.add_argument(
        "--lpips", type=Path, nargs="*", default=[], help="CSV of LPIPS, where that was run"
    )
    parser.add_argument(
        "--summaries", type=Path, nargs="*", default=[], help="one JSON a trained model"
    )
    parser.add_argument("--title", required=True, help="heading of the page")
    parser.add_argument(
        "--split", choices=score_tables.MEASURED_ON, default="test", help="measured on"
    )
    parser.add_argument("--against", nargs="+", default=["bicubic"], help="references")
    parser.add_argument("--confidence", type=float, default=0.95, help="level of the intervals")
    parser.add_argument("--resamples", type=int, default=10000, help="of the bootstrap")
    parser.add_argument("--per-image", type=Path, required=True, help="CSV to write")
    for table in ("benchmark", "comparisons"):
        parser.add_argument(
            f"--{table}", type=Path, nargs=3, required=True, help=".csv, .md, .html to write"
        )
    run(main, parser)
