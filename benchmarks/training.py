"""Training of the networks of the default, beside plain Keras and beside the machine's ceiling.

End to end, by this workflow's `train` step in float32 and in what it chooses on this machine, and
by plain `model.fit` in float32: the paper's network on whole photos of one size, in batches of
four, from two ImageDataGenerators as in the public notebooks; `lr_autoencoder` on patches of the
default, from a PyDataset.
Ceiling: floating-point operations a second of the paper's step on data in memory, of one large
convolution with its gradients, and of one large matrix product, all in float32 and in one process.
Three times a forward pass count as a step, a multiply-add as two operations.
"""

import argparse
import json
import tempfile
import time
from functools import partial
from pathlib import Path

from turns import default_config, in_process, ratio, spread, write

SIZE_PX = (240, 160)
BATCH_SIZE = 4
PHOTOS = 24
STEPS = 400
CHANNELS = 128
MATRIX = 3000


def main() -> None:
    """Measure in turns, or be one of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=3, help="of every way")
    parser.add_argument("--threads", type=int, default=2, help="CPU threads")
    parser.add_argument("--output", type=Path, help="JSON to write")
    parser.add_argument("--photos", type=Path, help="folder with hr/ and lr/, for one turn")
    parser.add_argument("--way", choices=WAYS, help="be one turn")
    arguments = parser.parse_args()
    if arguments.way:
        print(json.dumps(WAYS[arguments.way](arguments)))
        return
    from superres.core import memory

    with tempfile.TemporaryDirectory() as folder:
        make_photos(Path(folder))
        options = ["--photos", folder, "--threads", str(arguments.threads)]
        turns = {way: [] for way in WAYS}
        for _ in range(arguments.turns):
            for way, done in turns.items():
                # As rule `train` sets it.
                allocator = {} if "plain" in way else {"GLIBC_TUNABLES": memory.ALLOCATOR}
                done.append(in_process(__file__, "--way", way, *options, environment=allocator))
    ceilings = turns.pop("ceiling")
    rates = {way: [turn["images_per_s"] for turn in done] for way, done in turns.items()}
    step, convolution, matrix = (
        [turn[key] for turn in ceilings] for key in ("step", "convolution", "matrix")
    )
    write(
        {
            "threads": arguments.threads,
            "patches_per_batch": PATCHES["training"]["batch_size"],
            "precisions": {way: done[0].get("precision", "float32") for way, done in turns.items()},
            "images_per_s": {way: spread(values) for way, values in rates.items()},
            "to_plain": {
                way: ratio(values, rates[f"{way.partition(', ')[0]}, plain"])
                for way, values in rates.items()
            },
            "gflop_per_s": {
                "step": spread(step),
                "convolution": spread(convolution),
                "matrix product": spread(matrix),
            },
            "step_to_convolution": ratio(step, convolution),
            "step_to_matrix_product": ratio(step, matrix),
        },
        arguments.output,
    )


def make_photos(folder: Path) -> None:
    """Pairs as the pair step leaves them."""
    import numpy as np
    from PIL import Image

    from superres.data import photo_sources
    from superres.images.rgb_files import read_rgb

    for side in ("hr", "lr", "enlarged"):
        (folder / side).mkdir()
    rng = np.random.default_rng(0)
    photos = [Image.fromarray(read_rgb(source.file)) for source in photo_sources.from_packages()]
    for number in range(PHOTOS):
        photo = photos[number % len(photos)].resize(SIZE_PX)
        noisy = np.asarray(photo) + rng.integers(0, 9, (*SIZE_PX[::-1], 3))
        hr = Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8))
        hr.save(folder / f"hr/{number:02}.jpg", quality=90)
        lr = hr.resize((SIZE_PX[0] // 2, SIZE_PX[1] // 2), Image.Resampling.BICUBIC)
        lr.save(folder / f"lr/{number:02}.png")
        lr.resize(SIZE_PX, Image.Resampling.NEAREST).save(folder / f"enlarged/{number:02}.png")


def timed(run, images: int) -> dict:
    """Images a second of an epoch, after one that does not count."""
    run()
    start_s = time.monotonic()
    run()
    return {"images_per_s": images / (time.monotonic() - start_s)}


def model_of(threads: int):
    """The paper's network, compiled as the paper did."""
    import tensorflow as tf

    from superres.networks import architectures

    tf.config.threading.set_intra_op_parallelism_threads(threads)
    model = architectures.build("paper_autoencoder", 2)
    model.compile("adam", "mse")
    return model


def ours(
    arguments: argparse.Namespace, recipe: dict, precision: str, threads: int | None = None
) -> dict:
    """Images a second of this workflow's own training, on as many threads as asked for."""
    from superres.config.sections.models import Model
    from superres.networks import determinism
    from superres.training import fit
    from superres.training import recipe as recipes
    from superres.training.epoch_checkpoints import States

    threads = threads or arguments.threads
    determinism.fix(0, threads)
    training = recipe["training"] | {"precision": precision, "threads": threads}
    model = Model(**recipe | {"training": training})
    found = pairs(arguments.photos)
    with tempfile.TemporaryDirectory() as folder:
        _, _, timing = fit.train(
            recipes.read(model.model_dump_json(exclude_none=True)),
            found,
            found[:1],
            2,
            0,
            States(Path(folder)),
        )
    return {key: timing[key] for key in ("images_per_s", "precision")}


