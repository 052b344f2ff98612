"""Score the predictions of one shard against their HR images."""

import argparse
from pathlib import Path

from superres.core import csv_tables
from superres.core.checksums import sha256
from superres.core.console import add_resume, run
from superres.data import pair_files
from superres.resuming.fingerprints import fingerprint
from superres.resuming.per_photo import Draft
from superres.scoring import image_quality


def main(arguments: argparse.Namespace) -> None:
    settings = {key: getattr(arguments, key) for key in ("scale", "method", "seed")}

    def make(one: pair_files.Prediction, _) -> dict:
        return {
            **settings,
            "photo": one.photo,
            **image_quality.score(*one.read(), arguments.scale),
            "hr_sha256": sha256(one.hr),
            "prediction_sha256": sha256(one.predicted),
        }

    draft = Draft(arguments.resume, fingerprint("metrics", settings))
    rows = draft.each(pair_files.predictions(arguments.pairs, arguments.predictions), make)
    csv_tables.write(csv_tables.frame(rows, "metrics"), arguments.output, "metrics")
    draft.clear()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=Path, required=True, help="folder with hr/ and lr/")
    parser.add_argument("--predictions", type=Path, required=True, help="folder of PNG files")
    parser.add_argument("--scale", type=int, required=True, help="whole factor")
    parser.add_argument("--method", required=True, help="for the table")
    parser.add_argument("--seed", type=int, required=True, help="for the table")
    parser.add_argument("--output", type=Path, required=True, help="CSV to write")
    add_resume(parser)
    run(main, parser)
