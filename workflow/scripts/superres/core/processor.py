"""The CPU of this machine."""

import os
import platform
from pathlib import Path


def name() -> str:
    """Its model, as well as the system knows it."""
    return _line("model name") or platform.processor() or platform.machine()


def flags() -> list[str]:
    """What it can do, in Linux' words; empty elsewhere."""
    return _line("flags").split()


def multiplies_bfloat16() -> bool:
    """Whether it has products of bfloat16 numbers, unless SUPERRES_BFLOAT16=0 leaves them aside."""
    return os.environ.get("SUPERRES_BFLOAT16") != "0" and "avx512_bf16" in flags()


def _line(key: str) -> str:
    """What Linux says of the first processor; empty elsewhere."""
    information = Path("/proc/cpuinfo")
    lines = information.read_text().splitlines() if information.exists() else []
    values = (line.partition(":")[2].strip() for line in lines if line.startswith(key))
    return next(values, "")


def usable() -> int:
    """Logical processors that this process may use; all, where the system does not say."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
