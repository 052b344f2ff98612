"""Memory that this process has used, and memory that is free for it."""

import math
import re
import resource
from pathlib import Path

BYTES_PER_MB = 10**6
# Told to the GNU C library, the environment of a training: what a step frees stays in the process,
# as the next step asks for just as much and fresh pages cost time.
ALLOCATOR = ":".join(
    f"glibc.malloc.{name}={value}"
    for name, value in (("mmap_threshold", 2**34), ("trim_threshold", 2**34), ("top_pad", 2**28))
)
# Larger tiles waste less at their halo, but fall out of the CPU's caches.
ENOUGH_MB = 150
# The features of a tile come on top of pictures, weights and the runtime itself.
SHARE = 0.25


def for_features_mb() -> float:
    """What a network's features may take at a time, from what is free now."""
    return min(ENOUGH_MB, SHARE * available_mb())


def peak_mb() -> float:
    """The most that this process has held so far (10^6 bytes)."""
    # Linux adds to a process' usage what its parent held when it started it, but says elsewhere
    # what it held itself; macOS has the usage alone, in bytes.
    status = Path("/proc/self/status")
    if status.exists():
        (peak_kib,) = re.findall(r"^VmHWM:\s*(\d+) kB$", status.read_text(), re.MULTILINE)
        return int(peak_kib) * 1024 / BYTES_PER_MB
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / BYTES_PER_MB


def available_mb(root: Path = Path("/")) -> float:
    """What is free on the machine and within the limit of its control group.

    Args:
        root: of the file system in which Linux tells it.

    Returns:
        10^6 bytes; infinite where the system tells nothing.
    """
    return min(_free_mb(root / "proc/meminfo"), _left_mb(root / "sys/fs/cgroup"))


def _free_mb(information: Path) -> float:
    if not information.exists():
        return math.inf
    lines = (line.split() for line in information.read_text().splitlines())
    free_kib = next(int(words[1]) for words in lines if words[0] == "MemAvailable:")
    return free_kib * 1024 / BYTES_PER_MB


def _left_mb(group: Path) -> float:
    limit, used = group / "memory.max", group / "memory.current"
    if not limit.exists() or limit.read_text().strip() == "max":
        return math.inf
    return max(int(limit.read_text()) - int(used.read_text()), 0) / BYTES_PER_MB
