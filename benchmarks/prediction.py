"""Megapixels of output a second and peak memory: whole, in tiles, and by each runtime.

The paper's network and the project's, x2, with random weights, which cost what trained ones do.
Every turn is a process of its own, which predicts one image after a small one that does not count,
and up to a megapixel after the same image.
"""

import argparse
import json
import tempfile
import time
from pathlib import Path

from turns import in_process, ratio, spread, write

# Sides of the output in px: 0.96, 6 and 24 megapixels.
SIZES_PX = {"0.96": (1200, 800), "6": (3000, 2000), "24": (6000, 4000)}
NETWORKS = ("paper_autoencoder", "lr_autoencoder")
ENDINGS = {"keras": ".keras", "onnxruntime": ".onnx", "litert": ".tflite"}
# Beyond these, whole images take many gigabytes, and other runtimes many minutes.
WHOLE_UP_TO = {"paper_autoencoder": "0.96", "lr_autoencoder": "6"}
WARMED_PX = 10**6
OTHERS_UP_TO = {"paper_autoencoder": "6", "lr_autoencoder": "24"}


def main() -> None:
    """Measure in turns, or be one of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=2, help="of every way")
    parser.add_argument("--threads", type=int, default=2, help="CPU threads")
    parser.add_argument("--output", type=Path, help="JSON to write")
    parser.add_argument("--network", type=Path, help="be one turn with this file")
    parser.add_argument("--way", choices=("model.predict", "compiled", "ours"), help="how")
    parser.add_argument("--size-px", type=int, nargs=2, help="width and height of the output")
    parser.add_argument("--memory-mb", type=float, help="most for features; whole without")
    arguments = parser.parse_args()
    if arguments.network:
        print(json.dumps(turn(arguments)))
        return
    with tempfile.TemporaryDirectory() as folder:
        files = {name: exported(name, Path(folder)) for name in NETWORKS}
        rows = [row for name in NETWORKS for row in measured(name, files[name], arguments)]
    write({"threads": arguments.threads, "rows": rows}, arguments.output)


def exported(name: str, folder: Path) -> dict[str, Path]:
    """A network in a file for each runtime."""
    from superres.networks import architectures, conversion, keras_files

    model = architectures.build(name, 2)
    files = {runtime: folder / f"{name}{ending}" for runtime, ending in ENDINGS.items()}
    keras_files.save(model, files["keras"])
    for runtime in ("onnxruntime", "litert"):
        conversion.write(model, 2, files[runtime])
    return files


def measured(name: str, files: dict[str, Path], arguments: argparse.Namespace) -> list[dict]:
    """Rows of one network: every size by every way, in turns."""
    from superres.core import memory

    rows = []
    for size, (width_px, height_px) in SIZES_PX.items():
        options = ["--threads", str(arguments.threads)]
        options += ["--size-px", str(width_px), str(height_px)]
        tiles = ["--memory-mb", str(memory.ENOUGH_MB)]
        runtimes = files if float(size) <= float(OTHERS_UP_TO[name]) else ["litert"]
        ways = {(runtime, "tiles"): ("ours", *tiles) for runtime in runtimes}
        if float(size) <= float(WHOLE_UP_TO[name]):
            ways |= {(runtime, "whole"): ("ours",) for runtime in files}
        # Keras itself runs bicubic up-sampling, which only our network has, at fixed sizes alone.
        if size == "0.96" and name == "paper_autoencoder":
            ways |= {("keras", way): (way,) for way in ("model.predict", "compiled")}
        turns = {way: [] for way in ways}
        for _ in range(arguments.turns):
            for (runtime, way), chosen in ways.items():
                command = ["--network", str(files[runtime]), "--way", *chosen, *options]
                turns[runtime, way].append(in_process(__file__, *command))
        rates = {way: [turn["megapixels_per_s"] for turn in turns[way]] for way in ways}
        for (runtime, way), values in turns.items():
            rows.append(
                {
                    "network": name,
                    "megapixels": float(size),
                    "runtime": runtime,
                    "way": way,
                    "megapixels_per_s": spread(rates[runtime, way]),
                    "to_litert_in_tiles": ratio(rates[runtime, way], rates["litert", "tiles"]),
                    "peak_mb": spread([turn["peak_mb"] for turn in values])["median"],
                }
            )
    return rows


def turn(arguments: argparse.Namespace) -> dict:
    """Predict one image after a small one."""
    import numpy as np

    from superres.core import memory

    width_px, height_px = (side_px // 2 for side_px in arguments.size_px)
    lr = np.random.default_rng(0).integers(0, 256, (height_px, width_px, 3)).astype(np.uint8)
    predict = predictor(arguments)
    predict(lr[:32, :32])
    if width_px * height_px < WARMED_PX:
        # Functions are compiled, and memory is reserved, for a size.
        predict(lr)
    start_s = time.monotonic()
    predict(lr)
    elapsed_s = time.monotonic() - start_s
    return {
        "megapixels_per_s": 4 * width_px * height_px / 1e6 / elapsed_s,
        "peak_mb": memory.peak_mb(),
    }


def predictor(arguments: argparse.Namespace):
    """From an LR image to its HR image, in the given way."""
    import numpy as np

    from superres.networks.anatomy import Network
    from superres.networks.prediction import predict
    from superres.networks.runtimes import open_network

    network = open_network(arguments.network, arguments.threads)
    if arguments.way != "ours":
        import tensorflow as tf

        from superres.networks import keras_files

        model = keras_files.load(arguments.network)
        run = (
            (lambda x: model.predict(x, verbose=0))
            if arguments.way == "model.predict"
            else tf.function(lambda x: model(x, training=False))
        )
        network = Network(network.anatomy, network.scale, lambda x: np.asarray(run(x)))
    limit = {} if arguments.memory_mb is None else {"memory_mb": arguments.memory_mb}
    return lambda lr: predict(network, lr, 2, **limit)


if __name__ == "__main__":
    main()
