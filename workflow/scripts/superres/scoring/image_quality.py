"""Scores of a prediction against the truth, in the convention of the super-resolution field.

Images are rounded to 8 bits, scored on [0, 1] with peak 1.0, after cutting `scale` pixels from
every border; Y is the luma of BT.601 in studio range ([16, 235] / 255), as MATLAB's rgb2ycbcr.
"""

import math

import cv2
import numpy as np

from superres.core import decibels
from superres.data.pair_files import without_border
from superres.scoring.flip import flip
from superres.scoring.strips import strips

# Jobs beside each other share the processor.
cv2.setNumThreads(1)
# Its results depend on where in memory an image is.
cv2.ipp.setUseIPP(False)

# ITU-R BT.601 in studio range, for RGB in [0, 1]; of 255.
LUMA_WEIGHTS, LUMA_OFFSET = (65.481, 128.553, 24.966), 16
# The Gaussian window of Wang et al. 2004 does not fit into a smaller image.
SSIM_WINDOW_PX, SSIM_SIGMA_PX = 11, 1.5
SSIM_K1, SSIM_K2 = 0.01, 0.03
# Wang, Simoncelli, Bovik 2003, finest scale first.
MS_SSIM_WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)
# The window has to fit the coarsest scale, after four halvings.
MS_SSIM_PX = SSIM_WINDOW_PX * 2 ** (len(MS_SSIM_WEIGHTS) - 1)
CHANNELS = ("red", "green", "blue")


def luma(image: np.ndarray) -> np.ndarray:
    """BT.601 Y of uint8 RGB (height, width, 3): float64 (height, width) in [16, 235] / 255."""
    return (image @ np.divide(LUMA_WEIGHTS, 255) + LUMA_OFFSET) / 255.0


def field_luma(image: np.ndarray, grey: bool) -> np.ndarray:
    """Luma as the MATLAB code of the field scores it: of grey photos the grey levels themselves.

    It reads a grey file as one channel, which it does not convert, so that black is 0 and white
    1; of all other photos it is `luma`. Set14's published scores contain one such photo.

    Args:
        image: uint8 RGB (height, width, 3).
        grey: whether the file of the photo has grey levels alone.

    Returns:
        Float64 (height, width).
    """
    return (luma(image) * 255 - 16) / 219 if grey else luma(image)


def psnr_db(truth: np.ndarray, predicted: np.ndarray) -> float:
    """PSNR in dB of float arrays of one shape in [0, 1], peak 1.0; infinite if they are equal."""
    return decibels.psnr_db(mse(truth, predicted))


def ssim(truth: np.ndarray, predicted: np.ndarray) -> float:
    """SSIM (Wang et al. 2004): Gaussian 11x11, sigma 1.5, K 0.01 and 0.03, mean over channels.

    Args:
        truth: float array (height, width) or (height, width, 3) in [0, 1].
        predicted: the same shape and range.

    Returns:
        Mean over the positions where the whole window is inside, at most 1; NaN where the image
        is smaller than the window.
    """
    return _ssim_and_contrast(truth, predicted)[0]


def ms_ssim(truth: np.ndarray, predicted: np.ndarray) -> float:
    """MS-SSIM (Wang, Simoncelli, Bovik 2003): five scales, luminance at the coarsest alone.

    Negative means of a scale count as 0, as in TensorFlow's `ssim_multiscale`.

    Args:
        truth: float array (height, width) in [0, 1].
        predicted: the same shape and range.

    Returns:
        In [0, 1]; NaN where a side is below `MS_SSIM_PX`.
    """
    return _ms_ssim(truth, predicted, _ssim_and_contrast(truth, predicted))


def _ms_ssim(truth: np.ndarray, predicted: np.ndarray, finest: tuple[float, float]) -> float:
    """As `ms_ssim`, with `_ssim_and_contrast` of the finest scale, which `score` has already."""
    if min(truth.shape) < MS_SSIM_PX:
        return float("nan")
    whole, contrast = finest
    value = 1.0
    for weight in MS_SSIM_WEIGHTS[:-1]:
        value *= max(contrast, 0.0) ** weight
        truth, predicted = _halved(truth), _halved(predicted)
        whole, contrast = _ssim_and_contrast(truth, predicted)
    return value * max(whole, 0.0) ** MS_SSIM_WEIGHTS[-1]


def _ssim_and_contrast(truth: np.ndarray, predicted: np.ndarray) -> tuple[float, float]:
    """Mean SSIM, and the mean of its terms of contrast and structure without that of luminance."""
    if min(truth.shape[:2]) < SSIM_WINDOW_PX:
        return float("nan"), float("nan")
    reach_px = SSIM_WINDOW_PX // 2
    sums = np.zeros(2)
    for rows, _ in strips(len(truth) - 2 * reach_px, 0):
        window_rows = slice(rows.start, rows.stop + 2 * reach_px)
        sums += _sums_of_strip(truth[window_rows], predicted[window_rows])
    positions = truth[reach_px:-reach_px, reach_px:-reach_px].size
    whole, contrast = sums / positions
    return float(whole), float(contrast)


