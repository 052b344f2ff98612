"""The same inputs give the same bytes."""

import keras
import tensorflow as tf


def fix(seed: int, threads: int) -> None:
    """Fix every source of randomness and the order of sums; call before any other TensorFlow call.

    Args:
        seed: of Python, NumPy and Keras.
        threads: CPU threads; part of the result, because sums are cut by thread.
    """
    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    tf.config.experimental.enable_op_determinism()
    keras.utils.set_random_seed(seed)
