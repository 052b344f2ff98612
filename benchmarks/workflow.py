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

# Photos, and the folders in which they lie.
SIZES = {
    "10": (10, 1),
    "1,000": (1_000, 1),
    "10,000, each in a folder": (10_000, 10_000),
    "100,000": (100_000, 1),
}
FEWEST = "10"
COPIED = ("Snakefile", "workflow", "config", "envs", "profiles")


def main() -> None:
    """Measure every size in turns."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=3, help="of every number of photos")
    parser.add_argument("--output", type=Path, help="JSON to write")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        projects = {
            size: project(Path(folder) / str(number), *counts)
            for number, (size, counts) in enumerate(SIZES.items())
        }
        dry = {size: [] for size in SIZES}
        for _ in range(arguments.turns):
            for size, where in projects.items():
                dry[size].append(seconds(where, "--dry-run"))
        for where in projects.values():
            finish(where)
        nothing = {size: [] for size in SIZES}
        for _ in range(arguments.turns):
            for size, where in projects.items():
                nothing[size].append(seconds(where))
    write(
        {
            "dry_run_s": {size: spread(values) for size, values in dry.items()},
            "no_op_s": {size: spread(values) for size, values in nothing.items()},
            "dry_run_to_fewest": {size: ratio(dry[size], dry[FEWEST]) for size in SIZES},
            "no_op_to_fewest": {size: ratio(nothing[size], nothing[FEWEST]) for size in SIZES},
        },
        arguments.output,
    )


def project(folder: Path, photos: int, folders: int) -> Path:
    """A checkout with photos, in one folder or several, and a configuration that names them."""
    folder.mkdir()
    for name in COPIED:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copyfile
        copy(ROOT / name, folder / name)
    photo = photo_bytes()
    for number in range(folders):
        (folder / f"photos/{number}").mkdir(parents=True)
    for number in range(photos):
        (folder / f"photos/{number % folders}/{number}.png").write_bytes(photo)
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
    # As users call it: `python -m` would look for modules in the folder of photos, too.
    command = [Path(sys.executable).with_name("snakemake"), "all", "--cores", "2", *options]
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
