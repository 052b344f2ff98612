"""Score the predictions of one shard by LPIPS, with weights that the user has."""

import argparse
from pathlib import Path

from superres.core import csv_tables
from superres.core.console import add_resume, run
from superres.data import pair_files
from superres.resuming.fingerprints import fingerprint
from superres.resuming.per_photo import Draft
from superres.scoring import lpips_network


def main(arguments: argparse.Namespace) -> None:
    session = lpips_network.load(arguments.weights, arguments.sha256)
    settings = {key: getattr(arguments, key) for key in ("scale", "method", "seed")}

    def make(one: pair_files.Prediction, _) -> dict:
        images = (pair_files.without_border(image, arguments.scale) for image in one.read())
        return {**settings, "photo": one.photo, "lpips": lpips_network.distance(session, *images)}

    draft = Draft(arguments.resume, fingerprint("lpips", settings, [arguments.weights]))
    rows = draft.each(pair_files.predictions(arguments.pairs, arguments.predictions), make)
    csv_tables.write(csv_tables.frame(rows, "lpips"), arguments.output, "lpips")
    draft.clear()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", type=Path, required=True, help="ONNX file")
    parser.add_argument("--sha256", required=True, help="its checksum")
    parser.add_argument("--pairs", type=Path, required=True, help="folder with hr/ and lr/")
    parser.add_argument("--predictions", type=Path, required=True, help="folder of PNG files")
    parser.add_argument("--scale", type=int, required=True, help="whole factor")
    parser.add_argument("--method", required=True, help="for the table")
    parser.add_argument("--seed", type=int, required=True, help="for the table")
    parser.add_argument("--output", type=Path, required=True, help="CSV to write")
    add_resume(parser)
    run(main, parser)
