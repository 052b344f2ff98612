"""Speed of trained models."""

from pathlib import Path

from superres.core.console import run
from superres.core.precisions import Precision


def speed(
    networks: list[Path],
    methods: list[str],
    scale: int,
    output: Path,
    hr_size_px: tuple[int, int] = (600, 400),
    turns: int = 5,
    precision: Precision = "float32",
) -> None:
    """Measure how fast trained models predict, in turns, on one thread.

    Args:
        networks: .onnx, .tflite or .keras files.
        methods: their names, in that order.
        scale: whole factor.
        output: CSV to write.
        hr_size_px: width and height to predict.
        turns: measurements per network.
        precision: of the products.
    """
    import numpy as np

    from superres.core import csv_tables, processor, rates
    from superres.networks import timing
    from superres.networks.runtimes import open_network

    opened = {
        method: open_network(network, threads=1, precision=precision)
        for method, network in zip(methods, networks, strict=True)
    }
    width_px, height_px = hr_size_px
    shape = (height_px // scale, width_px // scale, 3)
    lr = np.random.default_rng(0).integers(0, 256, shape).astype(np.uint8)
    measured = timing.megapixels_per_s(opened, lr, scale, turns)
    device = processor.name()
    rows = [
        {"scale": scale, "method": method, **rates.megapixel_rates(rate), "device": device}
        for method, rate in measured.items()
    ]
    csv_tables.write(csv_tables.frame(rows, "speed"), output, "speed")


if __name__ == "__main__":
    run(speed)
