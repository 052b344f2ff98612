"""What Snakemake itself takes: a dry run, and a run with nothing left to do, by number of photos.

Photos are copies of one small file, which the workflow has prepared up to their table; the rest of
the run is marked as done.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from turns import ROOT, ratio, spread, write

PHOTOS = (10, 1_000, 100_000)
COPIED = ("Snakefile", "workflow", "config", "envs", "profiles")


def main() -> None:
    """Measure every size in turns."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=5, help="of every number of photos")
    parser.add_argument("--output", type=Path, help="JSON to write")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        projects = {count: project(Path(folder) / str(count), count) for count in PHOTOS}
        dry = {count: [] for count in PHOTOS}
        for _ in range(arguments.turns):
            for count, where in projects.items():
                dry[count].append(seconds(where, "--dry-run"))
        for where in projects.values():
            seconds(where, "--touch")
        nothing = {count: [] for count in PHOTOS}
        for _ in range(arguments.turns):
            for count, where in projects.items():
                nothing[count].append(seconds(where))
    write(
        {
            "dry_run_s": {count: spread(values) for count, values in dry.items()},
            "no_op_s": {count: spread(values) for count, values in nothing.items()},
            "dry_run_to_fewest": {count: ratio(dry[count], dry[PHOTOS[0]]) for count in PHOTOS},
            "no_op_to_fewest": {
                count: ratio(nothing[count], nothing[PHOTOS[0]]) for count in PHOTOS
            },
        },
        arguments.output,
    )


def project(folder: Path, count: int) -> Path:
    """A checkout with a folder of photos and a configuration that names it."""
    folder.mkdir()
    for name in COPIED:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copyfile
        copy(ROOT / name, folder / name)
    (folder / "photos").mkdir()
    photo = photo_bytes()
    for number in range(count):
        (folder / f"photos/{number}.png").write_bytes(photo)
    dataset = {"source": "folder", "path": "photos"}
    many = {"run": {"datasets": ["many"]}, "datasets": {"many": dataset}}
    (folder / "many.json").write_text(json.dumps(many))
    return folder


def photo_bytes() -> bytes:
    """A small PNG file."""
    import io

    from PIL import Image

    file = io.BytesIO()
    Image.new("RGB", (16, 16)).save(file, "PNG")
    return file.getvalue()


def seconds(folder: Path, *options: str) -> float:
    """Wall time of one call."""
    command = [sys.executable, "-m", "snakemake", "all", "--cores", "2", *options]
    start_s = time.monotonic()
    subprocess.run(
        [*command, "--configfile", "many.json"], cwd=folder, check=True, capture_output=True
    )
    return time.monotonic() - start_s


if __name__ == "__main__":
    main()
