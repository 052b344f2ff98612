"""The input pipelines alone: whole images beside the notebook's ImageDataGenerator, and patches.

Both read the same 1200x800 px pairs in the same order, in turns and each in a process of its own;
ratios are medians over the turns. Memory is the highest resident size after reading few and many.
Patches (64 px, in batches as the default trains) come from few and from many photos of that
size, of which a limited part is held.
"""

import argparse
import dataclasses
import itertools
import json
import statistics
import tempfile
import time
from pathlib import Path

from turns import default_config, in_process, ratio, spread, write

SCALES = (2, 4, 6)
SIZE_PX = (1200, 800)
BATCH_SIZE = 4
SEED = 42
PIPELINES = ("ours", "notebook")
PATCH_PX = 64
PATCHES_PER_BATCH = default_config()["models"]["lr_autoencoder"]["training"]["batch_size"]
PATCH_EPOCHS = 4
HELD_MB = 200
PHOTOS = (50, 1_000)


def main() -> None:
    """Measure in turns and print one table, or be one of the turns."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dataset", type=Path, help="folder with image_data.csv; made if missing")
    parser.add_argument("--batches", type=int, default=40, help="batches a turn")
    parser.add_argument("--turns", type=int, default=5, help="of each pipeline")
    parser.add_argument("--output", type=Path, help="JSON to write")
    parser.add_argument("--prepared", type=Path, help="folder of HR files, for one turn")
    parser.add_argument("--pipeline", choices=(*PIPELINES, "patches"), help="be one turn of it")
    parser.add_argument("--photos", type=int, help="number of photos, for one turn of patches")
    arguments = parser.parse_args()
    if arguments.pipeline:
        chosen = patches if arguments.pipeline == "patches" else turn
        print(json.dumps(chosen(arguments)))
        return
    with tempfile.TemporaryDirectory() as folder:
        dataset = arguments.dataset or make_dataset(Path(folder))
        prepared = prepare(dataset, Path(folder) / "prepared")
        measured = {name: [] for name in PIPELINES}
        for _ in range(arguments.turns):
            for name in PIPELINES:
                measured[name].append(in_turn(name, dataset, prepared, arguments.batches))
        many = in_turn("ours", dataset, prepared, arguments.batches * 8)
        drawn = {
            count: in_turn("patches", dataset, prepared, 1000, "--photos", str(count))
            for count in PHOTOS
        }
    of_patches = {"patches": drawn, "patches_per_batch": PATCHES_PER_BATCH, "held_mb": HELD_MB}
    write(summary(measured, many) | of_patches, arguments.output)


def summary(measured: dict[str, list[dict]], many: dict) -> dict:
    """Rates, the ratio of all turns, and memory."""
    rates = {name: [turn["images_per_s"] for turn in turns] for name, turns in measured.items()}
    return {
        "images_per_s": {name: spread(values) for name, values in rates.items()},
        "ours_to_notebook": ratio(rates["ours"], rates["notebook"]),
        "peak_mb": statistics.median(turn["peak_mb"] for turn in measured["ours"]),
        "peak_mb_after_8_times_as_many": many["peak_mb"],
    }


def in_turn(pipeline: str, dataset: Path, prepared: Path, batches: int, *more: str) -> dict:
    """One turn in a fresh process."""
    options = ["--dataset", str(dataset), "--prepared", str(prepared), "--batches", str(batches)]
    return in_process(__file__, "--pipeline", pipeline, *options, *more)


def turn(arguments: argparse.Namespace) -> dict:
    """Read batches after a first one that does not count."""
    from superres.core import memory

    pairs = listed(arguments.dataset)
    stream = ours(pairs, arguments.prepared) if arguments.pipeline == "ours" else notebook(pairs)
    next(stream)
    start_s = time.monotonic()
    images = sum(len(lr) for lr, _ in itertools.islice(stream, arguments.batches))
    seconds = time.monotonic() - start_s
    return {"images_per_s": images / seconds, "peak_mb": memory.peak_mb()}


def patches(arguments: argparse.Namespace) -> dict:
    """Epochs of patches, the first of which does not count, from copies of the dataset's photos."""
    from superres.core import memory
    from superres.data.pair_files import Pair
    from superres.images.rgb_files import read_rgb, write_png
    from superres.training.batches import PatchBatches, PhotoPool

    files = sorted(arguments.prepared.iterdir())
    for file in files:
        write_png(arguments.prepared.parent / f"{file.stem}.png", read_rgb(file)[::2, ::2])
    small = [arguments.prepared.parent / f"{file.stem}.png" for file in files]
    known = [Pair(file.stem, lr, file, None) for file, lr in zip(files, small, strict=True)]
    found = list(itertools.islice(itertools.cycle(known), arguments.photos))
    pool = PhotoPool(found, HELD_MB, SEED)
    options = {"batch_size": PATCHES_PER_BATCH, "batches": arguments.batches, "seed": SEED}
    stream = PatchBatches(pool.at, 2, 1, PATCH_PX, draw="photo", augment=["flip"], **options)
    rates = []
    for epoch in range(PATCH_EPOCHS):
        start_s = time.monotonic()
        for position in range(arguments.batches):
            stream.at(epoch, position)
        rates.append(arguments.batches / (time.monotonic() - start_s))
    return {"batches_per_s": statistics.median(rates[1:]), "peak_mb": memory.peak_mb()}


