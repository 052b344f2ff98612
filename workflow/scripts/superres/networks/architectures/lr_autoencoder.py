"""This project's answer to the paper: its encoder and decoder, moved to the LR grid."""

import keras
from keras import layers

from superres.networks.architectures.edsr import block
from superres.networks.architectures.residual import onto_bicubic


def build(
    scale: int,
    channels: int = 32,
    inner_channels: int = 48,
    encoder_blocks: int = 2,
    inner_blocks: int = 1,
    decoder_blocks: int = 2,
    dropout: float = 0.0,
    inner_level: bool = True,
    skip: bool = True,
    expansion: int = 1,
) -> keras.Model:
    """An autoencoder that starts at bicubic, for a fraction of the paper's multiply-adds.

    What the paper computes on enlarged pixels is computed before enlarging, a strided convolution
    takes the place of its poolings, and a skip joins encoder and decoder as there. The inner half
    sees twice as far at a quarter of the cost. All of it is added onto bicubic up-sampling; the
    blocks and the last convolution start at zero.

    Args:
        scale: whole factor, at least 2.
        channels: feature maps on the LR grid.
        inner_channels: feature maps on half that grid.
        encoder_blocks: residual blocks before the skip leaves.
        inner_blocks: residual blocks on the half grid.
        decoder_blocks: residual blocks after the skip has joined.
        dropout: share of feature maps left out before the last convolution while training (Kong
            et al. 2022).
        inner_level: whether there is a half grid at all; without one, no skip either.
        skip: whether what the encoder gives is added to what returns from the half grid.
        expansion: feature maps within a block, as a multiple of those that it takes and gives.

    Returns:
        Model from (batch, height, width, 3), sides multiples of 2, to (batch, height * scale,
        width * scale, 3).
    """
    inputs = keras.Input((None, None, 3))
    # Deviations from mid-grey keep the zero padding neutral.
    x = layers.Rescaling(1.0, offset=-0.5)(inputs)
    x = layers.Conv2D(channels, 3, padding="same")(x)
    for _ in range(encoder_blocks):
        x = block(x, channels, last="zeros", expansion=expansion)
    if inner_level:
        outer = x
        x = layers.Conv2D(inner_channels, 2, 2, padding="same")(x)
        for _ in range(inner_blocks):
            x = block(x, inner_channels, last="zeros", expansion=expansion)
        x = keras.ops.nn.depth_to_space(layers.Conv2D(4 * channels, 1)(x), 2)
        x = layers.Add()([x, outer]) if skip else x
    for _ in range(decoder_blocks):
        x = block(x, channels, last="zeros", expansion=expansion)
    return keras.Model(inputs, onto_bicubic(inputs, x, scale, dropout), name="lr_autoencoder")
