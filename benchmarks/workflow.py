"""Time of Snakemake itself: a dry run, and a run with nothing left to do, by number of photos.

Photos are copies of one small file. A finished run is made of empty files in the place of all
outputs: Snakemake looks at their times and not into them.
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
    parser.add_argument("--turns", type=int, default=3, help="of every number of photos")
    parser.add_argument("--output", type=Path, help="JSON to write")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        projects = {count: project(Path(folder) / str(count), count) for count in PHOTOS}
        dry = {count: [] for count in PHOTOS}
        for _ in range(arguments.turns):
            for count, where in projects.items():
                dry[count].append(seconds(where, "--dry-run"))
        for where in projects.values():
            finish(where)
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


def finish(folder: Path) -> None:
    """Put something in the place of every output, and tell Snakemake that it is done."""
    listed = snakemake(folder, "--summary").splitlines()
    outputs = [line.split("\t")[0] for line in listed if line.startswith("results/")]
    for output in (folder / name for name in outputs):
        output.parent.mkdir(parents=True, exist_ok=True)
        # Outputs without an ending are folders.
        output.touch() if output.suffix else output.mkdir(exist_ok=True)
    snakemake(folder, "--touch")


def snakemake(folder: Path, *options: str) -> str:
    """Its standard output."""
    command = [sys.executable, "-m", "snakemake", "all", "--cores", "2", *options]
    return subprocess.run(
        [*command, "--configfile", "many.json"],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    ).stdout


def seconds(folder: Path, *options: str) -> float:
    """Wall time of one call."""
    start_s = time.monotonic()
    snakemake(folder, *options)
    return time.monotonic() - start_s


if __name__ == "__main__":
    main()
