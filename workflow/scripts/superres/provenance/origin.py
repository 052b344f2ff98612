"""Origin of results: code, data, configuration and machine."""

import json
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path

from superres.core import csv_tables
from superres.core.checksums import sha256

PROJECT = Path(__file__).parents[4]
# Beside code that Snakemake took from a host; written by workflow/rules/project.smk.
COMMIT = ".commit"


def commit(project: Path = PROJECT) -> str:
    """The commit that the workflow's code is at, or why there is none.

    Args:
        project: folder of the workflow.

    Returns:
        40 hexadecimal digits, followed by " with changes" where files differ from it.
    """
    if (project / COMMIT).is_file():
        return (project / COMMIT).read_text()
    try:
        # The first fails where the checkout around the folder is not the workflow's own.
        _, head, changes = (
            subprocess.run(
                ["git", "-C", project, *command], check=True, capture_output=True, text=True
            ).stdout.strip()
            for command in (
                ("ls-files", "--error-unmatch", "Snakefile"),
                ("rev-parse", "HEAD"),
                ("status", "--porcelain", "."),
            )
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown: no git checkout"
    return f"{head} with changes" if changes else head


def of_network(
    network: Path,
    method: str,
    scale: int,
    recipe: dict,
    photos: list[Path],
    split: Path,
    timing: Path,
    benchmark: Path,
) -> dict:
    """What made a network.

    Args:
        network: its file.
        method: its name in the benchmark.
        scale: whole factor.
        recipe: an entry of `models` in the configuration, and how LR images were made.
        photos: tables of the schema `photos`.
        split: table of the schema `split`.
        timing: JSON of the training.
        benchmark: table of the schema `benchmark`.

    Returns:
        What JSON can hold: checksum and size in bytes of the file, commit of the code, method,
        scale, recipe, every photo with its checksum and what it served for, versions, timing, and
        the scores of all methods at that scale.
    """
    measured = json.loads(timing.read_text())
    of_photo = csv_tables.read(photos, "photos").set_index("photo")["sha256"]
    served = csv_tables.read([split], "split")
    scores = csv_tables.read([benchmark], "benchmark")
    return {
        "sha256": sha256(network),
        "bytes": network.stat().st_size,
        "commit": commit(),
        "method": method,
        "scale": scale,
        "recipe": recipe,
        "photos": [
            {"photo": row.photo, "split": row.split, "sha256": of_photo[row.photo]}
            for row in served.itertuples()
        ],
        "versions": {
            "python": platform.python_version(),
            "tensorflow": measured["tensorflow"],
            **{name: version(name) for name in ("openvino", "numpy", "pillow")},
        },
        "training": measured,
        "benchmark": json.loads(scores[scores["scale"] == scale].to_json(orient="records")),
    }
