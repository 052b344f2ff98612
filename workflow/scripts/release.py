"""The network that is bundled with the workflow, and a record of where it comes from."""

import json
import shutil
from functools import partial
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
    pairs: list[Path],
    output: Path,
    provenance: Path,
    realistic: str | None = None,
) -> None:
    """Copy a network to be bundled, with a file that says where it comes from.

    Args:
        network: .onnx file.
        method: its name in the benchmark.
        scale: whole factor.
        recipe: JSON, how it was built and trained.
        degradation: how the LR images were made that it learned from.
        photos: CSV of the photos.
        split: CSV of the split.
        timing: JSON of the training.
        benchmark: CSV of the scores.
        pairs: folders with lr/ and hr/, of test photos, for what it loses in bfloat16.
        output: .onnx file to write.
        provenance: JSON to write.
        realistic: JSON, ranges of the degradation of that name.
    """
    from superres.core import processor
    from superres.core.atomic import appearing, write_text
    from superres.data import pair_files
    from superres.networks.prediction import predict
    from superres.networks.runtimes import open_network
    from superres.provenance import origin
    from superres.scoring import precision_loss

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
    record["bfloat16"] = None
    if processor.multiplies_bfloat16():
        exact, fast = (
            partial(predict, open_network(network, threads=1, precision=precision), scale=scale)
            for precision in ("float32", "bfloat16")
        )
        record["bfloat16"] = precision_loss.lost_db(exact, fast, pair_files.photos(pairs), scale)
    with appearing(output) as unfinished:
        shutil.copyfile(network, unfinished)
    write_text(provenance, json.dumps(record, indent=2) + "\n")


if __name__ == "__main__":
    run(release)
