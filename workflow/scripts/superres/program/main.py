"""Command line of the program `superres`."""

import logging
import sys
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated, Any

import tyro
from tyro.conf import Positional, arg
from tyro.extras import subcommand_cli_from_dict

from superres.core.console import CLEAR, log, shown
from superres.core.errors import InputError
from superres.core.families import Cost, Kind
from superres.core.precisions import WantedPrecision

PACKAGE = "super-resolution-workflow"


def main() -> None:
    """Run a command; `superres photo.jpg` is `superres upscale photo.jpg`."""
    logging.basicConfig(
        level=logging.INFO,
        stream=sys.stderr,
        format=f"{CLEAR if sys.stderr.isatty() else ''}%(message)s",
    )
    commands: dict[str, Callable[..., Any]] = {
        "upscale": upscale,
        "compare": compare,
        "networks": networks,
    }
    words = sys.argv[1:]
    if words == ["--version"]:
        print(_version())
        return
    if words == ["--list-networks"]:
        words = ["networks"]
    elif words and words[0] not in (*commands, "--help", "-h"):
        words = ["upscale", *words]
    try:
        subcommand_cli_from_dict(
            commands,
            prog="superres",
            description="Larger pictures by a small network, and pages that compare pictures. "
            "`superres photo.jpg` is short for `superres upscale photo.jpg`.",
            args=words or ["--help"],
            config=(tyro.conf.FlagCreatePairsOff,),
        )
    except InputError as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:
        sys.exit(130)


def upscale(
    pictures: Positional[list[Path]],
    /,
    input: Annotated[list[Path], arg(aliases=["-i"])] = [],  # noqa: B006 (never changed)
    output: Annotated[str | None, arg(aliases=["-o"])] = None,
    scale: Annotated[float | None, arg(aliases=["-s"])] = None,
    network: Annotated[str | None, arg(aliases=["-n"])] = None,
    kind: Kind | None = None,
    cost: Cost | None = None,
    overwrite: bool = False,
    jpeg_quality: int | None = None,
    drop_private: bool = False,
    flat: bool = False,
    most_megapixels: float = 500.0,
    memory_mb: float | None = None,
    threads: int | None = None,
    precision: WantedPrecision = "fastest",
) -> None:
    """Upscale pictures.

    Args:
        pictures: pictures and folders of pictures.
        input: the same, named.
        output: file of one picture, or folder; beside the picture as `photo_x2.jpg` unless given.
        scale: any factor; 2, or that of `network`, unless given.
        network: name of one that comes with superres (`superres networks`), or a file of the
            workflow.
        kind: which networks to choose from: for clean pictures, or for photos of cameras and web
            pages, which JPEG, noise and blur have spoiled. By the file unless given: `photo` for
            JPEG, AVIF and lossy WebP, `clean` for others.
        cost: of these networks; `standard` unless given, `small` takes about half of its time,
            `large` three times as long, in bfloat16 they differ less. Where there is none, the
            nearest.
        overwrite: replace what is there.
        jpeg_quality: of JPEG files, 1 to 100; that of the source unless given.
        drop_private: leave out where, by whom and with which camera a picture was taken.
        flat: leave out the folders in a folder.
        most_megapixels: larger pictures are not read.
        memory_mb: limit for the network's features; chosen by free memory unless given.
        threads: CPU threads; all unless given.
        precision: of the products; `fastest` is bfloat16 where the processor has such products and
            the network is known to lose next to nothing by them, float32 elsewhere.
    """
    from superres.program import destinations, enlarging, shipped

    sources = [*pictures, *input]
    if not sources:
        raise InputError("no picture given; for help: superres upscale --help")
    enlarging.check_numbers(scale=scale)
    settings = enlarging.settings(
        *shipped.chosen(network, kind, scale, cost),
        None,
        scale,
        memory_mb,
        threads,
        precision=precision,
        overwrite=overwrite,
        most_megapixels=most_megapixels,
        drop_private=drop_private,
        jpeg_quality=jpeg_quality,
    )
    counts = destinations.write_all(
        destinations.tasks(sources, output, settings.factor), settings, flat
    )
    if counts.done + counts.skipped + counts.failed > 1:
        log.info("%d upscaled, %d skipped, %d failed", counts.done, counts.skipped, counts.failed)
    if counts.failed:
        sys.exit(1)


def compare(
    pictures: Positional[list[Path]],
    /,
    output: Annotated[Path, arg(aliases=["-o"])] = Path("comparison"),
    lr: Path | None = None,
    overwrite: bool = False,
    most_megapixels: float = 500.0,
) -> None:
    """Make a page on which pictures are compared with the original, and print their scores.

    Args:
        pictures: pictures of one photo, the original last; or folders, in which the pictures of a
            photo have the same name. Gains are over the first.
        output: folder of the page.
        lr: the small picture that the others were made from, or a folder of them; shown beside
            them.
        overwrite: replace a page that is there.
        most_megapixels: larger pictures are not read.
    """
    try:
        from superres.program import comparing
    except ModuleNotFoundError as error:
        raise InputError(
            f"superres compare needs the package {error.name}, which is not installed; install "
            f"superres with all that it needs: pip install '{PACKAGE}[compare]'"
        ) from error
    try:
        table = comparing.write(comparing.sources(pictures, lr), output, overwrite, most_megapixels)
    except OSError as error:
        file = shown(Path(error.filename or output))
        raise InputError(f"{file}: {error.strerror}; check permissions and disk space") from error
    print(table)
    log.info("%s: open it in a browser", shown(output / "index.html"))


def networks() -> None:
    """List the networks that come with superres."""
    from superres.program import shipped

    for one in shipped.networks():
        print(
            f"{one.name}: x{one.scale}, {one.kind}, {one.cost}, {one.gain_db:+.2f} dB over bicubic "
            f"(PSNR in RGB, mean of {one.photos} photos that it never saw), "
            f"{one.file.stat().st_size / 10**6:.2f} MB"
        )


def _version() -> str:
    try:
        return version(PACKAGE)
    except PackageNotFoundError:
        return "not installed"


if __name__ == "__main__":
    main()
