"""Scores of all shards of one method in one table."""

from pathlib import Path

from superres.core.console import run


def collect(shards: list[Path], output: Path) -> None:
    """Put the scores of all shards of one method into one table.

    Args:
        shards: CSV of every shard.
        output: CSV to write.
    """
    from superres.core import csv_tables

    table = csv_tables.read(shards, "metrics").sort_values("photo")
    csv_tables.write(table, output, "metrics")


if __name__ == "__main__":
    run(collect)
