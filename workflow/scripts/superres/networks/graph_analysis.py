"""Cost, receptive field and tiling limits of a network, derived from its graph."""

import math
from fractions import Fraction

import keras

from superres.core.errors import InputError
from superres.networks.anatomy import Anatomy

# By the name of their class, as Keras has operations without a public one.
CONVOLUTIONS = {"Conv2D", "DepthwiseConv2D"}
POOLINGS = {"MaxPooling2D", "AveragePooling2D"}
# Each pixel comes from the same pixel of every input.
POINTWISE = {
    "Activation",
    "Add",
    "Concatenate",
    "Dropout",
    "Multiply",
    "PReLU",
    "Rescaling",
    "SpatialDropout2D",
    "Subtract",
}
# Pixels that an interpolation reads before and after the position it computes.
INTERPOLATIONS_PX = {"nearest": (0, 0), "bilinear": (0, 1), "bicubic": (1, 2)}


def anatomy(model: keras.Model) -> Anatomy:
    """Walk through the graph of a model and derive what it costs and sees.

    Args:
        model: functional, of one RGB input and one output, from the layers known here.

    Raises:
        InputError: a layer that this module cannot follow.
    """
    sides = _sides(model)
    period_px = math.lcm(*(side.denominator for side in sides.values()))
    factor = sides[id(model.outputs[0])]
    first, last = _needed(model, 0, int(period_px * factor) - 1)
    reach_px = max(-first, last - (period_px - 1))
    fields = [_needed(model, pixel, pixel) for pixel in range(int(period_px * factor))]
    return Anatomy(
        parameters=model.count_params(),
        macs_per_hr_px=float(_macs(model, sides) / factor**2),
        receptive_field_px=max(last - first + 1 for first, last in fields),
        halo_px=math.ceil(reach_px / period_px) * period_px,
        period_px=period_px,
        factor=int(factor),
        feature_bytes_per_px=float(_peak_bytes(model, sides)),
    )


def _sides(model: keras.Model) -> dict[int, Fraction]:
    """Side of every tensor, for an input of side 1."""
    sides = {id(model.inputs[0]): Fraction(1)}
    for operation in model.operations:
        for tensor in keras.tree.flatten(operation.input):
            sides[id(operation.output)] = sides[id(tensor)] * _enlargement(operation)
    return sides


def _macs(model: keras.Model, sides: dict[int, Fraction]) -> Fraction:
    """Multiply-adds for one pixel of the input."""
    total = Fraction(0)
    for operation in model.operations:
        kind = type(operation).__name__
        if kind in CONVOLUTIONS:
            total += sides[id(operation.output)] ** 2 * math.prod(operation.kernel.shape)
        elif kind == "Conv2DTranspose":
            # Every pixel that it reads meets the whole kernel once.
            total += sides[id(operation.input)] ** 2 * math.prod(operation.kernel.shape)
    return total


def _peak_bytes(model: keras.Model, sides: dict[int, Fraction]) -> Fraction:
    """Bytes of all tensors that wait for a later layer, where they are most; by input pixel."""
    last_use = {
        id(tensor): step
        for step, operation in enumerate(model.operations)
        for tensor in keras.tree.flatten(operation.input)
    }
    live: dict[int, Fraction] = {}
    peak = Fraction(0)
    for step, operation in enumerate(model.operations):
        tensor = operation.output
        live[id(tensor)] = 4 * tensor.shape[-1] * sides[id(tensor)] ** 2
        peak = max(peak, sum(live.values(), Fraction(0)))
        live = {name: size for name, size in live.items() if last_use.get(name, step) > step}
    return peak


def _needed(model: keras.Model, first: int, last: int) -> tuple[int, int]:
    """First and last input pixel, along one side, that a range of output pixels depends on."""
    needed = {id(model.outputs[0]): (first, last)}
    for operation in reversed(model.operations):
        for tensor in keras.tree.flatten(operation.input):
            first, last = _read(operation, *needed[id(operation.output)])
            before = needed.get(id(tensor), (first, last))
            needed[id(tensor)] = min(first, before[0]), max(last, before[1])
    return needed[id(model.inputs[0])]


def _enlargement(operation: keras.Operation) -> Fraction:
    """Side of the output over side of the input."""
    kind = type(operation).__name__
    if kind in CONVOLUTIONS | POOLINGS:
        return Fraction(1, _square(operation, operation.strides))
    if kind == "Conv2DTranspose":
        return Fraction(_square(operation, operation.strides))
    if kind == "UpSampling2D":
        return Fraction(_square(operation, operation.size))
    if kind == "DepthToSpace":
        return Fraction(operation.block_size)
    if kind in POINTWISE:
        return Fraction(1)
    raise InputError(
        f"layer '{operation.name}' is of type {kind}; add the pixels that it reads to "
        "networks/graph_analysis.py"
    )


def _read(operation: keras.Operation, first: int, last: int) -> tuple[int, int]:
    """First and last pixel, along one side, that an operation reads for a range of its output.

    Padding is 'same', of an input whose side is a multiple of the stride.
    """
    kind = type(operation).__name__
    if kind in CONVOLUTIONS:
        stride = _square(operation, operation.strides)
        reach_px = (_square(operation, operation.kernel_size) - 1) * operation.dilation_rate[0]
        before_px = max(reach_px + 1 - stride, 0) // 2
        return first * stride - before_px, last * stride - before_px + reach_px
    if kind in POOLINGS:
        stride = _square(operation, operation.strides)
        return first * stride, last * stride + _square(operation, operation.pool_size) - 1
    if kind == "Conv2DTranspose":
        stride = _square(operation, operation.strides)
        kernel_px = _square(operation, operation.kernel_size)
        before_px = max(kernel_px - stride, 0) // 2
        return -((kernel_px - 1 - first - before_px) // stride), (last + before_px) // stride
    factor = int(_enlargement(operation))
    if kind == "UpSampling2D" and operation.interpolation != "nearest":
        before_px, after_px = INTERPOLATIONS_PX[operation.interpolation]
        at_first, at_last = (
            math.floor(Fraction(2 * pixel + 1, 2 * factor) - Fraction(1, 2))
            for pixel in (first, last)
        )
        return at_first - before_px, at_last + after_px
    return first // factor, last // factor


def _square(operation: keras.Operation, size: tuple[int, int]) -> int:
    if size[0] != size[1]:
        raise InputError(f"layer '{operation.name}' is not square, which tiles would need")
    return size[0]
