"""Copy the photos of one shard, byte for byte, and list them with size and checksum."""

import argparse
import hashlib
import shutil
from pathlib import Path

from superres import records, sources
from superres.console import log, run, tracked
from superres.photos import read_rgb
from superres.shards import members


def main(arguments: argparse.Namespace) -> None:
    if arguments.folder is None:
        found = sources.bundled()
    else:
        found, passed_over = sources.folder(arguments.folder)
        for file in passed_over:
            log.warning("%s: passed over, its ending is no image format's", file)
    arguments.output.mkdir(parents=True, exist_ok=True)
    rows = []
    for source in tracked(members(found, arguments.shard), "photos"):
        height_px, width_px = read_rgb(source.file).shape[:2]
        target = arguments.output / source.file.name
        shutil.copyfile(source.file, target)
        rows.append(
            {
                "photo": source.photo,
                "file": target.name,
                "scene": source.scene,
                "width_px": width_px,
                "height_px": height_px,
                "sha256": hashlib.sha256(target.read_bytes()).hexdigest(),
            }
        )
    records.write(records.frame(rows, "photos"), arguments.table, "photos")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--bundled", action="store_true", help="photos inside installed packages")
    source.add_argument("--folder", type=Path, help="folder of photos")
    parser.add_argument("--shard", default="1-of-1", help="which part of the photos, as 1-of-2")
    parser.add_argument("--output", type=Path, required=True, help="folder for the copies")
    parser.add_argument("--table", type=Path, required=True, help="CSV to write")
    run(main, parser)
