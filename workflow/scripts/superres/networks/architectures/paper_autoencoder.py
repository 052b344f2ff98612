"""The paper's autoencoder, layer by layer as in its Table 1 (1,110,403 parameters)."""

import keras
from keras import layers


def build(scale: int) -> keras.Model:
    """Table 1 of 'Image Super-Resolution with Autoencoders using Keras'.

    Works on the HR grid, so the graph is the same at every scale. Both sides of the input must be
    multiples of 4 (two 2x2 poolings). The last convolution has a ReLU too, as the paper ran it.

    Args:
        scale: accepted for the common signature; the graph does not depend on it.

    Returns:
        Model from (batch, height, width, 3) to the same shape, values at least 0.
    """
    inputs = keras.Input((None, None, 3))
    outputs = _convolution(features(inputs), 3)
    return keras.Model(inputs, outputs, name="paper_autoencoder")


def features(inputs: keras.KerasTensor) -> keras.KerasTensor:
    """All of Table 1 but its last convolution: (batch, height, width, 3) to 64 channels."""
    full = _convolution(_convolution(inputs, 64), 64)
    x = layers.MaxPooling2D(2)(full)
    x = layers.Dropout(0.3)(x)
    half = _convolution(_convolution(x, 128), 128)
    x = layers.MaxPooling2D(2)(half)
    x = _convolution(x, 256)
    x = layers.UpSampling2D(2)(x)
    x = _convolution(_convolution(x, 128), 128)
    x = layers.Add()([x, half])
    x = layers.UpSampling2D(2)(x)
    x = _convolution(_convolution(x, 64), 64)
    return layers.Add()([x, full])


def _convolution(x: keras.KerasTensor, filters: int) -> keras.KerasTensor:
    return layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
