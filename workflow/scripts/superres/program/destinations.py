"""Pictures written where a command line says."""

import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from superres.core.console import log, shown
from superres.core.errors import InputError
from superres.images import pictures
from superres.images.upscaled_folders import Counts, attempt, upscale_all
from superres.images.upscaler import Settings, Upscaler

FORMATS = {
    ".jpg": "JPEG",
    ".jpeg": "JPEG",
    ".png": "PNG",
    ".webp": "WEBP",
    ".tif": "TIFF",
    ".tiff": "TIFF",
    ".bmp": "BMP",
}


@dataclass(frozen=True)
class Task:
    """A source and where it goes.

    Attributes:
        source: a picture or a folder of pictures.
        target: a file, or a folder in which outputs have the names of their sources.
        into_folder: which of both.
        file_format: that the target asks for; None for that of the source.
    """

    source: Path
    target: Path
    into_folder: bool = False
    file_format: str | None = None


def tasks(sources: list[Path], output: str | None, factor: float) -> list[Task]:
    """Where each source goes.

    Without an output, `photo.jpg` becomes `photo_x2.jpg` beside it, and the pictures of the folder
    `holiday` go to `holiday_x2`. An output that ends in a slash, or is a folder, is one; so is that
    of a folder or of several pictures. Any other is the file of one picture, and its ending says
    the format.

    Args:
        sources: pictures and folders.
        output: as the user wrote it; None without one.
        factor: side of the result over side of the picture.

    Raises:
        InputError: a source that is not there, or an output whose ending is no format.
    """
    for source in sources:
        if not source.exists():
            raise InputError(f"{shown(source)}: no such file or folder")
    if output is None:
        return [_beside(source, factor) for source in sources]
    target = Path(output)
    several = len(sources) > 1 or sources[0].is_dir()
    if output.endswith("/") or target.is_dir() or several:
        return [Task(source, target, into_folder=True) for source in sources]
    file_format = FORMATS.get(target.suffix.lower())
    if file_format is None:
        raise InputError(
            f"--output {output}: no format that is written; end it in {', '.join(FORMATS)}, or in "
            "a slash for a folder"
        )
    return [Task(sources[0], target, file_format=file_format)]


def _beside(source: Path, factor: float) -> Task:
    if source.is_dir():
        # Of `.` and `..`, the name is that of the folder.
        source = source.resolve() if source.name in ("", "..") else source
        return Task(source, source.with_name(f"{source.name}_x{factor:g}"), into_folder=True)
    return Task(source, source.with_name(f"{source.stem}_x{factor:g}{source.suffix}"))


def write_all(planned: list[Task], settings: Settings, flat: bool = False) -> Counts:
    """Upscale every source; a bad one is named and never stops the others.

    Args:
        planned: from `tasks`.
        settings: what determines the outputs.
        flat: leave out the folders in a folder.

    Raises:
        InputError: a folder of outputs that cannot be one.
    """
    upscaler = Upscaler(settings)
    done = skipped = failed = 0
    for task in planned:
        if task.into_folder:
            counts = upscale_all(task.source, task.target, settings, flat)
            if task.source.is_dir() or counts.done:
                log.info("%s: %d upscaled into it", shown(task.target), counts.done)
            done, skipped = done + counts.done, skipped + counts.skipped
            failed += counts.failed
            continue
        files: list[Path] = []
        problem = attempt(partial(_write, task, upscaler, settings.overwrite, files), task.source)
        if problem:
            log.info("failed: %s", problem)
        done, skipped = done + len(files), skipped + (not files and not problem)
        failed += problem is not None
    return Counts(done, skipped, failed)


def _write(
    task: Task, upscaler: Upscaler, overwrite: bool, files: list[Path], source: Path
) -> None:
    """Upscale one picture into one file, which is added to the files; none where one is there."""
    existing = [path for path in (task.target, pictures.png_name(task.target)) if path.exists()]
    if existing and not overwrite:
        log.info("%s: is there, skipped; --overwrite replaces it", shown(existing[0]))
        return
    if any(path.samefile(source) for path in existing):
        raise InputError(f"{shown(source)}: would be replaced by its own output")
    start_s = time.monotonic()
    picture = upscaler.upscaled(source)
    network = upscaler.settings.network_of(source)
    if task.file_format:
        picture = pictures.in_format(picture, task.file_format)
    task.target.parent.mkdir(parents=True, exist_ok=True)
    file = pictures.write(task.target, picture)
    height_px, width_px = picture.rgb.shape[:2]
    log.info(
        "%s: %d x %d pixels by %s, %.1f s",
        *(shown(file), width_px, height_px, network.described(upscaler.settings.factor)),
        time.monotonic() - start_s,
    )
    files.append(file)
