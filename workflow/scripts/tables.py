"""Compare all methods: the scores of every photo, and the benchmark table."""

import argparse
import json
from pathlib import Path

from superres import records, tables
from superres.console import run


def main(arguments: argparse.Namespace) -> None:
    per_image = records.read(arguments.metrics, "metrics")
    summaries = [json.loads(file.read_text()) for file in arguments.summaries]
    table = tables.benchmark(per_image, summaries, arguments.confidence, arguments.resamples)
    records.write(per_image, arguments.per_image, "metrics")
    records.write(table, arguments.benchmark, "benchmark")
    page = tables.to_markdown(table, arguments.title, arguments.split, arguments.confidence)
    arguments.markdown.write_text(page)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--metrics", type=Path, nargs="+", required=True, help="one CSV a method, in table order"
    )
    parser.add_argument(
        "--summaries", type=Path, nargs="*", default=[], help="one JSON a trained model"
    )
    parser.add_argument("--title", required=True, help="heading of the page")
    parser.add_argument("--split", choices=tables.MEASURED_ON, default="test", help="measured on")
    parser.add_argument("--confidence", type=float, default=0.95, help="level of the intervals")
    parser.add_argument("--resamples", type=int, default=10000, help="of the bootstrap")
    parser.add_argument("--per-image", type=Path, required=True, help="CSV to write")
    parser.add_argument("--benchmark", type=Path, required=True, help="CSV to write")
    parser.add_argument("--markdown", type=Path, required=True, help="page to write")
    run(main, parser)
