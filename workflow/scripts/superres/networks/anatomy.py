"""Facts about a network that are stored with its file: factor, period, halo, memory."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass

import numpy as np

from superres.core.errors import InputError
from superres.core.precisions import Precision


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


# Name in an ONNX file of what a network adds onto its enlarged input, where it does.
DETAIL = "detail"
# A fortieth of an 8-bit step: sums in another order differ by less, another network by more.
TOLERANCE = 1e-4
# Five 8-bit steps, where products are in half precision.
TOLERANCE_IN_BFLOAT16 = 0.02
# What a file may say, far beyond any network that is of use here.
RANGES = {
    "parameters": (0, 10**12),
    "macs_per_hr_px": (0, 10**12),
    "receptive_field_px": (1, 4096),
    "halo_px": (0, 1024),
    "period_px": (1, 64),
    "factor": (1, 16),
    "feature_bytes_per_px": (1, 10**9),
    "scale": (2, 16),
}
FRACTIONS = {"macs_per_hr_px", "feature_bytes_per_px"}


def agree(answer: np.ndarray, expected: np.ndarray, precision: Precision = "float32") -> bool:
    """Whether two outputs of one network differ by no more than sums in another order do.

    Args:
        answer: float, any shape.
        expected: of the same shape; where its values are beyond [-1, 1], as before training, the
            largest one takes the place of 1.
        precision: of the network's products.
    """
    difference = np.abs(answer.astype(np.float64) - expected).max()
    # Not true of NaN.
    tolerance = TOLERANCE if precision == "float32" else TOLERANCE_IN_BFLOAT16
    return bool(difference <= tolerance * max(1, np.abs(expected).max()))


@dataclass(frozen=True)
class Network:
    """A network that is ready to run on the CPU.

    Attributes:
        anatomy: of its graph.
        scale: that it was trained for; None where the file does not say, which is Keras'.
        run: from float32 (1, height, width, 3) in [0, 1], sides multiples of the period, to
            float32 (1, height * factor, width * factor, 3), not clipped. Raises MemoryError where
            memory runs out.
        precision: of its products.
    """

    anatomy: Anatomy
    scale: int | None
    run: Callable[[np.ndarray], np.ndarray]
    precision: Precision = "float32"


def described(anatomy: Anatomy, scale: int, network: bytes) -> str:
    """What an exported file says of its network, as JSON; `understood` reads it.

    Args:
        anatomy: of the network.
        scale: factor it was trained for.
        network: the beginning of the file, behind which this is put.
    """
    description = {"anatomy": asdict(anatomy), "scale": scale, "bytes": len(network)}
    return json.dumps(description | {"sha256": _checksum(description, network)})


def understood(content: bytes) -> tuple[Anatomy, int]:
    """Anatomy and scale of an exported network.

    Args:
        content: of the file. A runtime would take other weights for the network's own.

    Raises:
        InputError: the file says nothing of itself or what cannot be, or is damaged.
    """
    text = content[content.rfind(b'{"anatomy": ') :].decode(errors="replace")
    try:
        description, _ = json.JSONDecoder().raw_decode(text)
        checksum = description.pop("sha256")
        whole = checksum == _checksum(description, content[: description["bytes"]])
        anatomy, scale = Anatomy(**description["anatomy"]), description["scale"]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InputError("says nothing of its anatomy and scale") from error
    if not whole:
        raise InputError("is damaged, its checksum is another")
    # A checksum shows damage, not where a file comes from.
    _check_ranges(asdict(anatomy) | {"scale": scale})
    return anatomy, scale


def _check_ranges(values: dict) -> None:
    for name, value in values.items():
        lowest, highest = RANGES[name]
        kinds = (int, float) if name in FRACTIONS else (int,)
        # Also true of NaN.
        if type(value) not in kinds or not lowest <= value <= highest:
            raise InputError(
                f"says that its {name} is {str(value)[:20]}, which is no number from {lowest} to "
                f"{highest}"
            )
    for name, of in (("halo_px", "period_px"), ("scale", "factor")):
        if values[name] % values[of]:
            raise InputError(
                f"says that its {name} is {values[name]}, no multiple of its {of} {values[of]}"
            )


def _checksum(description: dict, network: bytes) -> str:
    return hashlib.sha256(network + json.dumps(description, sort_keys=True).encode()).hexdigest()
