"""Draw test photos with one region enlarged as every method gives it."""

import argparse
from pathlib import Path

from superres.core import csv_tables
from superres.core.console import run
from superres.data import pair_files
from superres.images.rgb_files import read_rgb
from superres.report import plots
from superres.scoring import photo_scores


def main(arguments: argparse.Namespace) -> None:
    found = pair_files.by_method(arguments.pairs, arguments.methods, arguments.predictions)
    photos = {
        pair.photo: {"LR": read_rgb(pair.lr)}
        | {name: read_rgb(file) for name, file in files.items()}
        | {"HR": read_rgb(pair.hr)}
        for pair, files in found[: arguments.photos]
    }
    table = csv_tables.read([arguments.per_image], "metrics")
    of_photo = photo_scores.gains(table[table["scale"] == arguments.scale])
    psnr_db = of_photo.set_index(["photo", "method"])["psnr_rgb_db"].to_dict()
    plots.save(plots.crops(photos, psnr_db, arguments.crop_px), arguments.output, arguments.dpi)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=Path, nargs="+", required=True, help="folders of pairs")
    parser.add_argument("--per-image", type=Path, required=True, help="CSV of all scores")
    parser.add_argument("--scale", type=int, required=True, help="up-scaling factor")
    parser.add_argument("--methods", nargs="+", required=True, help="methods to show, in order")
    parser.add_argument(
        "--predictions",
        type=Path,
        nargs="+",
        required=True,
        help="folders of PNG files: all shards of the first method, then of the second, ...",
    )
    parser.add_argument("--photos", type=int, default=3, help="how many to show")
    parser.add_argument("--crop-px", type=int, default=64, help="side of the region, HR pixels")
    parser.add_argument("--dpi", type=int, default=150, help="of PNG files")
    parser.add_argument("--output", type=Path, nargs="+", required=True, help=".png, .svg")
    run(main, parser)
