"""Trained models in Keras' own files."""

import re
import zipfile
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from superres.core.atomic import appearing, temporary
from superres.core.errors import InputError
from superres.networks.anatomy import Network
from superres.networks.graph_analysis import anatomy


def load(file: Path) -> keras.Model:
    """Load a `.keras` file for prediction, refusing any code in it.

    Raises:
        InputError: not a Keras model, a damaged one, or one that holds code.
    """
    try:
        return keras.models.load_model(file, compile=False, safe_mode=True)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, zipfile.BadZipFile) as error:
        reason = " ".join(str(error).split())
        raise InputError(f"{file}: cannot be loaded as a Keras model: {reason}") from error


def save(model: keras.Model, file: Path) -> None:
    """Save as `.keras` without optimiser state; the same weights give the same bytes.

    Keras writes the time and memory addresses into the archive; it is packed again without the
    one and with running numbers for the others.
    """
    with temporary(file.parent, ".keras") as stamped:
        # `include_optimizer` is heeded only by older formats; a model that never trained has none.
        keras.Model(model.input, model.output, name=model.name).save(stamped)
        with (
            appearing(file) as unfinished,
            zipfile.ZipFile(stamped) as source,
            zipfile.ZipFile(unfinished, "w") as target,
        ):
            for name in source.namelist():
                content = source.read(name)
                if name == "metadata.json":
                    content = f'{{"keras_version": "{keras.__version__}"}}'.encode()
                elif name == "config.json":
                    content = _number_objects(content)
                target.writestr(zipfile.ZipInfo(name), content)


def _number_objects(config: bytes) -> bytes:
    numbers: dict[bytes, bytes] = {}
    return re.sub(
        rb'(?<="shared_object_id": )\d+',
        lambda address: numbers.setdefault(address[0], str(len(numbers)).encode()),
        config,
    )


def network(model: keras.Model) -> Network:
    """A model as what predicts; it follows the model's weights."""

    def run(x: np.ndarray) -> np.ndarray:
        try:
            return np.asarray(model(x, training=False))
        except tf.errors.ResourceExhaustedError as error:
            raise MemoryError from error

    return Network(anatomy(model), None, run)