def pairs(folder: Path) -> list:
    """The pairs of a folder."""
    from superres.data.pair_files import Pair

    return [
        Pair(
            file.stem,
            folder / f"lr/{file.stem}.png",
            file,
            folder / f"enlarged/{file.stem}.png",
        )
        for file in sorted((folder / "hr").iterdir())
    ]


def plain_patches(arguments: argparse.Namespace) -> dict:
    """The same patches from a PyDataset."""
    import keras
    import tensorflow as tf

    from superres.networks import architectures
    from superres.training.batches import PatchBatches, PhotoPool

    batch_size = PATCHES["training"]["batch_size"]
    pool = PhotoPool(pairs(arguments.photos), 1000, 0)
    patches = PatchBatches(pool.at, 2, 1, 64, batch_size, STEPS, 0, "photo", ("flip", "turn"))

    class Batches(keras.utils.PyDataset):
        def __len__(self):
            return STEPS

        def __getitem__(self, position):
            return patches.at(0, position)

    # On one CPU, as ours, beside which the default trains another network.
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    model = architectures.build(PATCHES["architecture"], 2, **PATCHES["options"])
    model.compile("adam", "mae")
    return timed(lambda: model.fit(Batches(), epochs=1, verbose=0), STEPS * batch_size)


def plain_images(arguments: argparse.Namespace) -> dict:
    """Epochs on two ImageDataGenerators."""
    from tensorflow.keras.preprocessing.image import ImageDataGenerator

    flows = [
        ImageDataGenerator(rescale=1 / 255).flow_from_directory(
            arguments.photos,
            classes=[side],
            target_size=SIZE_PX[::-1],
            class_mode=None,
            batch_size=BATCH_SIZE,
            seed=0,
        )
        for side in ("enlarged", "hr")
    ]
    # Keras takes a generator and no zip.
    pairs = (pair for pair in zip(*flows, strict=True))
    model = model_of(arguments.threads)
    steps = PHOTOS // BATCH_SIZE
    return timed(lambda: model.fit(pairs, epochs=1, steps_per_epoch=steps, verbose=0), PHOTOS)


def ceiling(arguments: argparse.Namespace) -> dict:
    """10^9 floating-point operations a second of the step, a convolution and a matrix product."""
    import numpy as np
    import tensorflow as tf

    from superres.networks.graph_analysis import anatomy

    model = model_of(arguments.threads)
    width_px, height_px = SIZE_PX
    images = np.random.default_rng(0).random((BATCH_SIZE, height_px, width_px, 3), np.float32)
    macs = anatomy(model).macs_per_hr_px * width_px * height_px * BATCH_SIZE
    x = tf.random.normal((BATCH_SIZE, height_px // 2, width_px // 2, CHANNELS))
    kernel = tf.random.normal((3, 3, CHANNELS, CHANNELS))
    matrix = tf.random.normal((MATRIX, MATRIX))

    @tf.function
    def convolution():
        with tf.GradientTape() as tape:
            tape.watch([x, kernel])
            loss = tf.reduce_sum(tf.square(tf.nn.conv2d(x, kernel, 1, "SAME")))
        return [tf.reduce_sum(gradient) for gradient in tape.gradient(loss, [x, kernel])]

    product = tf.function(lambda: tf.reduce_sum(matrix @ matrix))
    convolution_macs = 9 * CHANNELS**2 * (width_px // 2) * (height_px // 2) * BATCH_SIZE
    return {
        "step": gflop_per_s(lambda: model.train_on_batch(images, images), 3 * macs),
        "convolution": gflop_per_s(lambda: convolution()[0].numpy(), 3 * convolution_macs),
        "matrix": gflop_per_s(lambda: product().numpy(), MATRIX**3),
    }


def gflop_per_s(run, macs: float, times: int = 2) -> float:
    """Mean over some times, after one that does not count."""
    run()
    start_s = time.monotonic()
    for _ in range(times):
        run()
    return 2 * macs * times / (time.monotonic() - start_s) / 1e9


IMAGES = {
    "architecture": "paper_autoencoder",
    "training": {"input": "images", "loss": "mse", "batch_size": BATCH_SIZE, "epochs": 2},
}
PATCHES = default_config()["models"]["lr_autoencoder"]
PATCHES["training"] |= {"epochs": 2, "steps_per_epoch": STEPS}
WAYS = {
    "paper_autoencoder, plain": plain_images,
    "paper_autoencoder, float32": partial(ours, recipe=IMAGES, precision="float32"),
    "paper_autoencoder, auto": partial(ours, recipe=IMAGES, precision="auto"),
    "lr_autoencoder, plain": plain_patches,
    "lr_autoencoder, float32": partial(ours, recipe=PATCHES, precision="float32", threads=1),
    "lr_autoencoder, auto": partial(ours, recipe=PATCHES, precision="auto", threads=1),
    "ceiling": ceiling,
}

if __name__ == "__main__":
    main()
