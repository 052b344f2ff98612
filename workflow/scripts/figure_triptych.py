"""Draw the input, bicubic, the prediction and the truth of some photos."""

import argparse
from pathlib import Path

from superres.core import csv_tables
from superres.core.console import run
from superres.data import pair_files
from superres.images.rgb_files import read_rgb
from superres.paper import paper_figures
from superres.report import plots


def main(arguments: argparse.Namespace) -> None:
    # One shard is enough to show a few.
    found = {file.stem for file in arguments.folders[0].glob("*.png")}
    chosen = [pair for pair in pair_files.photos(arguments.pairs) if pair.photo in found]
    table = csv_tables.read([arguments.per_image], "metrics")
    table = table[table["scale"] == arguments.scale].groupby(["method", "photo"])
    psnr_db = table["psnr_rgb_db"].mean()
    photos = {}
    for pair in chosen[: arguments.photos]:
        images = {
            method: read_rgb(folder / f"{pair.photo}.png")
            for method, folder in zip(arguments.methods, arguments.folders, strict=True)
        }
        scores = {method: psnr_db[method, pair.photo] for method in images}
        photos[pair.photo] = (images | {"ground truth": read_rgb(pair.hr)}, scores)
    plots.save(paper_figures.triptych(photos), arguments.output, arguments.dpi)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=Path, nargs="+", required=True, help="folders with hr/")
    parser.add_argument("--folders", type=Path, nargs="+", required=True, help="of predictions")
    parser.add_argument("--methods", nargs="+", required=True, help="one a folder")
    parser.add_argument("--per-image", type=Path, required=True, help="CSV of scores")
    parser.add_argument("--scale", type=int, required=True, help="of the scores to show")
    parser.add_argument("--photos", type=int, default=3, help="how many to show")
    parser.add_argument("--dpi", type=int, default=150, help="of PNG files")
    parser.add_argument("--output", type=Path, nargs="+", required=True, help=".png, .svg")
    run(main, parser)
