"""Pictures to any factor, with a network that knows one; one picture or a folder of them."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PIL import Image

from superres.core.console import log, shown, tracked
from superres.core.errors import InputError
from superres.images import picture_folders, pictures
from superres.images.decoding import to_8_bits
from superres.images.pictures import Picture
from superres.images.refusals import MOST_MEGAPIXELS

Enlarge = Callable[[np.ndarray], np.ndarray]
"""From uint8 (height, width, 3) to uint8 (height * scale, width * scale, 3)."""


@dataclass(frozen=True)
class Counts:
    """What became of the pictures.

    Attributes:
        done: written.
        skipped: left alone, as the output is there.
        failed: could not be read, upscaled or written.
    """

    done: int
    skipped: int
    failed: int


def fit(image: np.ndarray, factor: float, network_scale: int, enlarge: Enlarge) -> np.ndarray:
    """Up-sample by any factor.

    The network is composed with itself until it reaches the factor; one antialiased LANCZOS resize
    leads down from there. Factors up to 1 are only the resize.

    Args:
        image: uint8 array (height, width, 3).
        factor: side of the result over side of the image.
        network_scale: factor of `enlarge`, at least 2.
        enlarge: the network.

    Returns:
        uint8 array; its sides are those of the image times the factor, rounded, at least 1 pixel.

    Raises:
        InputError: a factor that is not a positive number.
    """
    size_px = _size_px(image.shape, factor)
    reached = 1
    while reached < factor:
        image = enlarge(image)
        reached *= network_scale
    return np.asarray(Image.fromarray(image).resize(size_px, Image.Resampling.LANCZOS))


def _size_px(shape: tuple[int, ...], factor: float) -> tuple[int, int]:
    """Width and height of an array's image after up-sampling."""
    if not 0 < factor < math.inf:
        raise InputError(f"factor {factor}: give a number above 0")
    height_px, width_px = (max(1, round(side_px * factor)) for side_px in shape[:2])
    return width_px, height_px


def upscale(picture: Picture, factor: float, network_scale: int, enlarge: Enlarge) -> Picture:
    """Up-sample a picture with all that belongs to it.

    Grey goes through the network as three equal channels, of which the mean is taken. Of 16 bits
    the network sees the nearest 8; what these leave out, at most half a step of 8 bits, is added
    after a bicubic up-sampling of each channel. Transparency is up-sampled bicubically.

    Args:
        picture: as `pictures.read` gives it.
        factor: as for `fit`.
        network_scale: as for `fit`.
        enlarge: as for `fit`.

    Returns:
        The picture with `rgb` and `alpha` of the new size.

    Raises:
        InputError: a factor that is not a positive number.
    """
    size_px = _size_px(picture.rgb.shape, factor)
    seen = to_8_bits(picture.rgb)
    rgb = fit(seen, factor, network_scale, enlarge)
    if picture.grey:
        rgb = np.dstack([(rgb.sum(axis=2, dtype=np.uint16) + 1) // 3] * 3).astype(np.uint8)
    if picture.rgb.dtype == np.uint16:
        left_out = picture.rgb - seen * np.float32(257)
        rgb = _in_range(rgb * np.float32(257) + _bicubic(left_out, size_px))
    alpha = picture.alpha
    if alpha is not None:
        # Pillow resizes 16 bits as floats alone.
        alpha = (
            _in_range(_bicubic(alpha.astype(np.float32), size_px))
            if alpha.dtype == np.uint16
            else _bicubic(alpha, size_px)
        )
    return replace(picture, rgb=rgb, alpha=alpha)


def _in_range(levels: np.ndarray) -> np.ndarray:
    """Nearest levels of 16 bits."""
    return np.clip(np.rint(levels), 0, 65535).astype(np.uint16)


def _bicubic(levels: np.ndarray, size_px: tuple[int, int]) -> np.ndarray:
    """An array (height, width), or one of channels of floats behind these two, in another size."""
    if levels.ndim == 3:
        return np.dstack([_bicubic(channel, size_px) for channel in np.moveaxis(levels, 2, 0)])
    image = Image.fromarray(np.ascontiguousarray(levels))
    return np.asarray(image.resize(size_px, Image.Resampling.BICUBIC))


def upscale_all(
    source: Path,
    output: Path,
    factor: float,
    network_scale: int,
    enlarge: Enlarge,
    overwrite: bool = False,
    most_megapixels: float = MOST_MEGAPIXELS,
    flat: bool = False,
) -> Counts:
    """Upscale a picture or all of a folder; a bad one is told and never stops the others.

    Hidden files are left out, and what is no picture, which is counted in a line. Outputs keep the
    names of their sources and of the folders these are in, except that a change of format adds
    `.png`, see `pictures.written_as`.

    Args:
        source: a picture, or a folder of pictures.
        output: folder for the upscaled ones; is made.
        factor: as for `fit`.
        network_scale: as for `fit`.
        enlarge: as for `fit`.
        overwrite: replace outputs that are there; otherwise their sources are skipped.
        most_megapixels: larger pictures are not read.
        flat: leave out the folders in the folder.

    Raises:
        InputError: no source, none in the folder, or an output that is a file or the same folder.
    """
    files = _files(source, flat)
    folder = source if source.is_dir() else source.parent
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{shown(output)}: no folder for the output: {error.strerror}") from error
    if output.samefile(folder):
        raise InputError(f"{shown(output)}: holds the sources; give another folder for the output")
    written, skipped, failures = set(), 0, []
    for file in tracked(files, "pictures"):
        target = output / file.relative_to(folder)
        try:
            there = [path for path in (target, pictures.png_name(target)) if _exists(path)]
            if there and not overwrite:
                log.info("%s: skipped, as %s is there", shown(file), shown(there[0]))
                skipped += 1
                continue
            if any(path.samefile(file) for path in there):
                raise InputError(f"{shown(file)}: links to its output, which would replace it")
            picture = pictures.read(file, most_megapixels)
            picture = upscale(picture, factor, network_scale, enlarge)
            if pictures.written_as(target, picture) in written:
                raise InputError(f"{shown(file)}: another source has its output's name; rename it")
            target.parent.mkdir(parents=True, exist_ok=True)
            written.add(pictures.write(target, picture))
        except InputError as error:
            failures.append(str(error))
        except MemoryError:
            failures.append(f"{shown(file)}: too large for the memory of this machine")
        except Exception as error:  # whatever one file causes, the others are tried
            reason = " ".join(str(error).split())
            failures.append(f"{shown(file)}: {type(error).__name__}: {reason}")
    for failure in failures:
        log.info("failed: %s", failure)
    return Counts(len(written), skipped, len(failures))


def _exists(path: Path) -> bool:
    """Whether there is a file; none has a name that is too long for the file system."""
    try:
        return path.exists()
    except OSError:
        return False


def _files(source: Path, flat: bool) -> list[Path]:
    """The file, or the pictures of the folder by natural order."""
    if not source.is_dir():
        if not source.exists():
            raise InputError(f"{shown(source)}: no such file or folder")
        return [source]
    try:
        files, others = picture_folders.files_in(source, flat)
    except OSError as error:
        raise InputError(f"{shown(Path(error.filename))}: {error.strerror}") from error
    if others:
        log.info("files that are no pictures, left out: %s", picture_folders.counted(others))
    if not files:
        raise InputError(f"{shown(source)}: the folder holds no pictures")
    return files
