"""Put the scores of all shards of one method into one table."""

import argparse
from pathlib import Path

from superres.core import csv_tables
from superres.core.console import run


def main(arguments: argparse.Namespace) -> None:
    table = csv_tables.read(arguments.shards, "metrics").sort_values("photo")
    csv_tables.write(table, arguments.output, "metrics")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shards", type=Path, nargs="+", required=True, help="CSV of every shard")
    parser.add_argument("--output", type=Path, required=True, help="CSV to write")
    run(main, parser)
