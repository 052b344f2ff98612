"""Say in sentences whether the paper's result holds."""

import argparse
from pathlib import Path

import pandas as pd

from superres.core import csv_tables
from superres.core.console import run
from superres.paper import findings
from superres.report import pages
from superres.report.score_tables import CONVENTION, how_compared


def main(arguments: argparse.Namespace) -> None:
    sentences = findings.answer(
        pd.read_csv(arguments.layers, keep_default_na=False),
        pd.read_csv(arguments.results),
        pd.read_csv(arguments.leakage),
        csv_tables.read([arguments.as_run], "metrics"),
        csv_tables.read([arguments.clean], "metrics"),
        arguments.model,
        arguments.confidence,
        arguments.resamples,
    )
    body = "".join(f"- {sentence}\n" for sentence in sentences)
    how = how_compared("the comparisons of this page", arguments.confidence)
    page = (
        f"# Does the paper's result hold?\n\n{body}\nMSE and accuracy: RGB on [0, 1], no border "
        f"crop. {CONVENTION} {how}\n"
    )
    pages.write(page, arguments.output)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("layers", "results", "leakage"):
        parser.add_argument(f"--{name}", type=Path, required=True, help="CSV of that table")
    parser.add_argument("--as-run", type=Path, required=True, help="CSV of scores, the paper's way")
    parser.add_argument("--clean", type=Path, required=True, help="CSV of scores that hold")
    parser.add_argument("--model", required=True, help="name of the paper's model")
    parser.add_argument("--confidence", type=float, default=0.95, help="level of the intervals")
    parser.add_argument("--resamples", type=int, default=10000, help="of the bootstrap")
    parser.add_argument("--output", type=Path, nargs="+", required=True, help=".md, .html")
    run(main, parser)
