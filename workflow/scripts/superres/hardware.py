"""What a training ran on."""

import os
import platform
from importlib.metadata import version
from pathlib import Path

import tensorflow as tf


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
        "device": ", ".join(gpus) or _cpu(),
        "cpus": len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count(),
        "tensorflow": version("tensorflow"),
    }


def _cpu() -> str:
    information = Path("/proc/cpuinfo")
    if information.exists():
        for line in information.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
