"""What a network's file says of factor and halo, compared with what the network does."""

import math

import numpy as np

from superres.core.errors import InputError
from superres.networks.anatomy import Network, agree

# Input pixels beyond the halo in which a pixel that matters is looked for, on either side.
BEYOND_PX = 64


def check(network: Network) -> None:
    """Run a network on a strip of noise and on a piece of it, along both sides.

    Args:
        network: whose anatomy is not known to be true.

    Raises:
        InputError: it does not run, the output has another size than the factor gives, or a piece
            with its halo has another output than the whole strip.
    """
    halo_px, period_px = network.anatomy.halo_px, network.anatomy.period_px
    beyond_px = math.ceil(BEYOND_PX / period_px) * period_px
    length_px = period_px + 2 * (halo_px + beyond_px)
    strip = np.random.default_rng(0).random((1, period_px, length_px, 3), np.float32)
    piece = strip[:, :, beyond_px:-beyond_px]
    for axes in ((0, 1, 2, 3), (0, 2, 1, 3)):
        whole, part = (
            _middle(_output(network, x.transpose(axes)).transpose(axes), network)
            for x in (strip, piece)
        )
        if not agree(part, whole, network.precision):
            raise InputError(f"its output depends on more than the halo of {halo_px} px it names")


def _middle(output: np.ndarray, network: Network) -> np.ndarray:
    """The output of the middle period of a strip."""
    length_px = network.anatomy.period_px * network.anatomy.factor
    start_px = (output.shape[2] - length_px) // 2
    return output[:, :, start_px : start_px + length_px]


def _output(network: Network, x: np.ndarray) -> np.ndarray:
    factor = network.anatomy.factor
    try:
        output = network.run(np.ascontiguousarray(x))
    except MemoryError as error:
        raise InputError(f"its network does not run on {x.shape[2]}x{x.shape[1]} px") from error
    expected = (1, x.shape[1] * factor, x.shape[2] * factor, 3)
    if output.shape != expected:
        raise InputError(
            f"its output has the shape {output.shape}; with the factor {factor} that it names, "
            f"{expected} is due"
        )
    return output
