"""The user's own pictures, upscaled with a trained network."""

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
) -> None:
    """Upscale your own pictures with a trained network.

    Args:
        network: .onnx, .tflite or .keras file.
        input: picture, or folder of pictures.
        output: folder for the upscaled pictures.
        scale: whole factor of a .keras file.
        factor: any factor; the network's own unless given.
        overwrite: replace existing outputs.
        memory_mb: limit for the network's features; chosen by free memory unless given.
        threads: CPU threads.
        most_megapixels: larger pictures are not read.
        flat: leave out the folders in the input.
    """
    from superres.core import memory
    from superres.images import upscaling
    from superres.networks.prediction import predict
    from superres.networks.runtimes import open_network

    opened = open_network(network, threads)
    network_scale = opened.scale or scale
    if network_scale is None:
        raise InputError(f"{network}: does not say its scale; give it with --scale")
    features_mb = memory_mb or memory.for_features_mb()

    def enlarge(image):
        return predict(opened, image, network_scale, memory_mb=features_mb)

    counts = upscaling.upscale_all(
        input,
        output,
        factor or network_scale,
        network_scale,
        enlarge,
        overwrite,
        most_megapixels,
        flat,
    )
    log.info("%d upscaled, %d skipped, %d failed", counts.done, counts.skipped, counts.failed)
    if counts.failed:
        raise InputError(f"{counts.failed} pictures failed, for the reasons above")


if __name__ == "__main__":
    run(upscale)
