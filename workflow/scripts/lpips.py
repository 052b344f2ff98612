"""Score the predictions of one shard by LPIPS, with weights that the user has."""

import argparse
from pathlib import Path

from superres import lpips, pairs, records
from superres.console import run


def main(arguments: argparse.Namespace) -> None:
    session = lpips.load(arguments.weights, arguments.sha256)
    rows = [
        {
            "scale": arguments.scale,
            "method": arguments.method,
            "seed": arguments.seed,
            "photo": pair.photo,
            "lpips": lpips.distance(
                session, *(pairs.without_border(x, arguments.scale) for x in (truth, image))
            ),
        }
        for pair, _, truth, image in pairs.predicted(arguments.pairs, arguments.predictions)
    ]
    records.write(records.frame(rows, "lpips"), arguments.output, "lpips")


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
    run(main, parser)
