"""Megapixels of output a second and peak memory: whole, in tiles, by each runtime and precision.

The paper's network and the bundled one, x2, with random weights, which cost what trained ones do.
Every turn is a process of its own, which predicts one image after a small one that does not count,
and up to a megapixel after the same image. Ours in tiles is measured on all CPUs as well.
"""

import argparse
import json
import tempfile
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from turns import SCRIPTS, in_process, ratio, spread, write

from superres.networks import agreement

# Sides of the output in px: 0.96, 6 and 24 megapixels.
SIZES_PX = {"0.96": (1200, 800), "6": (3000, 2000), "24": (6000, 4000)}
NETWORKS = ("paper_autoencoder", "residual")
# Beyond these, whole images take many gigabytes, and other runtimes many minutes.
WHOLE_UP_TO = {"paper_autoencoder": "0.96", "residual": "6"}
OTHERS_UP_TO = {"paper_autoencoder": "0.96", "residual": "24"}
WARMED_PX = 10**6
# Says how the bundled network is built.
BUNDLED = SCRIPTS.parent / "models/residual_x2.json"
# Rows and columns of the matrices whose product says what the processor can do.
MATRIX = 2048


@dataclass(frozen=True)
class Way(agreement.Way):
    """How a network is run, and `how`: in tiles, the whole image, or a way of Keras'."""

    how: str = "tiles"


OURS = Way("openvino", ".onnx")
FAST = replace(OURS, precision="bfloat16")
LITERT = Way("litert", ".tflite")
WHOLE = (
    *(replace(way, how="whole") for way in (OURS, FAST, LITERT)),
    Way("onnxruntime", ".onnx", how="whole"),
)
# Keras itself runs bicubic up-sampling, which the paper's network lacks, at fixed sizes alone.
KERAS = tuple(Way("keras", ".keras", how=how) for how in ("model.predict", "compiled"))


