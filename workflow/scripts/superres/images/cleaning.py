"""Clean HR photographs from large ones: reduction, the window with most detail, and measures."""

import numpy as np
from PIL import Image

from superres.core.decibels import psnr_db
from superres.core.errors import InputError
from superres.images.degradations import bicubic, mod_crop
from superres.images.window_sums import window_sums

# A window begins at a multiple of this, so that a table of windows is easy to read.
_STEP_PX = 8
# BT.601, as luma of values in [0, 255].
_LUMA = (0.299, 0.587, 0.114)


def reduced(rgb: np.ndarray, factor: int) -> np.ndarray:
    """Make a photograph smaller, which averages noise and the traces of JPEG and WebP away.

    Args:
        rgb: uint8 array (height, width, 3); right and lower edge are cropped to whole blocks.
        factor: whole factor, at least 1.

    Returns:
        uint8 array (height // factor, width // factor, 3), by antialiased bicubic down-sampling.

    Raises:
        InputError: a side is shorter than the factor.
    """
    return bicubic(mod_crop(rgb, factor), factor)


def most_detailed_window(rgb: np.ndarray, size_px: tuple[int, int]) -> tuple[int, int]:
    """Where the window with the largest mean absolute gradient of luma begins.

    Args:
        rgb: uint8 array (height, width, 3).
        size_px: width and height of the window; a side that the photograph lacks is not cropped.

    Returns:
        Left and top in pixels, both multiples of 8; the first of several equal windows.
    """
    luma = rgb @ np.array(_LUMA)
    detail = np.zeros(luma.shape)
    detail[:, 1:] += np.abs(np.diff(luma, axis=1))
    detail[1:] += np.abs(np.diff(luma, axis=0))
    height_px, width_px = luma.shape
    size_px = (min(size_px[0], width_px), min(size_px[1], height_px))
    inside = window_sums(detail, size_px, _STEP_PX)
    row, column = np.unravel_index(inside.argmax(), inside.shape)
    return int(column) * _STEP_PX, int(row) * _STEP_PX


def window(rgb: np.ndarray, left_px: int, top_px: int, size_px: tuple[int, int]) -> np.ndarray:
    """Cut a window out.

    Args:
        rgb: uint8 array (height, width, 3).
        left_px: first column.
        top_px: first row.
        size_px: width and height.

    Raises:
        InputError: the window does not lie within the photograph.
    """
    width_px, height_px = size_px
    cut = rgb[top_px : top_px + height_px, left_px : left_px + width_px]
    if cut.shape[:2] != (height_px, width_px):
        raise InputError(
            f"the window of {width_px}x{height_px} px at {left_px}, {top_px} is not within the "
            f"photograph of {rgb.shape[1]}x{rgb.shape[0]} px"
        )
    return cut


def round_trip_psnr_db(rgb: np.ndarray) -> float:
    """PSNR of the photograph after halving and doubling by bicubic: high where it is soft.

    Args:
        rgb: uint8 array (height, width, 3), at least 2 px a side.

    Returns:
        dB, RGB, peak 255; infinite where nothing is lost.
    """
    hr = mod_crop(rgb, 2)
    size_px = (hr.shape[1], hr.shape[0])
    back = np.asarray(Image.fromarray(bicubic(hr, 2)).resize(size_px, Image.Resampling.BICUBIC))
    return psnr_db(float(np.mean((hr.astype(np.float64) - back) ** 2)), peak=255)


def colours_per_pixel(rgb: np.ndarray) -> float:
    """Distinct colours by number of pixels, in (0, 1]: low for drawings and grey pictures.

    Args:
        rgb: uint8 array (height, width, 3).
    """
    codes = rgb.astype(np.uint32) @ np.array([1 << 16, 1 << 8, 1], dtype=np.uint32)
    return len(np.unique(codes)) / codes.size
