"""What a training ran on."""

import os
from importlib.metadata import version

import tensorflow as tf

from superres import processor
from superres.console import log


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
        "cpus": len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count(),
        "tensorflow": version("tensorflow"),
    }


def mixed_precision() -> str | None:
    """Keras' policy for half-precision products where the hardware has them, or None."""
    gpus = tf.config.list_physical_devices("GPU")
    if gpus:
        details = tf.config.experimental.get_device_details(gpus[0])
        policy = "mixed_float16" if details.get("compute_capability", (0, 0)) >= (7, 0) else None
    else:
        policy = "mixed_bfloat16" if "avx512_bf16" in processor.flags() else None
    log.info("precision: %s", policy or "float32, as this hardware has no half-precision products")
    return policy
