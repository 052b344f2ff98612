"""Assign every photo to train, validation or test at one scale."""

import argparse
from pathlib import Path

import pandas as pd

from superres.core import csv_tables
from superres.core.console import log, run
from superres.core.natural_order import natural
from superres.data import splits
from superres.images import perceptual_hash


def main(arguments: argparse.Namespace) -> None:
    photos = csv_tables.read(arguments.photos, "photos")
    photos = photos.sort_values("photo", key=lambda names: names.map(natural), ignore_index=True)
    alike = perceptual_hash.groups(list(photos["phash"]), arguments.near_duplicate_bits)
    photos["scene"] = photos["photo"].iloc[alike].to_numpy()
    if arguments.by == "rows":
        rows = splits.by_rows(csv_tables.read(arguments.rows, "rows"), arguments.validation_share)
        table = rows[rows["scale"] == arguments.scale].merge(photos[["photo", "scene"]])
    elif arguments.by == "test":
        table = splits.all_test(photos, learned(arguments), arguments.near_duplicate_bits)
    else:
        table = splits.by_scene(
            photos,
            arguments.test,
            arguments.validation,
            arguments.test_share,
            arguments.validation_share,
            arguments.seed,
        )
    for split, group in table.groupby("split"):
        log.info("%s: %d photos of %d scenes", split, len(group), group["scene"].nunique())
    csv_tables.write(table, arguments.output, "split")


def learned(arguments: argparse.Namespace) -> pd.DataFrame:
    """Photo and phash of what the models of another dataset were trained on or chosen by."""
    if not arguments.learned_split:
        return csv_tables.frame([], "photos")
    split = csv_tables.read(arguments.learned_split, "split")
    names = split.loc[split["split"] != "test", "photo"]
    photos = csv_tables.read(arguments.learned_photos, "photos")
    return photos[photos["photo"].isin(set(names))]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=Path, nargs="+", required=True, help="photo tables")
    parser.add_argument("--rows", type=Path, nargs="+", required=True, help="row tables")
    parser.add_argument(
        "--by", choices=["scene", "rows", "test"], required=True, help="what is assigned"
    )
    parser.add_argument("--scale", type=int, required=True, help="whole factor")
    parser.add_argument("--test", nargs="*", default=[], help="photos locked into test")
    parser.add_argument("--validation", nargs="*", default=[], help="photos locked into validation")
    parser.add_argument("--test-share", type=float, required=True, help="of the other scenes")
    parser.add_argument("--validation-share", type=float, required=True, help="of the other scenes")
    parser.add_argument("--seed", type=int, required=True, help="another seed, another split")
    parser.add_argument(
        "--near-duplicate-bits",
        type=int,
        required=True,
        help="photos whose 64-bit perceptual hashes differ in at most so many bits are one scene",
    )
    parser.add_argument(
        "--learned-photos", type=Path, nargs="*", default=[], help="photo tables of the training"
    )
    parser.add_argument(
        "--learned-split", type=Path, nargs="*", default=[], help="its split, at this scale"
    )
    parser.add_argument("--output", type=Path, required=True, help="CSV to write")
    run(main, parser)
