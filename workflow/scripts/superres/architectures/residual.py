"""A small residual network on the LR grid that starts at bicubic and can only climb."""

import keras
from keras import layers


def build(scale: int, channels: int = 32, blocks: int = 4) -> keras.Model:
    """EDSR without its batch normalisation (Lim et al. 2017), added onto bicubic up-sampling.

    The last convolution starts at zero, so the untrained model is exactly bicubic interpolation.

    Args:
        scale: whole factor, at least 2.
        channels: feature maps of every hidden convolution.
        blocks: residual blocks of two 3x3 convolutions each.

    Returns:
        Model from (batch, height, width, 3) to (batch, height * scale, width * scale, 3).
    """
    inputs = keras.Input((None, None, 3))
    # Deviations from mid-grey keep the zero padding neutral.
    first = layers.Conv2D(channels, 3, padding="same")(layers.Rescaling(1.0, offset=-0.5)(inputs))
    x = first
    for _ in range(blocks):
        y = layers.Conv2D(channels, 3, padding="same", activation="relu")(x)
        y = layers.Conv2D(channels, 3, padding="same")(y)
        x = layers.Add()([x, y])
    x = layers.Conv2D(channels, 3, padding="same")(x)
    x = layers.Add()([x, first])
    x = layers.Conv2D(3 * scale**2, 3, padding="same", kernel_initializer="zeros")(x)
    residual = keras.ops.nn.depth_to_space(x, scale)
    enlarged = layers.UpSampling2D(scale, interpolation="bicubic")(inputs)
    return keras.Model(inputs, layers.Add()([enlarged, residual]), name="residual")
