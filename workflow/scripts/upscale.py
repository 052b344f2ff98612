"""The user's own pictures, upscaled with a trained network."""

import math
from pathlib import Path

from superres.core.console import log, run
from superres.core.errors import InputError


def upscale(
    network: Path,
    input: Path,
    output: Path,
    scale: int | None = None,
    factor: float | None = None,
    overwrite: bool = False,
    memory_mb: float | None = None,
    threads: int = 1,
    most_megapixels: float = 500.0,
    flat: bool = False,
    drop_private: bool = False,
    jpeg_quality: int | None = None,
) -> None:
    """Upscale your own pictures with a trained network.

    Args:
        network: .onnx, .tflite or .keras file.
        input: picture, or folder of pictures.
        output: folder for the upscaled pictures.
        scale: whole factor of a .keras file.
        factor: any factor; the network's own unless given.
        overwrite: replace whatever is there, also what a person made or changed.
        memory_mb: limit for the network's features; chosen by free memory unless given.
        threads: CPU threads.
        most_megapixels: larger pictures are not read.
        flat: leave out the folders in the input.
        drop_private: leave out where, by whom and with which camera a picture was taken.
        jpeg_quality: of JPEG files, 1 to 100; that of the source unless given.
    """
    for name, value in (
        ("factor", factor),
        ("memory-mb", memory_mb),
        ("threads", threads),
        ("most-megapixels", most_megapixels),
    ):
        if value is not None and not 0 < value < math.inf:
            raise InputError(f"--{name} {value:g}: give a number above 0")

    if jpeg_quality is not None and not 1 <= jpeg_quality <= 100:
        raise InputError(f"--jpeg-quality {jpeg_quality}: give a number from 1 to 100")

    from superres.core import memory
    from superres.core.checksums import sha256
    from superres.images.upscaled_folders import upscale_all
    from superres.images.upscaler import Settings
    from superres.networks.prediction import predict
    from superres.networks.runtimes import open_network

    opened = open_network(network, threads)
    network_scale = scale_of(network, opened.scale, scale)
    features_mb = memory.for_features_mb() if memory_mb is None else memory_mb

    def enlarge(image, report):
        return predict(opened, image, network_scale, memory_mb=features_mb, report=report)

    settings = Settings(
        factor=network_scale if factor is None else factor,
        network_scale=network_scale,
        enlarge=enlarge,
        network=sha256(network),
        overwrite=overwrite,
        most_megapixels=most_megapixels,
        drop_private=drop_private,
        jpeg_quality=jpeg_quality,
    )
    counts = upscale_all(input, output, settings, flat)
    log.info("%d upscaled, %d skipped, %d failed", counts.done, counts.skipped, counts.failed)
    if counts.failed:
        raise InputError(f"{counts.failed} pictures failed, for the reasons above")


def scale_of(network: Path, own: int | None, given: int | None) -> int:
    """The scale of a network, which only some kinds of files hold.

    Args:
        network: its file.
        own: what the file says.
        given: what the command line says.
    """
    if given is not None and given < 2:
        raise InputError(f"--scale {given}: give a whole factor of at least 2")
    if own is not None and given is not None and own != given:
        raise InputError(f"--scale {given}: {network} has the scale {own}; leave the option out")
    if own is None and given is None:
        raise InputError(f"{network}: does not say its scale; give it with --scale")
    return own or given


if __name__ == "__main__":
    run(upscale)
