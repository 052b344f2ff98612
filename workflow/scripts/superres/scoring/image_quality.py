"""Scores of a prediction against the truth, in the convention of the super-resolution field.

Images are rounded to 8 bits, scored on [0, 1] with peak 1.0, after cutting `scale` pixels from
every border; Y is the luma of BT.601 in studio range ([16, 235] / 255), as MATLAB's rgb2ycbcr.
"""

import flip_evaluator
import numpy as np
from scipy.ndimage import uniform_filter
from skimage.color import rgb2ycbcr
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from superres.data.pair_files import without_border

# The 11x11 Gaussian window of Wang et al. 2004 does not fit into a smaller image.
SSIM_WINDOW_PX = 11
# Wang, Simoncelli, Bovik 2003, finest scale first.
MS_SSIM_WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)
# The window has to fit the coarsest scale, after four halvings.
MS_SSIM_PX = SSIM_WINDOW_PX * 2 ** (len(MS_SSIM_WEIGHTS) - 1)
# FLIP's own default: a 3840 px wide screen of 0.7 m, seen from 0.7 m.
FLIP_PIXELS_PER_DEGREE = 67.0
CHANNELS = ("red", "green", "blue")


def luma(image: np.ndarray) -> np.ndarray:
    """BT.601 Y of uint8 RGB (height, width, 3): float64 (height, width) in [16, 235] / 255."""
    return rgb2ycbcr(image)[..., 0] / 255.0


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
    if np.array_equal(truth, predicted):
        return float("inf")
    return float(peak_signal_noise_ratio(truth, predicted, data_range=1.0))


def ssim(truth: np.ndarray, predicted: np.ndarray, k1: float = 0.01) -> float:
    """SSIM (Wang et al. 2004): Gaussian 11x11, sigma 1.5, K 0.01 and 0.03, mean over channels.

    Args:
        truth: float array (height, width) or (height, width, 3) in [0, 1].
        predicted: the same shape and range.
        k1: the constant of the luminance term, which a huge one makes 1.

    Returns:
        Mean over the positions where the whole window is inside, at most 1; NaN where the image
        is smaller than the window.
    """
    if min(truth.shape[:2]) < SSIM_WINDOW_PX:
        return float("nan")
    return float(
        structural_similarity(
            truth,
            predicted,
            data_range=1.0,
            K1=k1,
            gaussian_weights=True,
            sigma=1.5,
            use_sample_covariance=False,
            channel_axis=-1 if truth.ndim == 3 else None,
        )
    )


def ms_ssim(truth: np.ndarray, predicted: np.ndarray) -> float:
    """MS-SSIM (Wang, Simoncelli, Bovik 2003): five scales, luminance at the coarsest alone.

    Negative means of a scale count as 0, as in TensorFlow's `ssim_multiscale`.

    Args:
        truth: float array (height, width) in [0, 1].
        predicted: the same shape and range.

    Returns:
        In [0, 1]; NaN where a side is below `MS_SSIM_PX`.
    """
    if min(truth.shape) < MS_SSIM_PX:
        return float("nan")
    value = 1.0
    for weight in MS_SSIM_WEIGHTS[:-1]:
        value *= max(ssim(truth, predicted, k1=1e8), 0.0) ** weight
        truth, predicted = _halved(truth), _halved(predicted)
    return value * max(ssim(truth, predicted), 0.0) ** MS_SSIM_WEIGHTS[-1]


def _halved(image: np.ndarray) -> np.ndarray:
    """Means of 2x2 pixels; an odd side counts its last pixels twice."""
    return uniform_filter(image, size=2, origin=-1, mode="reflect")[::2, ::2]


def flip(truth: np.ndarray, predicted: np.ndarray) -> float:
    """Mean LDR-FLIP (Andersson et al. 2020) at `FLIP_PIXELS_PER_DEGREE`; lower is better.

    Args:
        truth: sRGB float array (height, width, 3) in [0, 1].
        predicted: the same shape and range.

    Returns:
        In [0, 1]; 0 where both are equal.
    """
    error, *_ = flip_evaluator.evaluate(
        truth.astype(np.float32),
        predicted.astype(np.float32),
        "LDR",
        applyMagma=False,
        # Its own mean is summed in single precision.
        computeMeanError=False,
        parameters={"ppd": FLIP_PIXELS_PER_DEGREE},
    )
    return float(error.mean(dtype=np.float64))


def mse(truth: np.ndarray, predicted: np.ndarray) -> float:
    """Mean squared error of float arrays of one shape in [0, 1]."""
    return float(np.mean(np.square(truth - predicted)))


def channel_errors(truth: np.ndarray, predicted: np.ndarray) -> dict[str, float]:
    """Root of the mean squared error of each channel, in grey levels.

    Args:
        truth: uint8 image (height, width, 3).
        predicted: uint8, same shape.

    Returns:
        rmse_red, rmse_green and rmse_blue, in [0, 255].
    """
    squares = np.square(truth.astype(float) - predicted)
    errors = np.sqrt(squares.mean(axis=(0, 1)))
    return {f"rmse_{name}": float(e) for name, e in zip(CHANNELS, errors, strict=True)}


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
        "mse_rgb": mse(truth / 255.0, predicted / 255.0),
        "accuracy": accuracy(truth, predicted),
    }
    truth, predicted = (without_border(x, scale) for x in (truth, predicted))
    rgb = [x / 255.0 for x in (truth, predicted)]
    y = [luma(x) for x in (truth, predicted)]
    field = [field_luma(x, grey) for x in (truth, predicted)]
    return {
        "psnr_rgb_db": psnr_db(*rgb),
        "psnr_y_db": psnr_db(*y),
        "ssim_rgb": ssim(rgb[0], rgb[1]),
        "ssim_y": ssim(y[0], y[1]),
        "ms_ssim_y": ms_ssim(*y),
        "flip": flip(*rgb),
        "psnr_field_db": psnr_db(*field),
        "ssim_field": ssim(field[0], field[1]),
        **channel_errors(truth, predicted),
        **as_in_the_paper,
    }
