"""Compare a training with Table 2 of the paper, its log, and what needs no training."""

import argparse
from pathlib import Path

from superres.core import csv_tables
from superres.core.console import run
from superres.paper import findings
from superres.report import score_tables


def main(arguments: argparse.Namespace) -> None:
    table = findings.results(
        csv_tables.read([arguments.history], "history"),
        csv_tables.read([arguments.per_image], "metrics"),
        arguments.model,
    )
    score_tables.publish(
        table,
        "Table 2: the paper's results and ours",
        "MSE on RGB in [0, 1], no border crop; accuracy is Keras' categorical one over the three "
        "channels. Rows of trainings: as Keras measured them on the validation rows, not rounded. "
        "Other rows: the same validation rows, 8-bit images, means over photos. psnr_db: RGB, peak "
        "1.0, border crop = scale, mean over photos; psnr_of_mean_mse_db is another number.",
        arguments.output,
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--history", type=Path, required=True, help="CSV of the paper's model")
    parser.add_argument("--per-image", type=Path, required=True, help="CSV of scores")
    parser.add_argument("--model", required=True, help="name of the paper's model")
    parser.add_argument("--output", type=Path, nargs="+", required=True, help="by ending")
    run(main, parser)