def main() -> None:
    """Measure in turns, or be one of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=2, help="of every way")
    parser.add_argument("--threads", type=int, default=1, help="CPU threads")
    parser.add_argument("--output", type=Path, help="JSON to write")
    parser.add_argument("--network", type=Path, help="be one turn with this file")
    parser.add_argument("--runtime", help="that runs it")
    parser.add_argument("--precision", help="of the products")
    parser.add_argument("--how", help="in tiles, the whole image, or a way of Keras'")
    parser.add_argument("--size-px", type=int, nargs=2, help="width and height of the output")
    parser.add_argument("--product", help="be one turn of a matrix product in this precision")
    arguments = parser.parse_args()
    if arguments.network:
        print(json.dumps(turn(arguments)))
        return
    if arguments.product:
        print(json.dumps({"gmac_per_s": product(arguments.product, arguments.threads)}))
        return
    with tempfile.TemporaryDirectory() as folder:
        rows = [row for name in NETWORKS for row in measured(name, Path(folder), arguments)]
    write({"threads": arguments.threads, "rows": rows}, arguments.output)


def measured(name: str, folder: Path, arguments: argparse.Namespace) -> list[dict]:
    """Rows of one network: every size in every way, in turns."""
    from superres.core import processor
    from superres.networks import architectures, conversion, graph_analysis, keras_files

    options = json.loads(BUNDLED.read_text())["recipe"]["options"] if name == "residual" else {}
    model = architectures.build(name, 2, **options)
    keras_files.save(model, folder / f"{name}.keras")
    for ending in conversion.WRITERS:
        conversion.write(model, 2, folder / f"{name}{ending}")
    macs_per_px = graph_analysis.anatomy(model).macs_per_hr_px
    threads = ["--threads", str(arguments.threads)]
    all_cpus = ["--threads", str(processor.usable())]
    rows = []
    for size, size_px in SIZES_PX.items():
        turns: dict[Way, list[dict]] = {way: [] for way in ways(name, size)}
        on_all: dict[Way, list[float]] = {way: [] for way in turns if way in (OURS, FAST)}
        products: dict[str, list[float]] = {way.precision: [] for way in turns}
        for _ in range(arguments.turns):
            for precision, rates in products.items():
                one = in_process(__file__, "--product", precision, *threads)
                rates.append(one["gmac_per_s"])
            for way, done in turns.items():
                command = ["--network", str(folder / f"{name}{way.ending}")]
                command += ["--runtime", way.runtime, "--precision", way.precision]
                command += ["--how", way.how, "--size-px", *map(str, size_px)]
                done.append(in_process(__file__, *command, *threads))
                if way in on_all:
                    one = in_process(__file__, *command, *all_cpus)
                    on_all[way].append(one["megapixels_per_s"])
        for way, done in turns.items():
            per_s, per_cpu_s, ours_per_cpu_s = (
                [one[key] for one in of]
                for of, key in (
                    (done, "megapixels_per_s"),
                    (done, "megapixels_per_cpu_s"),
                    (turns[OURS], "megapixels_per_cpu_s"),
                )
            )
            gmac_per_s = [rate * macs_per_px / 1e3 for rate in per_s]
            rows.append(
                {
                    "network": name,
                    "megapixels": float(size),
                    **asdict(way),
                    "megapixels_per_s": spread(per_s),
                    "megapixels_per_cpu_s": spread(per_cpu_s),
                    "to_ours": ratio(per_cpu_s, ours_per_cpu_s),
                    "on_all_cpus_per_s": spread(on_all[way]) if way in on_all else None,
                    "of_product": ratio(gmac_per_s, products[way.precision]),
                    "peak_mb": spread([one["peak_mb"] for one in done])["median"],
                }
            )
    return rows


def ways(name: str, size: str) -> list[Way]:
    """What is measured of a network at a size, as far as the processor knows the precision."""
    from superres.core import processor

    chosen = [OURS, FAST]
    if float(size) <= float(WHOLE_UP_TO[name]):
        chosen += WHOLE
    if float(size) <= float(OTHERS_UP_TO[name]):
        chosen.append(LITERT)
    if size == "0.96" and name == "paper_autoencoder":
        chosen += KERAS
    half = processor.multiplies_bfloat16()
    return [way for way in chosen if half or way.precision == "float32"]


def product(precision: str, threads: int) -> float:
    """Multiply-adds a second (10^9) of a product of two large matrices."""
    import numpy as np

    from superres.networks import openvino_start, runtimes

    openvino = openvino_start.load()
    inputs = [openvino.opset1.parameter([MATRIX, MATRIX], np.float32) for _ in range(2)]
    model = openvino.Model([openvino.opset1.matmul(*inputs, False, False)], inputs)
    compiled = runtimes.Compiled(openvino.Core(), model, precision, threads)
    x = np.random.default_rng(0).random((MATRIX, MATRIX), np.float32)
    elapsed_s = []
    for _ in range(5):
        start_s = time.monotonic()
        compiled(x, x)
        elapsed_s.append(time.monotonic() - start_s)
    return MATRIX**3 / 1e9 / min(elapsed_s)


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
    start_s, start_cpu_s = time.monotonic(), time.process_time()
    predict(lr)
    elapsed_s, elapsed_cpu_s = time.monotonic() - start_s, time.process_time() - start_cpu_s
    megapixels = 4 * width_px * height_px / 1e6
    return {
        "megapixels_per_s": megapixels / elapsed_s,
        "megapixels_per_cpu_s": megapixels / elapsed_cpu_s,
        "peak_mb": memory.peak_mb(),
    }


def predictor(arguments: argparse.Namespace):
    """From an LR image to its HR image, in the given way."""
    import numpy as np

    from superres.core import memory
    from superres.networks import tiling
    from superres.networks.anatomy import Network
    from superres.networks.prediction import predict
    from superres.networks.runtimes import open_network

    network = open_network(
        arguments.network, arguments.threads, arguments.precision, arguments.runtime
    )
    if arguments.runtime == "keras":
        import tensorflow as tf

        from superres.networks import keras_files

        model = keras_files.load(arguments.network)
        run = (
            (lambda x: model.predict(x, verbose=0))
            if arguments.how == "model.predict"
            else tf.function(lambda x: model(x, training=False))
        )
        network = Network(network.anatomy, network.scale, lambda x: np.asarray(run(x)))
    if arguments.how == "tiles":
        return lambda lr: predict(network, lr, 2, memory_mb=memory.ENOUGH_MB)
    enlargement = 2 // network.anatomy.factor
    return lambda lr: tiling.predict(network.run, network.anatomy, lr, enlargement)


if __name__ == "__main__":
    main()
