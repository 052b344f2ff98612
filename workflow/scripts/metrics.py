"""Score the predictions of one shard against their HR images."""

import argparse
from pathlib import Path

from superres import metrics, pairs, records
from superres.checksums import sha256
from superres.console import add_resume, run
from superres.drafts import Draft
from superres.fingerprint import fingerprint


def main(arguments: argparse.Namespace) -> None:
    settings = {key: getattr(arguments, key) for key in ("scale", "method", "seed")}

    def make(one: pairs.Prediction, _) -> dict:
        return {
            **settings,
            "photo": one.photo,
            **metrics.score(*one.read(), arguments.scale),
            "hr_sha256": sha256(one.hr),
            "prediction_sha256": sha256(one.predicted),
        }

    draft = Draft(arguments.resume, fingerprint("metrics", settings))
    rows = draft.each(pairs.predictions(arguments.pairs, arguments.predictions), make)
    records.write(records.frame(rows, "metrics"), arguments.output, "metrics")
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
