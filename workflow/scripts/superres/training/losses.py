"""Training losses, picked by name; inputs are float RGB in [0, 1]."""

import keras
import tensorflow as tf
from keras import ops

# Keeps the slope finite at zero; far below one grey level (1/255).
CHARBONNIER_EPSILON = 1e-3


def charbonnier(truth, predicted):
    """Mean of sqrt(error^2 + epsilon^2), a smooth absolute error (Lai et al. 2017, LapSRN)."""
    return ops.mean(ops.sqrt(ops.square(predicted - truth) + CHARBONNIER_EPSILON**2), axis=-1)


# Share of the structural part, as published for its multi-scale form.
SSIM_SHARE = 0.84


def ssim_mae(truth, predicted):
    """Mean absolute error mixed with 1 - SSIM (after Zhao et al. 2017, whose SSIM is multi-scale).

    SSIM has an 11x11 Gaussian window, so patches must not be smaller.
    """
    structure = 1 - tf.image.ssim(truth, predicted, max_val=1.0)
    absolute = ops.mean(ops.absolute(predicted - truth), axis=(1, 2, 3))
    return SSIM_SHARE * structure + (1 - SSIM_SHARE) * absolute


LOSSES = {
    "mse": keras.losses.mean_squared_error,
    "mae": keras.losses.mean_absolute_error,
    "charbonnier": charbonnier,
    "ssim_mae": ssim_mae,
}


def of_8_bit(loss):
    """A loss of [0, 1] for a truth in [0, 255] and a prediction in [0, 1]."""

    def scaled(truth, predicted):
        return loss(truth / 255.0, predicted)

    return scaled
