"""Make the LR/HR pairs of one split and shard."""

import argparse
from pathlib import Path

from superres import pairs, records
from superres.console import run, tracked
from superres.degradations import DEGRADATIONS, mod_crop
from superres.errors import InputError
from superres.photos import read_rgb
from superres.shards import members


def main(arguments: argparse.Namespace) -> None:
    degrade = DEGRADATIONS[arguments.degradation]
    split = records.read([arguments.split_table], "split")
    wanted = set(split.loc[split["split"] == arguments.split, "photo"])
    photos = records.read(arguments.photo_tables, "photos").sort_values("photo")
    folders = {table.with_suffix("") for table in arguments.photo_tables}
    files = {file.name: file for folder in folders for file in folder.iterdir()}
    chosen = [row for row in photos.itertuples() if row.photo in wanted]
    arguments.output.mkdir(parents=True, exist_ok=True)
    for row in tracked(members(chosen, arguments.shard), "photos"):
        try:
            hr = mod_crop(read_rgb(files[row.file]), arguments.scale)
        except InputError as error:
            raise InputError(f"photo '{row.photo}' ({row.file}): {error}") from error
        pairs.write(arguments.output, row.photo, degrade(hr, arguments.scale), hr)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--photo-tables",
        type=Path,
        nargs="+",
        required=True,
        help="tables <name>.csv beside the folders <name>/ with the photos",
    )
    parser.add_argument("--split-table", type=Path, required=True, help="CSV with photo, split")
    parser.add_argument("--split", required=True, help="train, validation or test")
    parser.add_argument("--scale", type=int, required=True, help="whole factor")
    parser.add_argument("--degradation", choices=DEGRADATIONS, default="bicubic")
    parser.add_argument("--shard", default="1-of-1", help="which part of the photos, as 1-of-2")
    parser.add_argument("--output", type=Path, required=True, help="folder for hr/ and lr/")
    run(main, parser)
