"""The user's own pictures, upscaled with a trained network."""

from pathlib import Path

from superres.core.console import log, run
from superres.core.errors import InputError
from superres.core.precisions import WantedPrecision


def upscale(
    network: list[Path],
    input: Path,
    output: Path,
    photo_network: tuple[Path, ...] = (),
    scale: int | None = None,
    factor: float | None = None,
    overwrite: bool = False,
    memory_mb: float | None = None,
    threads: int | None = None,
    most_megapixels: float = 500.0,
    flat: bool = False,
    drop_private: bool = False,
    jpeg_quality: int | None = None,
    precision: WantedPrecision = "fastest",
) -> None:
    """Upscale your own pictures with a trained network.

    Args:
        network: .onnx, .tflite or .keras file; of two, the second is for all passes after the
            first.
        input: picture, or folder of pictures.
        output: folder for the upscaled pictures.
        photo_network: others for JPEG, AVIF and lossy WebP.
        scale: whole factor of a .keras file.
        factor: any factor; the network's own unless given.
        overwrite: replace whatever is there, also what a person made or changed.
        memory_mb: limit for the network's features; chosen by free memory unless given.
        threads: CPU threads; all that this process may use unless given.
        most_megapixels: larger pictures are not read.
        flat: leave out the folders in the input.
        drop_private: leave out where, by whom and with which camera a picture was taken.
        jpeg_quality: of JPEG files, 1 to 100; that of the source unless given.
        precision: of the products; `fastest` is bfloat16 where the processor has such products and
            the record beside the network's file says that it loses next to nothing by them.
    """
    from superres.images.upscaled_folders import upscale_all
    from superres.program import enlarging

    settings = enlarging.settings(
        network,
        photo_network,
        scale,
        factor,
        memory_mb,
        threads,
        precision=precision,
        overwrite=overwrite,
        most_megapixels=most_megapixels,
        drop_private=drop_private,
        jpeg_quality=jpeg_quality,
    )
    counts = upscale_all(input, output, settings, flat)
    log.info("%d upscaled, %d skipped, %d failed", counts.done, counts.skipped, counts.failed)
    if counts.failed:
        raise InputError(f"{counts.failed} pictures failed, for the reasons above")


if __name__ == "__main__":
    run(upscale)
