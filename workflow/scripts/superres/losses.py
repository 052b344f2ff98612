"""Training losses, picked by name; inputs are float RGB in [0, 1]."""

import keras
from keras import ops

# Keeps the slope finite at zero; far below one grey level (1/255).
CHARBONNIER_EPSILON = 1e-3


def charbonnier(truth, predicted):
    """Mean of sqrt(error^2 + epsilon^2), a smooth absolute error (Lai et al. 2017, LapSRN)."""
    return ops.mean(ops.sqrt(ops.square(predicted - truth) + CHARBONNIER_EPSILON**2), axis=-1)


LOSSES = {
    "mse": keras.losses.mean_squared_error,
    "mae": keras.losses.mean_absolute_error,
    "charbonnier": charbonnier,
}


def of_8_bit(loss):
    """A loss of [0, 1] for a truth in [0, 255] and a prediction in [0, 1]."""

    def scaled(truth, predicted):
        return loss(truth / 255.0, predicted)

    return scaled
