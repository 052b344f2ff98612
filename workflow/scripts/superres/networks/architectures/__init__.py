"""Network builders, one file each, picked by name.

Every module here has `build(scale, **options) -> keras.Model`: a functional graph from RGB in
[0, 1], float32 (batch, height, width, 3), to RGB on the same range. A model that keeps the size
works on the HR grid and is fed the NEAREST up-sampled LR image; any other works on the LR grid.
"""

import importlib
import pkgutil

import keras

from superres.core.errors import InputError

SMALLEST_SCALE = 2


def names() -> list[str]:
    """Names of all architectures, without importing any of them."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__))


def build(name: str, scale: int, **options) -> keras.Model:
    """Build an untrained model.

    Args:
        name: one of `names()`.
        scale: whole factor, at least `SMALLEST_SCALE`.
        **options: keyword arguments of the architecture's own `build`.

    Raises:
        InputError: unknown name or option, or a value that the option cannot have.
    """
    if name not in names():
        raise InputError(f"unknown architecture '{name}'; known: {', '.join(names())}")
    builder = importlib.import_module(f"{__name__}.{name}").build
    try:
        return builder(scale, **options)
    except (TypeError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise InputError(f"architecture '{name}': {reason}") from error
