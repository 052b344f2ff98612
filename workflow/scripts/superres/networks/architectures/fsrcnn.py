"""FSRCNN: shrink, map, expand on the LR grid, then one transposed convolution."""

import keras
from keras import layers


def build(scale: int, features: int = 56, shrunk: int = 12, mappings: int = 4) -> keras.Model:
    """FSRCNN(d, s, m) (Dong et al. 2016), for RGB instead of Y alone.

    Args:
        scale: whole factor, at least 2.
        features: d, channels of the first and the last but one layer.
        shrunk: s, channels of the mapping layers.
        mappings: m, number of 3x3 mapping layers.

    Returns:
        Model from (batch, height, width, 3) to (batch, height * scale, width * scale, 3).
    """

    def convolution(x, filters, kernel_px):
        x = layers.Conv2D(filters, kernel_px, padding="same")(x)
        return layers.PReLU(shared_axes=[1, 2])(x)

    inputs = keras.Input((None, None, 3))
    x = convolution(inputs, features, 5)
    x = convolution(x, shrunk, 1)
    for _ in range(mappings):
        x = convolution(x, shrunk, 3)
    x = convolution(x, features, 1)
    x = layers.Conv2DTranspose(3, 9, scale, padding="same")(x)
    return keras.Model(inputs, x, name="fsrcnn")
