"""ESPCN, the first network to work on the LR grid up to its last layer."""

import keras
from keras import layers


def build(scale: int) -> keras.Model:
    """Sub-pixel convolution network (Shi et al. 2016), for RGB instead of Y alone.

    Args:
        scale: whole factor, at least 2.

    Returns:
        Model from (batch, height, width, 3) to (batch, height * scale, width * scale, 3).
    """
    inputs = keras.Input((None, None, 3))
    x = layers.Conv2D(64, 5, padding="same", activation="tanh")(inputs)
    x = layers.Conv2D(32, 3, padding="same", activation="tanh")(x)
    x = layers.Conv2D(3 * scale**2, 3, padding="same")(x)
    return keras.Model(inputs, keras.ops.nn.depth_to_space(x, scale), name="espcn")
