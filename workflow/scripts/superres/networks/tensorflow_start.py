"""The start of TensorFlow, without the lines that it writes about the machine."""

from superres.core.console import silent_start


def start() -> None:
    """Import TensorFlow and let it look for devices; what it writes is shown if that fails.

    Before anything else of `networks` and `training` that imports it.
    """
    with silent_start():
        import tensorflow as tf

        tf.config.list_physical_devices()
