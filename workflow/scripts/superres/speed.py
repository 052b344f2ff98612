"""How fast models predict, measured in turns so that a slow moment hits all alike."""

import time

import keras
import numpy as np

from superres.console import tracked
from superres.prediction import predict


def megapixels_per_s(
    models: dict[str, keras.Model], lr: np.ndarray, scale: int, turns: int
) -> dict[str, list[float]]:
    """Predict one image with every model in turn.

    Args:
        models: by name.
        lr: uint8 (height, width, 3).
        scale: whole factor of all models.
        turns: measurements a model, after one that is not counted.

    Returns:
        By name: megapixels (10^6) of output a second of wall time, one number a turn.
    """
    rates: dict[str, list[float]] = {name: [] for name in models}
    for turn in tracked(range(turns + 1), "turns"):
        for name, model in models.items():
            start_s = time.monotonic()
            output = predict(model, lr, scale)
            elapsed_s = time.monotonic() - start_s
            if turn > 0:
                rates[name].append(output.shape[0] * output.shape[1] / 1e6 / elapsed_s)
    return rates
