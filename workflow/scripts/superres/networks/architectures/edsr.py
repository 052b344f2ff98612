"""EDSR, from tiny to its baseline: residual blocks without batch normalisation."""

import keras
from keras import layers


def build(
    scale: int, channels: int = 64, blocks: int = 16, residual_scaling: float = 1.0
) -> keras.Model:
    """Enhanced deep super-resolution network (Lim et al. 2017); the defaults are its baseline.

    Args:
        scale: whole factor, at least 2.
        channels: feature maps of every hidden convolution.
        blocks: residual blocks of two 3x3 convolutions each.
        residual_scaling: factor on what a block adds; 0.1 steadies very wide networks.

    Returns:
        Model from (batch, height, width, 3) to (batch, height * scale, width * scale, 3).
    """
    inputs = keras.Input((None, None, 3))
    # The published network subtracts the mean colour of its training set; mid-grey needs none.
    x = body(layers.Rescaling(1.0, offset=-0.5)(inputs), channels, blocks, residual_scaling)
    for factor in prime_factors(scale):
        x = layers.Conv2D(channels * factor**2, 3, padding="same")(x)
        x = keras.ops.nn.depth_to_space(x, factor)
    x = layers.Conv2D(3, 3, padding="same")(x)
    return keras.Model(inputs, layers.Rescaling(1.0, offset=0.5)(x), name="edsr")


def body(
    x: keras.KerasTensor,
    channels: int,
    blocks: int,
    residual_scaling: float = 1.0,
    expansion: int = 1,
) -> keras.KerasTensor:
    """First convolution, residual blocks and the long skip around them, all on the grid of `x`."""
    first = x = layers.Conv2D(channels, 3, padding="same")(x)
    for _ in range(blocks):
        x = block(x, channels, residual_scaling, expansion=expansion)
    x = layers.Conv2D(channels, 3, padding="same")(x)
    return layers.Add()([x, first])


def block(
    x: keras.KerasTensor,
    channels: int,
    residual_scaling: float = 1.0,
    last: str = "glorot_uniform",
    expansion: int = 1,
) -> keras.KerasTensor:
    """Two 3x3 convolutions, a ReLU between them, added onto their input.

    Args:
        x: (batch, height, width, channels).
        channels: feature maps that the block takes and gives.
        residual_scaling: factor on what they add.
        last: initializer of the second one's kernel.
        expansion: feature maps between the two, as a multiple of `channels`.
    """
    y = layers.Conv2D(expansion * channels, 3, padding="same", activation="relu")(x)
    y = layers.Conv2D(channels, 3, padding="same", kernel_initializer=last)(y)
    if residual_scaling != 1.0:
        y = layers.Rescaling(residual_scaling)(y)
    return layers.Add()([x, y])


def prime_factors(scale: int) -> list[int]:
    """4 gives 2, 2: large scales are reached in small steps, as published."""
    for factor in range(2, scale + 1):
        if scale % factor == 0:
            return [factor, *prime_factors(scale // factor)]
    return []
