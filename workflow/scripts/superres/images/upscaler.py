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
from superres.images.upscaling_records import Origin, checksum

PROBE_PX = 64
LONG_S = 30.0


class Enlarge(Protocol):
    """The network."""

    def __call__(self, image: np.ndarray, report: Callable[[int], None]) -> np.ndarray:
        """As in `upscaling`; tells after each tile how many pixels were finished."""


@dataclass(frozen=True)
class Network:
    """A network of one factor.

    Attributes:
        scale: its factor, at least 2.
        enlarge: up-samples by it.
        name: of its file, without ending.
        sha256: of its file.
        again: another one of the same factor, for all passes after the first, as the result of the
            first is no longer what this one is for; itself where it is None.
        precision: of its products, which the output depends on.
    """

    scale: int
    enlarge: Enlarge
    name: str = ""
    sha256: str = ""
    again: "Network | None" = None
    precision: str = "float32"

    def used(self, factor: float) -> "list[Network]":
        """Those that a factor takes."""
        return [self, self.again] if self.again and factor > self.scale else [self]

    def described(self, factor: float) -> str:
        """Their names and precisions."""
        return ", then ".join(f"{one.name} ({one.precision})" for one in self.used(factor))


@dataclass(frozen=True)
class Settings:
    """What determines the outputs besides the pictures.

    Attributes:
        factor: side of the output over side of the source, above 0.
        network: what up-samples.
        photo_network: what up-samples lossy files, see `pictures.is_lossy`; `network` where it is
            None.
        overwrite: replace whatever is there.
        most_megapixels: larger pictures are not read.
        drop_private: leave out places, serial numbers and owners.
        jpeg_quality: of JPEG files that are written; that of the source where it is None.
    """

    factor: float
    network: Network
    photo_network: Network | None = None
    overwrite: bool = False
    most_megapixels: float = MOST_MEGAPIXELS
    drop_private: bool = False
    jpeg_quality: int | None = None

    def network_of(self, file: Path) -> Network:
        """What up-samples a picture."""
        if self.photo_network is None or not pictures.is_lossy(file):
            return self.network
        return self.photo_network

    def origin(self, file: Path) -> Origin:
        """What makes the output of a picture."""
        source, network = checksum(file), self.network_of(file)
        used = network.used(self.factor)
        options = {
            "drop_private": self.drop_private,
            "jpeg_quality": self.jpeg_quality,
            "precision": "+".join(one.precision for one in used),
        }
        checksums = "+".join(one.sha256 for one in used)
        return Origin(source, checksums, self.factor, network.scale, options)


class Upscaler:
    """Upscales picture files, one after the other; remembers how fast the networks are."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._s_per_px: dict[Network, float] = {}

    def upscaled(self, file: Path) -> Picture:
        """Read a picture and upscale it.

        Raises:
            InputError: it cannot be read, or does not fit into the memory.
            MemoryError: it did not.
        """
        settings = self.settings
        picture = pictures.read(file, settings.most_megapixels)
        network = settings.network_of(file)
        if settings.drop_private:
            picture = pictures.without_private(picture)
        if settings.jpeg_quality is not None:
            picture = pictures.of_quality(picture, settings.jpeg_quality)
        needed = cost(picture, settings.factor, network.scale)
        self._check_cost(file, picture, network, needed)
        start_s = time.monotonic()
        finished = _Finished(needed.network_px, file)
        passes = [
            partial(one.enlarge, report=finished.add) for one in network.used(settings.factor)
        ]
        upscaled = upscale(picture, settings.factor, network.scale, *passes)
        if needed.network_px > PROBE_PX**2:
            self._s_per_px[network] = (time.monotonic() - start_s) / needed.network_px
        return upscaled

    def _check_cost(self, file: Path, picture: Picture, network: Network, needed: Cost) -> None:
        """Refuse what does not fit into memory; announce what takes long."""
        height_px, width_px = picture.rgb.shape[:2]
        sizes = f"{width_px} x {height_px} to {needed.width_px} x {needed.height_px} pixels"
        available_mb = memory.available_mb()
        if needed.memory_mb > available_mb:
            raise InputError(
                f"{shown(file)}: {sizes} needs {needed.memory_mb:,.0f} MB of memory, "
                f"{available_mb:,.0f} MB are free; lower the factor"
            )
        if network not in self._s_per_px and needed.network_px > PROBE_PX**2:
            self._s_per_px[network] = _probe(network)
        expected_s = needed.network_px * self._s_per_px.get(network, 0)
        if expected_s > LONG_S:
            log.info(
                "%s: %s, about %s, %.0f MB of memory",
                *(shown(file), sizes, _in_words(expected_s), needed.memory_mb),
            )


def _probe(network: Network) -> float:
    """Seconds that a network takes for a pixel, on a small picture."""
    sample = np.full((PROBE_PX, PROBE_PX, 3), 128, np.uint8)
    network.enlarge(sample, report=lambda pixels: None)
    start_s = time.monotonic()
    network.enlarge(sample, report=lambda pixels: None)
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
