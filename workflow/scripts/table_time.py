"""Compare the training time with the paper's."""

import argparse
import json
from pathlib import Path

from superres.core.console import run
from superres.paper import findings
from superres.report import score_tables


def main(arguments: argparse.Namespace) -> None:
    read = [json.loads(file.read_text()) for file in arguments.timings]
    timings = dict(zip(arguments.labels, read, strict=True))
    sizes = dict(zip(arguments.labels, arguments.sizes, strict=True))
    score_tables.publish(
        findings.times(timings, sizes),
        "Training time of the paper's model",
        "A step has 4 images; step_s is the median without validation, train_s holds validation "
        "too. Other machines, sizes and numbers of steps are not the paper's.",
        arguments.output,
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--timings", type=Path, nargs="+", required=True, help="JSON files")
    parser.add_argument("--labels", nargs="+", required=True, help="dataset, one a timing")
    parser.add_argument("--sizes", nargs="+", required=True, help="image size in words, likewise")
    parser.add_argument("--output", type=Path, nargs="+", required=True, help="by ending")
    run(main, parser)
