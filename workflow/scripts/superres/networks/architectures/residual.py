"""EDSR's body added onto bicubic up-sampling: starts at bicubic and can only climb."""

import keras
from keras import layers

from superres.networks.architectures.edsr import body


def build(
    scale: int,
    channels: int = 32,
    blocks: int = 4,
    channels_per_scale: int = 0,
    expansion: int = 1,
) -> keras.Model:
    """A small residual network on the LR grid with a skip around all of it.

    The last convolution starts at zero, so the untrained model is exactly bicubic interpolation.

    Args:
        scale: whole factor, at least 2.
        channels: feature maps that the blocks hand on.
        blocks: residual blocks of two 3x3 convolutions each.
        channels_per_scale: where it is not 0, times the scale it is `channels`, so that an HR pixel
            costs about as much at every scale.
        expansion: times `channels` are the feature maps within a block; with fewer channels, more
            of them before each ReLU at the same cost (WDSR, Yu et al. 2018).

    Returns:
        Model from (batch, height, width, 3) to (batch, height * scale, width * scale, 3).
    """
    channels = channels_per_scale * scale or channels
    inputs = keras.Input((None, None, 3))
    # Deviations from mid-grey keep the zero padding neutral.
    x = body(layers.Rescaling(1.0, offset=-0.5)(inputs), channels, blocks, expansion=expansion)
    return keras.Model(inputs, onto_bicubic(inputs, x, scale), name="residual")


def onto_bicubic(
    inputs: keras.KerasTensor, x: keras.KerasTensor, scale: int, dropout: float = 0.0
) -> keras.KerasTensor:
    """Bicubic up-sampling plus a sub-pixel convolution of the features, which starts at zero.

    Args:
        inputs: (batch, height, width, 3).
        x: features on the same grid.
        scale: whole factor.
        dropout: share of feature maps left out while training.
    """
    if dropout:
        x = layers.SpatialDropout2D(dropout)(x)
    x = layers.Conv2D(3 * scale**2, 3, padding="same", kernel_initializer="zeros")(x)
    # What passes the body by keeps its 8 bits where the body computes in half precision.
    enlarged = layers.UpSampling2D(scale, interpolation="bicubic", dtype="float32")(inputs)
    return layers.Add(dtype="float32")([enlarged, keras.ops.nn.depth_to_space(x, scale)])
