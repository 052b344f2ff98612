"""LDR-FLIP (Andersson et al. 2020): the error that a person sees when two images alternate.

The constants are those of the paper and its reference implementation. All filters are separable,
or sums of two that are.
"""

import math
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np

from superres.scoring.strips import strips

# The reference's default: a 3840 px wide screen of 0.7 m, seen from 0.7 m.
PIXELS_PER_DEGREE = 67.0
# Contrast sensitivity of the achromatic, red-green and blue-yellow channel: terms a, b of
# a sqrt(pi / b) exp(-(pi x)^2 / b), x in degrees.
SENSITIVITY = (((1.0, 0.0047),), ((1.0, 0.0053),), ((34.1, 0.04), (13.5, 0.025)))
WIDEST = 0.04
FEATURE_DEGREES = 0.082
COLOUR_EXPONENT = 0.7
# Errors up to this share of the largest are spread over this share of the range.
KNEE, KNEE_ERROR = 0.4, 0.95
XYZ = np.array(
    [
        [10135552 / 24577794, 8788810 / 24577794, 4435075 / 24577794],
        [2613072 / 12288897, 8788810 / 12288897, 887015 / 12288897],
        [1425312 / 73733382, 8788810 / 73733382, 70074185 / 73733382],
    ]
)
# Linear RGB to XYZ over white, and from there to YCxCz; its offset of -16 in Y cancels out.
RELATIVE_XYZ = XYZ / XYZ.sum(axis=1, keepdims=True)
YCXCZ = np.array([[0, 116, 0], [500, -500, 0], [0, 200, -200]]) @ RELATIVE_XYZ
# CIELAB is linear below this share of white.
LINEAR_UP_TO = (6 / 29) ** 3


@dataclass(frozen=True)
class Seen:
    """What an eye makes of an image: float32 arrays (height, width).

    Attributes:
        lightness: L* of CIELAB after the eye's filters.
        red_green: a*, adjusted for lightness (Hunt).
        blue_yellow: b*, likewise.
        edges: strength of edges.
        points: strength of points.
    """

    lightness: np.ndarray
    red_green: np.ndarray
    blue_yellow: np.ndarray
    edges: np.ndarray
    points: np.ndarray


def flip(truth: np.ndarray, predicted: np.ndarray) -> float:
    """Mean error of an image at `PIXELS_PER_DEGREE`.

    Args:
        truth: uint8 sRGB (height, width, 3).
        predicted: the same shape.

    Returns:
        In [0, 1], lower is better; 0 where both are equal.
    """
    total = 0.0
    for rows, wanted in strips(len(truth), _reach_px()):
        errors = error_map(seen(truth[rows]), seen(predicted[rows]))
        total += float(errors[wanted].sum(dtype=np.float64))
    return total / (truth.shape[0] * truth.shape[1])


def error_map(truth: Seen, predicted: Seen) -> np.ndarray:
    """Error of every pixel, float32 (height, width) in [0, 1]."""
    colour = np.power(_distance(truth, predicted), np.float32(COLOUR_EXPONENT))
    largest = _largest_distance() ** COLOUR_EXPONENT
    knee = KNEE * largest
    colour = np.where(
        colour < knee,
        KNEE_ERROR / knee * colour,
        KNEE_ERROR + (colour - knee) / (largest - knee) * (1 - KNEE_ERROR),
    )
    feature = cv2.max(
        cv2.absdiff(truth.edges, predicted.edges), cv2.absdiff(truth.points, predicted.points)
    )
    return np.power(colour, 1 - np.sqrt(feature / math.sqrt(2)))


