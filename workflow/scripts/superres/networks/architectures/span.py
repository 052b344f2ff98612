"""SPAN, winner of the NTIRE 2024 efficient super-resolution challenge.

Chosen over RLFN (2022's winner), whose attention pools over wide windows: SPAN's graph has plain
convolutions and element-wise products alone, so it can be cut into tiles exactly.
"""

import keras
from keras import layers

# As in the published code: grey levels, without the mean colour of DIV2K.
RANGE = 255.0
MEAN = (0.4488, 0.4371, 0.4040)


def build(scale: int, channels: int = 48, blocks: int = 6) -> keras.Model:
    """Swift parameter-free attention network (Wan et al. 2024), in its form after training.

    The published training merges several parallel convolutions into each one afterwards; here
    they are trained as one from the start, from weights (He et al. 2015) that keep features as
    large through all blocks. The published network gives [0, 1] straight from its last
    convolution; here that gives grey levels, as its input has.

    Args:
        scale: whole factor, at least 2.
        channels: feature maps of every hidden convolution.
        blocks: attention blocks of three 3x3 convolutions each.

    Returns:
        Model from (batch, height, width, 3) to (batch, height * scale, width * scale, 3).
    """

    def convolution(x, filters=channels, kernel_px=3):
        return layers.Conv2D(filters, kernel_px, padding="same", kernel_initializer="he_normal")(x)

    inputs = keras.Input((None, None, 3))
    offset = [-RANGE * mean for mean in MEAN]
    first = x = convolution(layers.Rescaling(RANGE, offset=offset)(inputs))
    outputs = []
    for _ in range(blocks):
        inner = layers.Activation("silu")(convolution(x))
        y = convolution(inner)
        y = convolution(layers.Activation("silu")(y))
        # Odd around zero: strong features of either sign count, weak ones fade.
        attention = layers.Rescaling(1.0, offset=-0.5)(layers.Activation("sigmoid")(y))
        x = layers.Multiply()([layers.Add()([y, x]), attention])
        outputs.append(x)
    # The published activation works in place, so that its block passes on what follows it.
    x = layers.Concatenate()([first, convolution(x), outputs[0], inner])
    x = convolution(convolution(x, kernel_px=1), 3 * scale**2)
    # Channels are ordered by position and then by colour.
    x = layers.Rescaling(1 / RANGE, offset=list(MEAN) * scale**2)(x)
    return keras.Model(inputs, keras.ops.nn.depth_to_space(x, scale), name="span")
