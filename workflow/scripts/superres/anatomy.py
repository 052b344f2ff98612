"""What is known of a network without the network itself."""

import json
from dataclasses import asdict, dataclass

from superres.errors import InputError


@dataclass(frozen=True)
class Anatomy:
    """What `graphs.anatomy` finds in a network's graph.

    Attributes:
        parameters: weights.
        macs_per_hr_px: multiply-adds of all convolutions for one pixel of the output, as the field
            counts them: no biases, interpolations, activations or additions.
        receptive_field_px: side of the input region, in input pixels, that one output pixel
            depends on; the largest over all pixels of a period.
        halo_px: input pixels that a tile needs around itself for the output that the whole image
            would give, rounded up to a multiple of the period.
        period_px: tiles that start at multiples of it meet the same grid as the whole image.
        factor: side of the output over side of the input.
        feature_bytes_per_px: most bytes of features, as float32, that are needed at one time, for
            one pixel of the input.
    """

    parameters: int
    macs_per_hr_px: float
    receptive_field_px: int
    halo_px: int
    period_px: int
    factor: int
    feature_bytes_per_px: float


def described(anatomy: Anatomy, scale: int) -> str:
    """What an exported file says of its network, as JSON; `understood` reads it."""
    return json.dumps({"anatomy": asdict(anatomy), "scale": scale}, sort_keys=True)


def understood(text: str) -> tuple[Anatomy, int]:
    """Anatomy and scale of an exported network.

    Raises:
        InputError: anything but what `described` writes.
    """
    try:
        content = json.loads(text)
        return Anatomy(**content["anatomy"]), int(content["scale"])
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"says nothing of its anatomy and scale: {error}") from error
