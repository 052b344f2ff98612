"""The network that is bundled with the workflow, and a record of where it comes from."""

import json
from functools import partial
from pathlib import Path

from superres.core.console import run
from superres.core.precisions import Precision


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
    """Write a network to be bundled, with a file that says where it comes from.

    Its weights are rounded to half precision, so that it takes half the space.

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
    from superres.networks import half_weights
    from superres.networks.prediction import predict
    from superres.networks.runtimes import open_network
    from superres.provenance import origin
    from superres.scoring import precision_loss

    with appearing(output) as unfinished:
        unfinished.write_bytes(half_weights.halved(network.read_bytes()))
    made = {"degradation": degradation}
    if realistic:
        made["realistic"] = json.loads(realistic)
    record = origin.of_network(
        output,
        method,
        scale,
        json.loads(recipe) | made,
        photos,
        split,
        timing,
        benchmark,
    )
    measured = open_network(network, threads=1)
    record["macs_per_hr_px"] = measured.anatomy.macs_per_hr_px
    exact = partial(predict, measured, scale=scale)
    found = pair_files.photos(pairs)

    def lost_db(precision: Precision) -> dict[str, float]:
        shipped = open_network(output, threads=1, precision=precision)
        return precision_loss.lost_db(exact, partial(predict, shipped, scale=scale), found, scale)

    # What its scores were measured with, less what is bundled.
    record["float16_weights"] = lost_db("float32")
    half = processor.multiplies_bfloat16()
    record["bfloat16"] = lost_db("bfloat16") if half else None
    write_text(provenance, json.dumps(record, indent=2) + "\n")


if __name__ == "__main__":
    run(release)