def seen(image: np.ndarray) -> Seen:
    """What an eye makes of uint8 sRGB (height, width, 3)."""
    channels = cv2.split(cv2.transform(cv2.LUT(image, _linear()), YCXCZ.astype(np.float32)))
    # Edges and points are those of Y from 0 to 1.
    window, *derivatives = _feature_filters()
    grey = channels[0] / 116
    edges, points = (
        cv2.magnitude(_filtered(grey, filter_, window), _filtered(grey, window, filter_))
        for filter_ in derivatives
    )
    filtered = []
    for channel, terms in zip(channels, _sensitivity_filters(), strict=True):
        parts = [_filtered(channel, filter_, share * filter_) for share, filter_ in terms]
        filtered.append(np.sum(parts, axis=0))
    linear = cv2.transform(cv2.merge(filtered), np.linalg.inv(YCXCZ).astype(np.float32))
    return Seen(*_adjusted_lab(np.clip(linear, 0, 1)), edges, points)


def _distance(a: Seen, b: Seen) -> np.ndarray:
    """HyAB: absolute in lightness plus Euclidean in colour."""
    colour = cv2.magnitude(a.red_green - b.red_green, a.blue_yellow - b.blue_yellow)
    return cv2.absdiff(a.lightness, b.lightness) + colour


@cache
def _largest_distance() -> float:
    """HyAB between green and blue, of which no two colours are farther apart."""
    green, blue = (
        Seen(*_adjusted_lab(np.array([[rgb]], np.float32)), *2 * [np.zeros((1, 1))])
        for rgb in ((0, 1, 0), (0, 0, 1))
    )
    return _distance(green, blue).item()


def _adjusted_lab(linear: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """CIELAB of linear RGB float32 in [0, 1], its colours by Hunt adjusted for lightness."""
    xyz = cv2.transform(linear, RELATIVE_XYZ.astype(np.float32))
    root = cv2.pow(xyz, 1 / 3)
    straight = xyz / (3 * (6 / 29) ** 2) + 4 / 29
    x, y, z = cv2.split(np.where(xyz > LINEAR_UP_TO, root, straight))
    lightness = 116 * y - 16
    return lightness, 5 * lightness * (x - y), 2 * lightness * (y - z)


def _filtered(image: np.ndarray, across: np.ndarray, down: np.ndarray) -> np.ndarray:
    """An image after two filters, its border repeated."""
    return cv2.sepFilter2D(image, cv2.CV_32F, across, down, borderType=cv2.BORDER_REPLICATE)


@cache
def _linear() -> np.ndarray:
    """Linear float32 for each of the 256 values of sRGB."""
    values = np.arange(256) / 255
    curve = ((values + 0.055) / 1.055) ** 2.4
    return np.where(values <= 0.04045, values / 12.92, curve).astype(np.float32)


def _reach_px() -> int:
    """Of the widest filter."""
    return max(len(window) for filters in _sensitivity_filters() for _, window in filters) // 2


@cache
def _sensitivity_filters() -> list[list[tuple[float, np.ndarray]]]:
    """By channel, terms of its filter: the share of each, and its one-dimensional part."""
    reach_px = math.ceil(3 * math.sqrt(WIDEST / (2 * math.pi**2)) * PIXELS_PER_DEGREE)
    degrees = np.arange(-reach_px, reach_px + 1) / PIXELS_PER_DEGREE
    filters = []
    for terms in SENSITIVITY:
        curves = [np.exp(-((math.pi * degrees) ** 2) / b) for _, b in terms]
        sums = [
            a * math.sqrt(math.pi / b) * curve.sum() ** 2
            for (a, b), curve in zip(terms, curves, strict=True)
        ]
        filters.append(
            [
                (part / sum(sums), curve / curve.sum())
                for part, curve in zip(sums, curves, strict=True)
            ]
        )
    return filters


@cache
def _feature_filters() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A Gaussian window and its first and second derivative, for edges and points.

    The positive and the negative part of each derivative have the sum 1.
    """
    sigma_px = 0.5 * FEATURE_DEGREES * PIXELS_PER_DEGREE
    reach_px = math.ceil(3 * sigma_px)
    places = np.arange(-reach_px, reach_px + 1)
    window = np.exp(-(places**2) / (2 * sigma_px**2))
    first, second = -places * window, (places**2 / sigma_px**2 - 1) * window
    halves = (np.where(f < 0, f / -f[f < 0].sum(), f / f[f > 0].sum()) for f in (first, second))
    return window / window.sum(), *halves