def ours(pairs: list, prepared: Path):
    """As `train` reads whole images, after the pair step has packed HR again."""
    from superres.training.batches import image_batches, keras_order

    found = [dataclasses.replace(pair, hr=prepared / pair.hr.name) for pair in pairs]
    return iter(image_batches(found, lambda: keras_order(len(found), BATCH_SIZE, SEED), SIZE_PX))


def notebook(pairs: list):
    """As the public notebooks read the dataset."""
    import pandas as pd
    from tensorflow.keras.preprocessing.image import ImageDataGenerator

    files = {"lr": [str(pair.enlarged) for pair in pairs], "hr": [str(pair.hr) for pair in pairs]}
    frame = pd.DataFrame(files)
    flows = [
        ImageDataGenerator(rescale=1 / 255).flow_from_dataframe(
            frame,
            x_col=column,
            target_size=SIZE_PX[::-1],
            class_mode=None,
            batch_size=BATCH_SIZE,
            seed=SEED,
        )
        for column in ("lr", "hr")
    ]
    return zip(*flows, strict=True)


def listed(dataset: Path) -> list:
    """The pairs of full size that the dataset's table lists."""
    from superres.data import photo_sources
    from superres.data.pair_files import Pair

    found, _ = photo_sources.table(dataset)
    pairs = [
        Pair(f"{source.photo}_{row.scale}", row.file, source.file, row.file)
        for source in found
        for row in source.rows
    ]
    return [pair for pair in pairs if pair.hr_size_px() == SIZE_PX]


def prepare(dataset: Path, folder: Path) -> Path:
    """HR files as the pair step keeps them."""
    from superres.images.jpeg import baseline

    folder.mkdir()
    for pair in listed(dataset):
        (folder / pair.hr.name).write_bytes(baseline(pair.hr))
    return folder


def make_dataset(folder: Path) -> Path:
    """The bundled photos, in the size and the file formats of the Kaggle dataset."""
    import numpy as np
    from PIL import Image

    from superres.data import photo_sources
    from superres.images.degradations import unsplash
    from superres.images.rgb_files import read_rgb

    for name in ("high res", "low res"):
        (folder / name).mkdir()
    lines = ["low_res,high_res"]
    for source in photo_sources.from_packages():
        hr = Image.fromarray(read_rgb(source.file)).resize(SIZE_PX, Image.Resampling.BICUBIC)
        hr.save(folder / f"high res/{source.photo}.jpg", quality=85, progressive=True)
        for scale in SCALES:
            stored = unsplash(np.asarray(hr), scale)
            (folder / f"low res/{source.photo}_{scale}.jpg").write_bytes(stored)
            lines.append(f"{source.photo}_{scale}.jpg,{source.photo}.jpg")
    (folder / "image_data.csv").write_text("\n".join(lines) + "\n")
    return folder


if __name__ == "__main__":
    main()
