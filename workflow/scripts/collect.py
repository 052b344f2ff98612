"""Put the scores of all shards of one method into one table."""

import argparse
from pathlib import Path

from superres import records
from superres.console import run


def main(arguments: argparse.Namespace) -> None:
    table = records.read(arguments.shards, "metrics").sort_values("photo")
    records.write(table, arguments.output, "metrics")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shards", type=Path, nargs="+", required=True, help="CSV of every shard")
    parser.add_argument("--output", type=Path, required=True, help="CSV to write")
    run(main, parser)
