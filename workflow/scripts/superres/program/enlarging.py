"""What upscales pictures: a network's file and the choices of a command line."""

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from superres.core import memory, processor
from superres.core.checksums import sha256
from superres.core.errors import InputError
from superres.core.precisions import Precision, WantedPrecision
from superres.images.upscaler import Network, Settings
from superres.networks.prediction import predict
from superres.networks.runtimes import open_network
from superres.networks.tiling import Report
from superres.program import shipped

MOST_LOST_DB = 0.01


def settings(
    networks: Sequence[Path],
    photo_networks: Sequence[Path],
    scale: int | None,
    factor: float | None,
    memory_mb: float | None,
    threads: int | None,
    *,
    precision: WantedPrecision,
    overwrite: bool,
    most_megapixels: float,
    drop_private: bool,
    jpeg_quality: int | None,
) -> Settings:
    """Open networks and put together what determines the outputs.

    Args:
        networks: .onnx, .tflite or .keras file; of two, the second is for all passes after the
            first.
        photo_networks: others for lossy files; the same where there are none.
        scale: whole factor of a .keras file, which does not say it.
        factor: side of the result over side of the picture; that of the network where it is None.
        memory_mb: most that the network's features may take; by free memory where it is None.
        threads: of the CPU; all that this process may use where it is None.
        precision: of the products, see `precision_of`.
        overwrite: as in `Settings`.
        most_megapixels: as there.
        drop_private: as there.
        jpeg_quality: as there.

    Raises:
        InputError: no network, or a value that cannot be; named as an option of a command line.
    """
    check_numbers(
        factor=factor, memory_mb=memory_mb, threads=threads, most_megapixels=most_megapixels
    )
    if jpeg_quality is not None and not 1 <= jpeg_quality <= 100:
        raise InputError(f"--jpeg-quality {jpeg_quality}: give a number from 1 to 100")
    threads = threads or processor.usable()
    features_mb = memory_mb or memory.for_features_mb()
    network, photo_network = (
        _opened(files, scale, threads, features_mb, precision) if files else None
        for files in (networks, photo_networks)
    )
    if network is None:
        raise InputError("--network: give a file")
    return Settings(
        factor=network.scale if factor is None else factor,
        network=network,
        photo_network=photo_network,
        overwrite=overwrite,
        most_megapixels=most_megapixels,
        drop_private=drop_private,
        jpeg_quality=jpeg_quality,
    )


def _opened(
    files: Sequence[Path],
    scale: int | None,
    threads: int,
    features_mb: float,
    precision: WantedPrecision,
) -> Network:
    file, *others = files
    again = _opened(others, scale, threads, features_mb, precision) if others else None
    runtime = open_network(file, threads, precision_of(file, precision))
    own_scale = scale_of(file, runtime.scale, scale)

    def enlarge(image: np.ndarray, report: Report) -> np.ndarray:
        return predict(runtime, image, own_scale, memory_mb=features_mb, report=report)

    if again and again.scale != own_scale:
        raise InputError(
            f"{others[0]}: has the scale {again.scale}, but {file} has {own_scale}; give two "
            "networks of one scale"
        )
    return Network(own_scale, enlarge, file.stem, sha256(file), again, runtime.precision)


def precision_of(file: Path, wanted: WantedPrecision) -> Precision:
    """The precision that a network is computed in.

    Args:
        file: of the network.
        wanted: `fastest` is bfloat16 where the processor has such products and the network's record
            says that it loses at most `MOST_LOST_DB` by them.
    """
    if wanted != "fastest":
        return wanted
    lost_db = shipped.lost_in_bfloat16_db(file) if processor.multiplies_bfloat16() else None
    return "float32" if lost_db is None or lost_db > MOST_LOST_DB else "bfloat16"


def check_numbers(**values: float | None) -> None:
    """Refuse numbers that are not above 0, named as options.

    Raises:
        InputError: names the first.
    """
    for name, value in values.items():
        if value is not None and not 0 < value < math.inf:
            raise InputError(f"--{name.replace('_', '-')} {value:g}: give a number above 0")


def scale_of(network: Path, own: int | None, given: int | None) -> int:
    """The scale of a network, which only some kinds of files hold.

    Args:
        network: its file.
        own: what the file says.
        given: what the command line says.

    Raises:
        InputError: they disagree, or neither says it.
    """
    if given is not None and given < 2:
        raise InputError(f"--scale {given}: give a whole factor of at least 2")
    if own is not None and given is not None and own != given:
        raise InputError(f"--scale {given}: {network} has the scale {own}; leave the option out")
    scale = own if given is None else given
    if scale is None:
        raise InputError(f"{network}: does not say its scale; give it with --scale")
    return scale
