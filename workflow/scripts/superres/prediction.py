"""One LR image through a trained model."""

import math
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from superres import tiling
from superres.errors import InputError
from superres.graphs import anatomy


def load(file: Path) -> keras.Model:
    """Load a `.keras` file for prediction, refusing any code in it.

    Raises:
        InputError: not a Keras model, a damaged one, or one that holds code.
    """
    try:
        return keras.models.load_model(file, compile=False, safe_mode=True)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{file}: cannot be loaded as a Keras model: {error}") from error


def predict(
    model: keras.Model,
    lr: np.ndarray,
    scale: int,
    enlarged: np.ndarray | None = None,
    memory_mb: float = math.inf,
) -> np.ndarray:
    """Up-sample an LR image with a trained model.

    Sides that the network's poolings would cut short are extended by edge pixels and cropped
    afterwards.

    Args:
        model: on the LR or the HR grid, see `superres.architectures`.
        lr: uint8 array (height, width, 3).
        scale: factor of the model.
        enlarged: uint8 array (about height * scale, width * scale, 3), what a model on the HR grid
            sees instead of the NEAREST up-sampled LR image, where the dataset stores one.
        memory_mb: most that the network's features may take; the result does not depend on it.

    Returns:
        uint8 array (height * scale, width * scale, 3) or of the shape of what the model saw,
        rounded and clipped.
    """
    found = anatomy(model)

    def run(x: np.ndarray) -> np.ndarray:
        try:
            return np.asarray(model(x, training=False))
        except tf.errors.ResourceExhaustedError as error:
            raise MemoryError from error

    if found.factor == 1 and enlarged is not None:
        return tiling.predict(run, found, enlarged, 1, memory_mb)
    return tiling.predict(run, found, lr, scale // found.factor, memory_mb)
