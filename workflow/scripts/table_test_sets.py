"""Put the benchmarks of all test sets into one table, published scores beside ours."""

import argparse
from pathlib import Path

from superres.core import csv_tables
from superres.core.console import run
from superres.report.score_tables import CONVENTION, publish


def main(arguments: argparse.Namespace) -> None:
    benchmarks = {
        dataset: csv_tables.read([file], "benchmark")
        for dataset, file in zip(arguments.datasets, arguments.benchmarks, strict=True)
    }
    standard_sets = dict(zip(arguments.datasets, arguments.standard_sets, strict=True))
    table, remarks = standard_sets.together(benchmarks, standard_sets)
    note = " ".join([CONVENTION, "Gain: RGB PSNR over bicubic, paired by photo.", *remarks])
    publish(table, "All test sets", note, arguments.output)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--benchmarks", type=Path, nargs="+", required=True, help="CSV of every dataset"
    )
    parser.add_argument("--datasets", nargs="+", required=True, help="their names")
    parser.add_argument(
        "--standard-sets", nargs="+", required=True, help="which published set each is, or none"
    )
    parser.add_argument("--output", type=Path, nargs="+", required=True, help="by ending")
    run(main, parser)
