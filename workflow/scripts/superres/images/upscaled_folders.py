"""Pictures upscaled into a folder: each once, until something that made it changes."""

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from superres.core import memory
from superres.core.console import log, shown, tracked
from superres.core.errors import InputError
from superres.images import picture_folders, pictures
from superres.images.pictures import Picture
from superres.images.refusals import MOST_MEGAPIXELS
from superres.images.upscaling import Cost, Enlarge, check_factor, cost, upscale
from superres.images.upscaling_records import Origin, Record, Records, checksum

PROBE_PX = 64
LONG_S = 30.0


@dataclass(frozen=True)
class Counts:
    """What became of the pictures.

    Attributes:
        done: written.
        skipped: left alone, as the output fits, or is another one's.
        failed: could not be read, upscaled or written.
    """

    done: int
    skipped: int
    failed: int


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
    """

    factor: float
    network_scale: int
    enlarge: Enlarge
    network: str = ""
    overwrite: bool = False
    most_megapixels: float = MOST_MEGAPIXELS
    drop_private: bool = False

    def origin(self, source: str) -> Origin:
        """What makes the output of a picture with this checksum."""
        options = {"drop_private": self.drop_private}
        return Origin(source, self.network, self.factor, self.network_scale, options)


def upscale_all(source: Path, output: Path, settings: Settings, flat: bool = False) -> Counts:
    """Upscale a picture or all of a folder; a bad one is named and never stops the others.

    Hidden files are left out, and what is no picture, which is counted in a line. Outputs keep the
    names of their sources and of the folders these are in, except that a change of format adds
    `.png`, see `pictures.written_as`. An output that was made before is made again where its
    source, the network, the factor or an option has changed; one that a person made or changed is
    left alone without `overwrite`.

    Args:
        source: a picture, or a folder of pictures.
        output: folder for the upscaled ones; is made.
        settings: what determines them.
        flat: leave out the folders in the folder.

    Raises:
        InputError: no source, none in the folder, a factor that is no positive number, or an output
            that is a file, the same folder or in it.
    """
    check_factor(settings.factor)
    folder = source if source.is_dir() else source.parent
    if source.is_dir() and output.resolve().is_relative_to(folder.resolve()):
        inside = "holds" if output.resolve() == folder.resolve() else "is inside the folder of"
        raise InputError(
            f"{shown(output)}: {inside} the sources; give another folder for the output"
        )
    files = _files(source, output, flat)
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{shown(output)}: no folder for the output: {error.strerror}") from error
    if output.samefile(folder):
        raise InputError(f"{shown(output)}: holds the sources; give another folder for the output")
    run = _Run(folder, output, settings)
    for file in tracked(files, "pictures"):
        try:
            run.take(file)
        except InputError as error:
            run.failures.append(str(error))
        except MemoryError:
            run.failures.append(f"{shown(file)}: too large for the memory of this machine")
        except Exception as error:  # whatever one file causes, the others are tried
            reason = " ".join(str(error).split())
            run.failures.append(f"{shown(file)}: {type(error).__name__}: {reason}")
    run.records.finish()
    for failure in run.failures:
        log.info("failed: %s", failure)
    return Counts(len(run.written), run.skipped, len(run.failures))


class _Run:
    """What a run over a folder has done so far."""

    def __init__(self, folder: Path, output: Path, settings: Settings) -> None:
        self.folder = folder
        self.output = output
        self.settings = settings
        self.records = Records(output)
        self.written: set[Path] = set()
        self.skipped = 0
        self.failures: list[str] = []
        self.s_per_px: float | None = None

    def take(self, file: Path) -> None:
        """Upscale one picture, unless its output is there and is to stay."""
        name = file.relative_to(self.folder)
        target = self.output / name
        origin = self.settings.origin(checksum(file))
        candidates = [path for path in (target, pictures.png_name(target)) if _exists(path)]
        own = self.records.of(str(name))
        overwrite = self.settings.overwrite
        if candidates and not overwrite and self._stays(file, own, origin, candidates):
            self.skipped += 1
            return
        if any(path.samefile(file) for path in candidates):
            raise InputError(f"{shown(file)}: links to its output, which would replace it")
        picture = self._upscaled(file)
        destination = pictures.written_as(target, picture)
        replaced = own and self.output / own.output
        if destination in self.written:
            raise InputError(f"{shown(file)}: another source has its output's name; rename it")
        if destination in candidates and destination != replaced and not overwrite:
            raise InputError(f"{shown(destination)}: is there, and was made otherwise; rename it")
        destination.parent.mkdir(parents=True, exist_ok=True)
        pictures.write(target, picture)
        self.records.add(str(name), destination, origin)
        self.written.add(destination)
        if replaced and replaced != destination and replaced in candidates:
            replaced.unlink()

    def _stays(
        self, file: Path, own: Record | None, origin: Origin, candidates: list[Path]
    ) -> bool:
        """Whether the output that is there is not to be made again; says why."""
        if own is None:
            log.info(
                "%s: skipped, as %s is there and was not made, or was changed since",
                shown(file),
                shown(candidates[0]),
            )
            return True
        if own.origin == origin:
            log.debug("%s: up to date", shown(file))
            return True
        changed = [key for key, value in vars(origin).items() if getattr(own.origin, key) != value]
        log.info("%s: made again, for another %s", shown(file), " and ".join(changed))
        return False

    def _upscaled(self, file: Path) -> Picture:
        settings = self.settings
        picture = pictures.read(file, settings.most_megapixels)
        if settings.drop_private:
            picture = pictures.without_private(picture)
        needed = cost(picture, settings.factor, settings.network_scale)
        self._check_cost(file, picture, needed)
        start_s = time.monotonic()
        upscaled = upscale(picture, settings.factor, settings.network_scale, settings.enlarge)
        if needed.network_px > PROBE_PX**2:
            self.s_per_px = (time.monotonic() - start_s) / needed.network_px
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
        if self.s_per_px is None and needed.network_px > PROBE_PX**2:
            self.s_per_px = self._probe()
        expected_s = needed.network_px * (self.s_per_px or 0)
        if expected_s > LONG_S:
            log.info(
                "%s: %s, about %s, %.0f MB of memory",
                *(shown(file), sizes, _in_words(expected_s), needed.memory_mb),
            )

    def _probe(self) -> float:
        """Seconds that the network takes for a pixel, on a small picture."""
        sample = np.full((PROBE_PX, PROBE_PX, 3), 128, np.uint8)
        self.settings.enlarge(sample)
        start_s = time.monotonic()
        self.settings.enlarge(sample)
        return (time.monotonic() - start_s) / PROBE_PX**2


def _in_words(seconds: float) -> str:
    return f"{seconds / 60:.0f} min" if seconds < 3600 else f"{seconds / 3600:.1f} h"


def _exists(path: Path) -> bool:
    """Whether there is a file; none has a name that is too long for the file system."""
    try:
        return path.exists()
    except OSError:
        return False


def _files(source: Path, output: Path, flat: bool) -> list[Path]:
    """The file, or the pictures of the folder by natural order."""
    if not source.is_dir():
        if not source.exists():
            raise InputError(f"{shown(source)}: no such file or folder")
        return [source]
    try:
        files, others = picture_folders.files_in(source, flat, [output])
    except OSError as error:
        raise InputError(f"{shown(Path(error.filename))}: {error.strerror}") from error
    if others:
        log.info("files that are no pictures, left out: %s", picture_folders.counted(others))
    if not files:
        raise InputError(f"{shown(source)}: the folder holds no pictures")
    return files
