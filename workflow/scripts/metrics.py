"""Score the predictions of one shard against their HR images."""

import argparse
from pathlib import Path

from superres import metrics, pairs, records
from superres.checksums import sha256
from superres.console import run


def main(arguments: argparse.Namespace) -> None:
    rows = [
        {
            "scale": arguments.scale,
            "method": arguments.method,
            "seed": arguments.seed,
            "photo": pair.photo,
            **metrics.score(truth, image, arguments.scale),
            "hr_sha256": sha256(pair.hr),
            "prediction_sha256": sha256(file),
        }
        for pair, file, truth, image in pairs.predicted(arguments.pairs, arguments.predictions)
    ]
    records.write(records.frame(rows, "metrics"), arguments.output, "metrics")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=Path, required=True, help="folder with hr/ and lr/")
    parser.add_argument("--predictions", type=Path, required=True, help="folder of PNG files")
    parser.add_argument("--scale", type=int, required=True, help="whole factor")
    parser.add_argument("--method", required=True, help="for the table")
    parser.add_argument("--seed", type=int, required=True, help="for the table")
    parser.add_argument("--output", type=Path, required=True, help="CSV to write")
    run(main, parser)
