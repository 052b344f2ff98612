"""A picture file upscaled in memory: its cost checked first, its progress shown."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

import numpy as np

from superres.core import memory
from superres.core.console import Progress, log, shown
from superres.core.errors import InputError
from superres.images import pictures
from superres.images.pictures import Picture
from superres.images.refusals import MOST_MEGAPIXELS
from superres.images.upscaling import Cost, cost, upscale
from superres.images.upscaling_records import Origin

PROBE_PX = 64
LONG_S = 30.0


class Enlarge(Protocol):
    """The network."""

    def __call__(self, image: np.ndarray, report: Callable[[int], None]) -> np.ndarray:
        """As in `upscaling`; tells after each tile how many pixels were finished."""


@dataclass(frozen=True)
class Settings:
    """What determines the outputs besides the pictures.

    Attributes:
        factor: side of the output over side of the source, above 0.
        network_scale: factor of `enlarge`, at least 2.
        enlarge: the network.
        network: SHA-256 of its file.
        overwrite: replace whatever is there.
        most_megapixels: larger pictures are not read.
        drop_private: leave out places, serial numbers and owners.
        jpeg_quality: of JPEG files that are written; that of the source where it is None.
    """

    factor: float
    network_scale: int
    enlarge: Enlarge
    network: str = ""
    overwrite: bool = False
    most_megapixels: float = MOST_MEGAPIXELS
    drop_private: bool = False
    jpeg_quality: int | None = None

    def origin(self, source: str) -> Origin:
        """What makes the output of a picture with this checksum."""
        options = {"drop_private": self.drop_private, "jpeg_quality": self.jpeg_quality}
        return Origin(source, self.network, self.factor, self.network_scale, options)


class Upscaler:
    """Upscales picture files, one after the other; remembers how fast the network is."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._s_per_px: float | None = None

    def upscaled(self, file: Path) -> Picture:
        """Read a picture and upscale it.

        Raises:
            InputError: it cannot be read, or does not fit into the memory.
            MemoryError: it did not.
        """
        settings = self.settings
        picture = pictures.read(file, settings.most_megapixels)
        if settings.drop_private:
            picture = pictures.without_private(picture)
        if settings.jpeg_quality is not None:
            picture = pictures.of_quality(picture, settings.jpeg_quality)
        needed = cost(picture, settings.factor, settings.network_scale)
        self._check_cost(file, picture, needed)
        start_s = time.monotonic()
        finished = _Finished(needed.network_px, file)
        enlarge = partial(settings.enlarge, report=finished.add)
        upscaled = upscale(picture, settings.factor, settings.network_scale, enlarge)
        if needed.network_px > PROBE_PX**2:
            self._s_per_px = (time.monotonic() - start_s) / needed.network_px
        return upscaled

    def _check_cost(self, file: Path, picture: Picture, needed: Cost) -> None:
        """Refuse what does not fit into memory; announce what takes long."""
        height_px, width_px = picture.rgb.shape[:2]
        sizes = f"{width_px} x {height_px} to {needed.width_px} x {needed.height_px} pixels"
        available_mb = memory.available_mb()
        if needed.memory_mb > available_mb:
            raise InputError(
                f"{shown(file)}: {sizes} needs {needed.memory_mb:,.0f} MB of memory, "
                f"{available_mb:,.0f} MB are free; lower the factor"
            )
        if self._s_per_px is None and needed.network_px > PROBE_PX**2:
            self._s_per_px = self._probe()
        expected_s = needed.network_px * (self._s_per_px or 0)
        if expected_s > LONG_S:
            log.info(
                "%s: %s, about %s, %.0f MB of memory",
                *(shown(file), sizes, _in_words(expected_s), needed.memory_mb),
            )

    def _probe(self) -> float:
        """Seconds that the network takes for a pixel, on a small picture."""
        sample = np.full((PROBE_PX, PROBE_PX, 3), 128, np.uint8)
        self.settings.enlarge(sample, report=lambda pixels: None)
        start_s = time.monotonic()
        self.settings.enlarge(sample, report=lambda pixels: None)
        return (time.monotonic() - start_s) / PROBE_PX**2


class _Finished:
    """Pixels of a picture that went through the network."""

    def __init__(self, total_px: int, file: Path) -> None:
        self.progress = Progress(total_px, "pixels")
        self.file = shown(file)
        self.done_px = 0

    def add(self, pixels: int) -> None:
        self.done_px += pixels
        # The last line is that of the picture.
        if self.done_px < self.progress.total:
            self.progress.update(self.done_px, self.file)


def _in_words(seconds: float) -> str:
    return f"{seconds / 60:.0f} min" if seconds < 3600 else f"{seconds / 3600:.1f} h"
