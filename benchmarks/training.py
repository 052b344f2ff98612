"""The training step of the paper's network, beside plain Keras and beside the machine's ceiling.

End to end: whole photos of one size, batches of four, either by this workflow's `train` step and
its environment variables, or by `model.fit` on two ImageDataGenerators as the public notebooks do.
Ceiling: floating-point operations a second of the step on data in memory, of one large convolution
with its gradients, and of one large matrix product, all in one process. Three times a forward pass
count as a step, a multiply-add as two operations.
"""

import argparse
import json
import tempfile
import time
from pathlib import Path

from turns import in_process, ratio, spread, write

SIZE_PX = (240, 160)
BATCH_SIZE = 4
PHOTOS = 24
CHANNELS = 128
MATRIX = 3000


def main() -> None:
    """Measure in turns, or be one of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=3, help="of every way")
    parser.add_argument("--threads", type=int, default=2, help="CPU threads")
    parser.add_argument("--output", type=Path, help="JSON to write")
    parser.add_argument("--photos", type=Path, help="folder with hr/ and lr/, for one turn")
    parser.add_argument("--way", choices=("ours", "notebook", "ceiling"), help="be one turn")
    arguments = parser.parse_args()
    if arguments.way:
        ways = {"ours": ours, "notebook": notebook, "ceiling": ceiling}
        print(json.dumps(ways[arguments.way](arguments)))
        return
    from superres.core import memory

    with tempfile.TemporaryDirectory() as folder:
        make_photos(Path(folder))
        options = ["--photos", folder, "--threads", str(arguments.threads)]
        turns = {"ours": [], "notebook": [], "ceiling": []}
        for _ in range(arguments.turns):
            for way, done in turns.items():
                # As rule `train` sets it.
                allocator = {} if way == "notebook" else {"GLIBC_TUNABLES": memory.ALLOCATOR}
                done.append(in_process(__file__, "--way", way, *options, environment=allocator))
    rates = {way: [turn["images_per_s"] for turn in turns[way]] for way in ("ours", "notebook")}
    step, convolution, matrix = (
        [turn[key] for turn in turns["ceiling"]] for key in ("step", "convolution", "matrix")
    )
    write(
        {
            "threads": arguments.threads,
            "images_per_s": {way: spread(values) for way, values in rates.items()},
            "ours_to_notebook": ratio(rates["ours"], rates["notebook"]),
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


def ours(arguments: argparse.Namespace) -> dict:
    """Epochs on the workflow's own input pipeline."""
    from superres.data.pair_files import Pair
    from superres.training.batches import image_batches, keras_order

    files = sorted((arguments.photos / "hr").iterdir())
    found = [
        Pair(
            file.stem,
            arguments.photos / f"lr/{file.stem}.png",
            file,
            arguments.photos / f"enlarged/{file.stem}.png",
        )
        for file in files
    ]
    model = model_of(arguments.threads)
    batches = image_batches(found, lambda: keras_order(len(found), BATCH_SIZE, 0), SIZE_PX)
    scaled = batches.map(lambda x, y: (as_floats(x), as_floats(y)))
    steps = len(found) // BATCH_SIZE
    return timed(lambda: model.fit(scaled, epochs=1, steps_per_epoch=steps, verbose=0), len(found))


def as_floats(images):
    """Bytes on [0, 1]."""
    import tensorflow as tf

    return tf.cast(images, tf.float32) / 255.0


def notebook(arguments: argparse.Namespace) -> dict:
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


if __name__ == "__main__":
    main()
