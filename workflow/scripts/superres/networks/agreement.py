"""The same network by several runtimes: whether they agree, and what each of them costs."""

import functools
import multiprocessing
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from superres.core import memory
from superres.core.console import tracked
from superres.core.decibels import psnr_db
from superres.core.errors import InputError
from superres.core.rates import megapixel_rates
from superres.networks.anatomy import Anatomy, agree
from superres.networks.runtimes import open_network

RUNTIMES = {".keras": "keras", ".onnx": "onnxruntime", ".tflite": "litert"}
REFERENCE = "keras"


@dataclass(frozen=True)
class Measurement:
    """What one runtime does with one image.

    Attributes:
        output: float32 (1, height, width, 3).
        elapsed_s: wall time, one number a turn.
        peak_mb: memory (10^6 bytes) that its process took at most for importing the runtime,
            loading the network and running it, beyond what Python and NumPy had taken before.
    """

    output: np.ndarray
    elapsed_s: list[float]
    peak_mb: float


def measurements(
    files: list[Path], hr_size_px: tuple[int, int], threads: int, turns: int
) -> dict[str, Measurement]:
    """Run one network by all runtimes in turn, each in a process of its own.

    Args:
        files: the network, in a file for each runtime of `RUNTIMES`.
        hr_size_px: width and height of the output; rounded up to what the network can give.
        threads: of every runtime.
        turns: measurements a runtime, after one that is not counted.

    Returns:
        By runtime, all on the same random image.

    Raises:
        InputError: not one file for each runtime, or one that cannot be opened.
    """
    by_runtime = {RUNTIMES[file.suffix]: file for file in files if file.suffix in RUNTIMES}
    if len(files) != len(RUNTIMES) or set(by_runtime) != set(RUNTIMES.values()):
        raise InputError(f"runtimes are compared on one file each of {', '.join(RUNTIMES)}")
    # Threads of one runtime must not live on in the copy for another.
    context = multiprocessing.get_context("spawn")
    with ExitStack() as stack:
        workers = {
            runtime: stack.enter_context(ProcessPoolExecutor(1, context)) for runtime in by_runtime
        }
        before_mb = {
            name: worker.submit(memory.peak_mb).result() for name, worker in workers.items()
        }
        anatomies = {
            name: worker.submit(_anatomy, by_runtime[name], threads).result()
            for name, worker in workers.items()
        }
        x = _image(anatomies[REFERENCE], hr_size_px)
        outputs: dict[str, np.ndarray] = {}
        elapsed_s: dict[str, list[float]] = {name: [] for name in workers}
        for turn in tracked(range(turns + 1), "turns"):
            for name, worker in workers.items():
                outputs[name], turn_s = worker.submit(_timed, by_runtime[name], threads, x).result()
                if turn > 0:
                    elapsed_s[name].append(turn_s)
        after_mb = {
            name: worker.submit(memory.peak_mb).result() for name, worker in workers.items()
        }
    return {
        name: Measurement(outputs[name], elapsed_s[name], after_mb[name] - before_mb[name])
        for name in workers
    }


def rows(measured: dict[str, Measurement], file_mb: dict[str, float]) -> list[dict]:
    """One row a runtime; chosen is the fastest of those that agree with Keras.

    Args:
        measured: from `measurements`.
        file_mb: size of the file (10^6 bytes), by runtime.

    Returns:
        Rows of the schema `parity`.
    """
    truth = measured[REFERENCE].output
    megapixels = truth.shape[1] * truth.shape[2] / 1e6
    measured_rows = []
    for name, measurement in measured.items():
        difference = np.abs(measurement.output.astype(np.float64) - truth)
        measured_rows.append(
            {
                "runtime": name,
                "max_difference": float(difference.max()),
                "psnr_db": psnr_db(float(np.mean(difference**2))),
                **megapixel_rates([megapixels / turn_s for turn_s in measurement.elapsed_s]),
                "peak_mb": measurement.peak_mb,
                "file_mb": file_mb[name],
                "agrees": "yes" if agree(measurement.output, truth) else "no",
            }
        )
    agreeing = [row for row in measured_rows if row["agrees"] == "yes"]
    chosen = max(agreeing, key=lambda row: row["megapixels_per_s"])["runtime"]
    return [row | {"chosen": "yes" if row["runtime"] == chosen else "no"} for row in measured_rows]


def sizes_mb(files: list[Path]) -> dict[str, float]:
    """Size of every file (10^6 bytes), by runtime."""
    return {RUNTIMES[file.suffix]: file.stat().st_size / 1e6 for file in files}


def _image(anatomy: Anatomy, hr_size_px: tuple[int, int]) -> np.ndarray:
    width_px, height_px = (
        -(-side_px // (anatomy.factor * anatomy.period_px)) * anatomy.period_px
        for side_px in hr_size_px
    )
    return np.random.default_rng(0).random((1, height_px, width_px, 3), np.float32)


# What follows runs in the process of one runtime.

_opened = functools.cache(open_network)


def _anatomy(file: Path, threads: int) -> Anatomy:
    return _opened(file, threads).anatomy


def _timed(file: Path, threads: int, x: np.ndarray) -> tuple[np.ndarray, float]:
    start_s = time.monotonic()
    output = _opened(file, threads).run(x)
    return output, time.monotonic() - start_s
