"""The network that is bundled with the workflow, and a record of where it comes from."""

import json
import shutil
from pathlib import Path

from superres.core.console import run


def release(
    network: Path,
    method: str,
    scale: int,
    recipe: str,
    degradation: str,
    photos: list[Path],
    split: Path,
    timing: Path,
    benchmark: Path,
    output: Path,
    provenance: Path,
    realistic: str | None = None,
) -> None:
    """Copy a network to be bundled, with a file that says where it comes from.

    Args:
        network: .tflite file.
        method: its name in the benchmark.
        scale: whole factor.
        recipe: JSON, how it was built and trained.
        degradation: how the LR images were made that it learned from.
        photos: CSV of the photos.
        split: CSV of the split.
        timing: JSON of the training.
        benchmark: CSV of the scores.
        output: .tflite file to write.
        provenance: JSON to write.
        realistic: JSON, ranges of the degradation of that name.
    """
    from superres.core.atomic import appearing, write_text
    from superres.provenance import origin

    made = {"degradation": degradation}
    if realistic:
        made["realistic"] = json.loads(realistic)
    record = origin.of_network(
        network,
        method,
        scale,
        json.loads(recipe) | made,
        photos,
        split,
        timing,
        benchmark,
    )
    with appearing(output) as unfinished:
        shutil.copyfile(network, unfinished)
    write_text(provenance, json.dumps(record, indent=2) + "\n")


if __name__ == "__main__":
    run(release)
