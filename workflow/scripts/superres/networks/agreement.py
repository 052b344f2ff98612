"""The same network by several runtimes: whether they agree, and what each of them costs."""

import functools
import multiprocessing
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from superres.core import memory, processor
from superres.core.console import tracked
from superres.core.decibels import psnr_db
from superres.core.errors import InputError
from superres.core.precisions import Precision
from superres.core.rates import megapixel_rates
from superres.networks.anatomy import Anatomy, Network, agree
from superres.networks.runtimes import Runtime, open_network

ENDINGS = (".keras", ".onnx", ".tflite")


@dataclass(frozen=True)
class Way:
    """How a network is run.

    Attributes:
        runtime: what runs it.
        ending: of the file that it reads.
        precision: of its products.
    """

    runtime: Runtime
    ending: str
    precision: Precision = "float32"


REFERENCE = Way("keras", ".keras")
# ONNX Runtime is what others run such a file with.
EVERYWHERE = (
    REFERENCE,
    Way("openvino", ".onnx"),
    Way("onnxruntime", ".onnx"),
    Way("litert", ".tflite"),
)


@dataclass(frozen=True)
class Measurement:
    """What comes of one image in one way.

    Attributes:
        output: float32 (1, height, width, 3).
        elapsed_s: wall time, one number a turn.
        peak_mb: memory (10^6 bytes) that its process took at most for importing the runtime,
            loading the network and running it, beyond what Python and NumPy had taken before.
        file_mb: size of the network's file (10^6 bytes).
    """

    output: np.ndarray
    elapsed_s: list[float]
    peak_mb: float
    file_mb: float


def ways() -> tuple[Way, ...]:
    """All that this processor knows."""
    half = (Way("openvino", ".onnx", "bfloat16"),) if processor.multiplies_bfloat16() else ()
    return (*EVERYWHERE, *half)


def measurements(
    files: list[Path], hr_size_px: tuple[int, int], threads: int, turns: int
) -> dict[Way, Measurement]:
    """Run one network in all ways in turn, each in a process of its own.

    Args:
        files: the network, with each of `ENDINGS`.
        hr_size_px: width and height of the output; rounded up to what the network can give.
        threads: of every runtime.
        turns: measurements a way, after one that is not counted.

    Returns:
        By way, all on the same random image.

    Raises:
        InputError: not one file of each ending, or one that cannot be opened.
    """
    by_ending = {file.suffix: file for file in files}
    if len(files) != len(ENDINGS) or set(by_ending) != set(ENDINGS):
        raise InputError(f"runtimes are compared on one file each of {', '.join(ENDINGS)}")
    by_way = {way: by_ending[way.ending] for way in ways()}
    # Threads of one runtime must not live on in the copy for another.
    context = multiprocessing.get_context("spawn")
    with ExitStack() as stack:
        workers = {way: stack.enter_context(ProcessPoolExecutor(1, context)) for way in by_way}
        before_mb = {way: worker.submit(memory.peak_mb).result() for way, worker in workers.items()}
        anatomies = {
            way: worker.submit(_anatomy, by_way[way], threads, way).result()
            for way, worker in workers.items()
        }
        x = _image(anatomies[REFERENCE], hr_size_px)
        outputs: dict[Way, np.ndarray] = {}
        elapsed_s: dict[Way, list[float]] = {way: [] for way in workers}
        for turn in tracked(range(turns + 1), "turns"):
            for way, worker in workers.items():
                outputs[way], turn_s = worker.submit(_timed, by_way[way], threads, way, x).result()
                if turn > 0:
                    elapsed_s[way].append(turn_s)
        after_mb = {way: worker.submit(memory.peak_mb).result() for way, worker in workers.items()}
    return {
        way: Measurement(
            outputs[way],
            elapsed_s[way],
            after_mb[way] - before_mb[way],
            by_way[way].stat().st_size / memory.BYTES_PER_MB,
        )
        for way in workers
    }


def rows(measured: dict[Way, Measurement]) -> list[dict]:
    """One row a way; chosen is the fastest of those that agree with Keras.

    Args:
        measured: from `measurements`.

    Returns:
        Rows of the schema `parity`.
    """
    truth = measured[REFERENCE].output
    megapixels = truth.shape[1] * truth.shape[2] / 1e6
    measured_rows = []
    for way, measurement in measured.items():
        difference = np.abs(measurement.output.astype(np.float64) - truth)
        measured_rows.append(
            {
                "runtime": way.runtime,
                "precision": way.precision,
                "max_difference": float(difference.max()),
                "psnr_db": psnr_db(float(np.mean(difference**2))),
                **megapixel_rates([megapixels / turn_s for turn_s in measurement.elapsed_s]),
                "peak_mb": measurement.peak_mb,
                "file_mb": measurement.file_mb,
                "agrees": "yes" if agree(measurement.output, truth) else "no",
                "chosen": "no",
            }
        )
    agreeing = [row for row in measured_rows if row["agrees"] == "yes"]
    max(agreeing, key=lambda row: row["megapixels_per_s"])["chosen"] = "yes"
    return measured_rows


def _image(anatomy: Anatomy, hr_size_px: tuple[int, int]) -> np.ndarray:
    width_px, height_px = (
        -(-side_px // (anatomy.factor * anatomy.period_px)) * anatomy.period_px
        for side_px in hr_size_px
    )
    return np.random.default_rng(0).random((1, height_px, width_px, 3), np.float32)


# What follows runs in the process of one way.


@functools.cache
def _opened(file: Path, threads: int, way: Way) -> Network:
    return open_network(file, threads, way.precision, way.runtime)


def _anatomy(file: Path, threads: int, way: Way) -> Anatomy:
    return _opened(file, threads, way).anatomy


def _timed(file: Path, threads: int, way: Way, x: np.ndarray) -> tuple[np.ndarray, float]:
    start_s = time.monotonic()
    output = _opened(file, threads, way).run(x)
    return output, time.monotonic() - start_s
