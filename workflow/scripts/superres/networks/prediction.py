"""One LR image through a trained network."""

import math

import numpy as np

from superres.core.errors import InputError
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


# Quarter turns, each as it is and mirrored.
VIEWS = [(turns, mirrored) for turns in range(4) for mirrored in (False, True)]


def blended(
    network: Network,
    lr: np.ndarray,
    scale: int,
    hr: np.ndarray,
    enlarged: np.ndarray | None = None,
) -> np.ndarray:
    """HR mixed, half and half, with the mean of a network's predictions from eight views of LR.

    The mean of the views is self-ensemble (Timofte et al. 2016).

    Args:
        network: as in `predict`.
        lr: as there.
        scale: as there.
        hr: uint8 array (height, width, 3), of the size that the network gives.
        enlarged: as there.

    Returns:
        uint8 array of the shape of `hr`, rounded.

    Raises:
        InputError: HR has another size than the network gives.
    """
    width_px, height_px = (side_px * scale for side_px in lr.shape[1::-1])
    if hr.shape[:2] != (height_px, width_px):
        raise InputError(
            f"HR of {hr.shape[1]}x{hr.shape[0]} px, but the network gives {width_px}x{height_px}; "
            "set datasets.<name>.mod_crop"
        )
    total = np.zeros(hr.shape, np.float32)
    for turns, mirrored in VIEWS:
        view = _viewed(lr, turns, mirrored)
        enlarged_view = None if enlarged is None else _viewed(enlarged, turns, mirrored)
        total += _seen_back(predict(network, view, scale, enlarged_view), turns, mirrored)
    return np.rint((hr + total / len(VIEWS)) / 2).astype(np.uint8)


def _viewed(image: np.ndarray, turns: int, mirrored: bool) -> np.ndarray:
    turned = np.rot90(image, turns)
    return np.ascontiguousarray(turned[:, ::-1] if mirrored else turned)


def _seen_back(image: np.ndarray, turns: int, mirrored: bool) -> np.ndarray:
    return np.rot90(image[:, ::-1] if mirrored else image, -turns)
