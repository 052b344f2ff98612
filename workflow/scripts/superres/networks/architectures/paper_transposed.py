"""The variant that the paper's equations (7) to (9) describe and its Table 1 does not have."""

import keras
from keras import layers


def build(scale: int) -> keras.Model:
    """Table 1 with the decoder of equations (7) to (9).

    The equations name one level of the decoder: Conv2DTranspose with W_dec1, with W_dec2, then
    UpSampling2D. Read against Table 1, W_dec1 takes the place of the first up-sampling and the
    convolution after it (256 to 128 channels, stride 2), W_dec2 that of the second convolution (128
    to 128, stride 1), and (9) is the second up-sampling. So the channels of every level, the skips
    and the number of parameters (1,110,403) stay those of Table 1. Strides of 2 in both would leave
    no room for (9): two poolings are undone by two doublings.

    Works on the HR grid; both sides of the input must be multiples of 4.

    Args:
        scale: accepted for the common signature; the graph does not depend on it.

    Returns:
        Model from (batch, height, width, 3) to the same shape, values at least 0.
    """

    def convolution(x, filters):
        return layers.Conv2D(filters, 3, padding="same", activation="relu")(x)

    def transposed(x, filters, stride):
        return layers.Conv2DTranspose(filters, 3, stride, padding="same", activation="relu")(x)

    inputs = keras.Input((None, None, 3))
    full = convolution(convolution(inputs, 64), 64)
    x = layers.MaxPooling2D(2)(full)
    x = layers.Dropout(0.3)(x)
    half = convolution(convolution(x, 128), 128)
    x = layers.MaxPooling2D(2)(half)
    x = convolution(x, 256)
    x = transposed(x, 128, 2)
    x = transposed(x, 128, 1)
    x = layers.Add()([x, half])
    x = layers.UpSampling2D(2)(x)
    x = convolution(convolution(x, 64), 64)
    x = layers.Add()([x, full])
    return keras.Model(inputs, convolution(x, 3), name="paper_transposed")
