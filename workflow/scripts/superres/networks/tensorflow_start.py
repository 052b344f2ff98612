"""The start of TensorFlow and Keras, without what they write and what they need not load."""

import contextlib
import sys
from collections.abc import Iterator
from typing import Any, cast

from superres.core.console import silent_start

# Keras loads them where they are installed, as they are beside the figures' step, to draw images
# and to be a part of scikit-learn: a fifth of its start.
NOT_NEEDED = "matplotlib", "sklearn"


def start() -> None:
    """Import TensorFlow and let it look for devices; what it writes is shown if that fails.

    Before anything else of `networks` and `training` that imports it.
    """
    with silent_start(), _without(NOT_NEEDED):
        import keras  # noqa: F401
        import tensorflow as tf

        tf.config.list_physical_devices()


@contextlib.contextmanager
def _without(packages: tuple[str, ...]) -> Iterator[None]:
    """Meanwhile, packages that are not loaded yet are not there."""
    modules = cast(dict[str, Any], sys.modules)
    hidden = [package for package in packages if package not in modules]
    modules.update(dict.fromkeys(hidden))
    try:
        yield
    finally:
        for package in hidden:
            del modules[package]
