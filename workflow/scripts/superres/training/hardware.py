"""Devices of a training: description, memory, distribution, precision."""

import os
from importlib.metadata import version

import tensorflow as tf

from superres.core import processor
from superres.core.console import log
from superres.core.precisions import TrainingPrecision


def describe() -> dict:
    """Device, its number of processors, and TensorFlow's version.

    Returns:
        device: names of all GPUs or else of the CPU; cpus: logical processors that this process
        may use; tensorflow: version.
    """
    gpus = [
        tf.config.experimental.get_device_details(gpu).get("device_name", gpu.name)
        for gpu in tf.config.list_physical_devices("GPU")
    ]
    return {
        "device": ", ".join(gpus) or processor.name(),
        "cpus": processor.usable(),
        "tensorflow": version("tensorflow"),
    }


def grow_memory() -> None:
    """Let GPUs take memory as it is needed, not all at once; call before any TensorFlow call."""
    for gpu in tf.config.list_physical_devices("GPU"):
        tf.config.experimental.set_memory_growth(gpu, True)


def keep_convolutions() -> None:
    """Let CPUs prepare a gradient's convolution once, not at every step: a tenth of small steps.

    Call before the first convolution. TensorFlow's own choice spares memory, of which this takes
    little, as a training has few sizes of patches or images.
    """
    os.environ.setdefault("TF_MKL_OPTIMIZE_PRIMITIVE_MEMUSE", "false")


def strategy(devices: str) -> tf.distribute.Strategy:
    """How a training is spread over devices of the machine: over GPUs, or CPUs where there is none.

    Keras' own DataParallel does not know TensorFlow; MirroredStrategy it does know.

    Args:
        devices: `one` or `all`.
    """
    gpus = tf.config.list_logical_devices("GPU")
    available = gpus or tf.config.list_logical_devices("CPU")
    used = available if devices == "all" else available[:1]
    kind = "GPU" if gpus else "CPU, as there is no GPU"
    log.info("training on %d of %d %s: %s", len(used), len(available), kind, describe()["device"])
    if len(used) == 1:
        return tf.distribute.get_strategy()
    return tf.distribute.MirroredStrategy([device.name for device in used])


def policy(precision: TrainingPrecision) -> str:
    """Keras' policy for a training.

    Args:
        precision: float32; auto for products in bfloat16 on CPUs that have them; mixed for those
            and for float16 on GPUs that have it.
    """
    chosen = "float32"
    gpus = tf.config.list_physical_devices("GPU")
    if gpus and precision == "mixed":
        details = tf.config.experimental.get_device_details(gpus[0])
        if details.get("compute_capability", (0, 0)) >= (7, 0):
            chosen = "mixed_float16"
    elif not gpus and precision != "float32" and processor.multiplies_bfloat16():
        chosen = "mixed_bfloat16"
    lacking = precision == "mixed" and chosen == "float32"
    reason = ", as this hardware has no half-precision products" if lacking else ""
    log.info("precision: %s%s", chosen, reason)
    return chosen
