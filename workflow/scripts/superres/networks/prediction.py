"""One LR image through a trained network."""

import math

import numpy as np

from superres.networks import tiling
from superres.networks.anatomy import Network

# Measured with OpenVINO on AMX: 0.95 to 2.2 times as long, at prime widths longest.
UNEVEN_IN_BFLOAT16 = 1.3


def predict(
    network: Network,
    lr: np.ndarray,
    scale: int,
    enlarged: np.ndarray | None = None,
    memory_mb: float = math.inf,
    report: tiling.Report | None = None,
) -> np.ndarray:
    """Up-sample an LR image with a trained network.

    Sides that the network's poolings would cut short are extended by edge pixels and cropped
    afterwards.

    Args:
        network: on the LR or the HR grid, see `superres.networks.architectures`.
        lr: uint8 array (height, width, 3).
        scale: factor of the network.
        enlarged: uint8 array (about height * scale, width * scale, 3), what a network on the HR
            grid sees instead of the NEAREST up-sampled LR image, where the dataset stores one.
        memory_mb: most that the network's features may take; the result does not depend on it.
        report: told, after every tile, how many pixels of the image were finished.

    Returns:
        uint8 array (height * scale, width * scale, 3) or of the shape of what the network saw,
        rounded and clipped.
    """
    image, enlargement = lr, scale // network.anatomy.factor
    if network.anatomy.factor == 1 and enlarged is not None:
        image, enlargement = enlarged, 1
    uneven = UNEVEN_IN_BFLOAT16 if network.precision == "bfloat16" else 1.0
    return tiling.predict(
        network.run, network.anatomy, image, enlargement, memory_mb, report, uneven
    )
