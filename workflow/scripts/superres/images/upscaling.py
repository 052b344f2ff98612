"""Pictures up-sampled by any factor, with a network of one factor."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image

from superres.core.errors import InputError
from superres.images.decoding import to_8_bits
from superres.images.passes import passes
from superres.images.pictures import Picture

# Peaks of memory, measured: of what the network gives, and of the picture that is written.
BYTES_PER_NETWORK_PX = 10
BYTES_PER_PX = 8
BYTES_PER_RESIZED_PX = 16
BYTES_PER_DEEP_PX = 56

Enlarge = Callable[[np.ndarray], np.ndarray]
"""From uint8 (height, width, 3) to uint8 (height * scale, width * scale, 3)."""


@dataclass(frozen=True)
class Cost:
    """What upscaling a picture takes.

    Attributes:
        width_px, height_px: of the result.
        memory_mb: at most, without the network's features (10^6 bytes).
        network_px: pixels that the network is given, over all its passes.
    """

    width_px: int
    height_px: int
    memory_mb: float
    network_px: int


def fit(
    image: np.ndarray,
    factor: float,
    network_scale: int,
    enlarge: Enlarge,
    again: Enlarge | None = None,
) -> np.ndarray:
    """Up-sample by any factor.

    The network is applied until it reaches the factor; one antialiased LANCZOS resize leads down
    from there. Factors up to 1 are only the resize.

    Args:
        image: uint8 array (height, width, 3).
        factor: side of the result over side of the image.
        network_scale: factor of `enlarge`, at least 2.
        enlarge: the network.
        again: another one of its factor, for all passes after the first.

    Returns:
        uint8 array; its sides are those of the image times the factor, rounded, at least 1 pixel.

    Raises:
        InputError: a factor that is not a positive number.
    """
    size_px = _size_px(image.shape, factor)
    for _ in range(passes(factor, network_scale)):
        image = enlarge(image)
        enlarge = again or enlarge
    # Pillow would copy it four times.
    if image.shape[1::-1] == size_px:
        return image
    return np.asarray(Image.fromarray(image).resize(size_px, Image.Resampling.LANCZOS))


def check_factor(factor: float) -> None:
    """Refuse a factor that is not a positive number.

    Raises:
        InputError: names it.
    """
    if not 0 < factor < math.inf:
        raise InputError(f"factor {factor:g}: give a number above 0")


def cost(picture: Picture, factor: float, network_scale: int) -> Cost:
    """What `upscale` and writing take, known before anything is done."""
    width_px, height_px = _size_px(picture.rgb.shape, factor)
    pixels = math.prod(picture.rgb.shape[:2])
    count = passes(factor, network_scale)
    network_px = sum(pixels * network_scale ** (2 * done) for done in range(count))
    reached_px = pixels * network_scale ** (2 * count)
    if picture.rgb.dtype == np.uint16:
        bytes_per_px = BYTES_PER_DEEP_PX
    else:
        resized = width_px * height_px != reached_px
        bytes_per_px = BYTES_PER_RESIZED_PX if resized else BYTES_PER_PX
    result_bytes = width_px * height_px * bytes_per_px
    memory_mb = (reached_px * BYTES_PER_NETWORK_PX + result_bytes) / 10**6
    return Cost(width_px, height_px, memory_mb, network_px)


def _size_px(shape: tuple[int, ...], factor: float) -> tuple[int, int]:
    """Width and height of an array's image after up-sampling."""
    check_factor(factor)
    height_px, width_px = (max(1, round(side_px * factor)) for side_px in shape[:2])
    return width_px, height_px


def upscale(
    picture: Picture,
    factor: float,
    network_scale: int,
    enlarge: Enlarge,
    again: Enlarge | None = None,
) -> Picture:
    """Up-sample a picture with all that belongs to it.

    Grey goes through the network as three equal channels, of which the mean is taken. Of 16 bits
    the network sees the nearest 8; what these leave out, at most half a step of 8 bits, is added
    after a bicubic up-sampling of each channel. Transparency is up-sampled bicubically.

    Args:
        picture: as `pictures.read` gives it.
        factor: as for `fit`.
        network_scale: as for `fit`.
        enlarge: as for `fit`.
        again: as for `fit`.

    Returns:
        The picture with `rgb` and `alpha` of the new size.

    Raises:
        InputError: a factor that is not a positive number.
    """
    size_px = _size_px(picture.rgb.shape, factor)
    upper = to_8_bits(picture.rgb)
    rgb = fit(upper, factor, network_scale, enlarge, again)
    if picture.grey:
        rgb = np.dstack([(rgb.sum(axis=2, dtype=np.uint16) + 1) // 3] * 3).astype(np.uint8)
    if picture.rgb.dtype == np.uint16:
        left_out = picture.rgb - upper * np.float32(257)
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
