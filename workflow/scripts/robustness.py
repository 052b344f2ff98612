"""Gain of a network by the kind of LR image: other kernels, blur, noise, JPEG."""

from pathlib import Path
from typing import Annotated

import tyro

from superres.core.console import run

SOURCE = tyro.conf.create_mutex_group(required=True)


def robustness(
    network: Path,
    scale: int,
    output: Path,
    pairs: Annotated[list[Path] | None, SOURCE] = None,
    photos: Annotated[Path | None, SOURCE] = None,
) -> None:
    """Measure a network on LR images that are not clean bicubic.

    Args:
        network: .onnx, .tflite or .keras file.
        scale: whole factor.
        output: CSV to write.
        pairs: folders with hr/, of test photos.
        photos: folder of HR photos, instead of pairs.
    """
    from superres.core import csv_tables
    from superres.core.console import tracked
    from superres.core.errors import InputError
    from superres.data import pair_files, photo_sources
    from superres.images.degradations import mod_crop
    from superres.images.rgb_files import read_rgb
    from superres.networks import prediction
    from superres.networks.runtimes import open_network
    from superres.scoring import lr_gains

    if pairs is not None:
        files = {pair.photo: pair.hr for pair in pair_files.photos(pairs)}
    else:
        files = {source.photo: source.file for source in photo_sources.folder(photos)[0]}
    opened = open_network(network, threads=1)
    if opened.scale not in (None, scale):
        raise InputError(f"{network}: its factor is {opened.scale}; give --scale {opened.scale}")
    scores = lr_gains.gains(
        lambda lr: prediction.predict(opened, lr, scale),
        (
            (photo, mod_crop(read_rgb(file), scale))
            for photo, file in tracked(list(files.items()), "photos")
        ),
        scale,
    )
    rows = lr_gains.summary(scores)
    csv_tables.write(csv_tables.frame(rows, "robustness"), output, "robustness")


if __name__ == "__main__":
    run(robustness)
