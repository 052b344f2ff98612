"""The paper's autoencoder with one global residual: it learns what to add to its input."""

import keras
from keras import layers

from superres.networks.architectures.paper_autoencoder import features


def build(scale: int) -> keras.Model:
    """Table 1 of the paper, added onto its input (as VDSR does, Kim et al. 2016).

    The last convolution has no ReLU, since a residual may be negative, and starts at zero, so the
    untrained model returns its input.

    Args:
        scale: accepted for the common signature; the graph does not depend on it.

    Returns:
        Model from (batch, height, width, 3) to the same shape; sides are multiples of 4.
    """
    inputs = keras.Input((None, None, 3))
    last = layers.Conv2D(3, 3, padding="same", kernel_initializer="zeros")
    outputs = layers.Add()([inputs, last(features(inputs))])
    return keras.Model(inputs, outputs, name="paper_residual")