def _sums_of_strip(truth: np.ndarray, predicted: np.ndarray) -> tuple[float, float]:
    mean_x, mean_y = _windowed(truth), _windowed(predicted)
    product, squares = mean_x * mean_y, mean_x**2 + mean_y**2
    covariance = _windowed(truth * predicted) - product
    variances = _windowed(truth**2 + predicted**2) - squares
    c1, c2 = SSIM_K1**2, SSIM_K2**2
    contrast = (2 * covariance + c2) / (variances + c2)
    luminance = (2 * product + c1) / (squares + c1)
    return (luminance * contrast).sum(), contrast.sum()


def _windowed(image: np.ndarray) -> np.ndarray:
    """Weighted means of the windows that are wholly inside."""
    inside = slice(SSIM_WINDOW_PX // 2, -(SSIM_WINDOW_PX // 2))
    size_px = (SSIM_WINDOW_PX, SSIM_WINDOW_PX)
    return cv2.GaussianBlur(image, size_px, SSIM_SIGMA_PX)[inside, inside]


def _halved(image: np.ndarray) -> np.ndarray:
    """Means of 2x2 pixels; an odd side counts its last pixels twice."""
    even = np.pad(image, [(0, side % 2) for side in image.shape], mode="edge")
    return (even[::2, ::2] + even[1::2, ::2] + even[::2, 1::2] + even[1::2, 1::2]) / 4


def mse(truth: np.ndarray, predicted: np.ndarray) -> float:
    """Mean squared error of float arrays of one shape in [0, 1]."""
    return float(np.mean(np.square(truth - predicted)))


def channel_errors(truth: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    """Mean squared error of each channel, in squares of grey levels: float64 (3,).

    Args:
        truth: uint8 image (height, width, 3).
        predicted: uint8, same shape.
    """
    squares = [
        cv2.norm(x, y, cv2.NORM_L2SQR)
        for x, y in zip(cv2.split(truth), cv2.split(predicted), strict=True)
    ]
    return np.divide(squares, truth.shape[0] * truth.shape[1])


def accuracy(truth: np.ndarray, predicted: np.ndarray) -> float:
    """Keras' `accuracy` for RGB targets: the share of pixels whose largest channel is kept.

    Says little of an image: the unchanged input scores higher than the paper's model.

    Args:
        truth: array (height, width, 3); of equal channels the first counts as the largest.
        predicted: the same shape and range.
    """
    return float(np.mean(truth.argmax(axis=-1) == predicted.argmax(axis=-1)))


def score(
    truth: np.ndarray, predicted: np.ndarray, scale: int, grey: bool = False
) -> dict[str, float]:
    """All scores of one image.

    Args:
        truth: uint8 HR image (height, width, 3).
        predicted: uint8, same shape.
        scale: factor, whose border is not scored; 0 to score all of it.
        grey: whether the file of the HR image has grey levels alone.

    Returns:
        psnr_rgb_db, psnr_y_db, ssim_rgb, ssim_y, ms_ssim_y, flip; psnr_field_db and ssim_field (on
        `field_luma`, for the comparison with published scores); rmse_red, rmse_green, rmse_blue
        (root of the mean squared error in grey levels, of 255); and as the paper has them,
        without border crop, mse_rgb and accuracy.
    """
    as_in_the_paper = {
        "mse_rgb": float(channel_errors(truth, predicted).mean()) / 255**2,
        "accuracy": accuracy(truth, predicted),
    }
    truth, predicted = (without_border(x, scale) for x in (truth, predicted))
    errors = channel_errors(truth, predicted)
    rgb = [x / 255.0 for x in (truth, predicted)]
    truth_y, predicted_y = (luma(x) for x in (truth, predicted))
    ssim_y, contrast_y = _ssim_and_contrast(truth_y, predicted_y)
    psnr_y_db = psnr_db(truth_y, predicted_y)
    psnr_field_db, ssim_field = psnr_y_db, ssim_y
    if grey:
        levels = [field_luma(x, grey) for x in (truth, predicted)]
        psnr_field_db, ssim_field = psnr_db(*levels), ssim(*levels)
    return {
        "psnr_rgb_db": decibels.psnr_db(float(errors.mean()), 255),
        "psnr_y_db": psnr_y_db,
        "ssim_rgb": ssim(*rgb),
        "ssim_y": ssim_y,
        "ms_ssim_y": _ms_ssim(truth_y, predicted_y, (ssim_y, contrast_y)),
        "flip": flip(truth, predicted),
        "psnr_field_db": psnr_field_db,
        "ssim_field": ssim_field,
        **{f"rmse_{name}": math.sqrt(e) for name, e in zip(CHANNELS, errors, strict=True)},
        **as_in_the_paper,
    }
