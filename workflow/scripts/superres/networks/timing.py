"""Prediction speed of networks, measured in turns so that a slow moment hits all alike."""

import time

import numpy as np

from superres.core.console import tracked
from superres.networks.anatomy import Network
from superres.networks.prediction import predict


def megapixels_per_s(
    networks: dict[str, Network], lr: np.ndarray, scale: int, turns: int
) -> dict[str, list[float]]:
    """Predict one image with every network in turn.

    Args:
        networks: by name.
        lr: uint8 (height, width, 3).
        scale: whole factor of all networks.
        turns: measurements a network, after one that is not counted.

    Returns:
        By name: megapixels (10^6) of output a second of wall time, one number a turn.
    """
    rates: dict[str, list[float]] = {name: [] for name in networks}
    for turn in tracked(range(turns + 1), "turns"):
        for name, network in networks.items():
            start_s = time.monotonic()
            output = predict(network, lr, scale)
            elapsed_s = time.monotonic() - start_s
            if turn > 0:
                rates[name].append(output.shape[0] * output.shape[1] / 1e6 / elapsed_s)
    return rates
