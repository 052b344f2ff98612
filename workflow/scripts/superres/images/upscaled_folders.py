"""Pictures upscaled into a folder: each once, until something that made it changes."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from superres.core.console import log, shown, tracked
from superres.core.errors import InputError
from superres.images import picture_folders, pictures
from superres.images.upscaler import Settings, Upscaler
from superres.images.upscaling import check_factor
from superres.images.upscaling_records import Origin, Record, Records


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
    if settings.photo_network:
        log.info(
            "%s for JPEG, AVIF and lossy WebP, %s for other pictures",
            settings.photo_network.described(settings.factor),
            settings.network.described(settings.factor),
        )
    else:
        log.info("%s for all pictures", settings.network.described(settings.factor))
    with ThreadPoolExecutor(1) as writer:
        run = _Run(folder, output, settings, writer)
        for file in tracked(files, "pictures"):
            if problem := attempt(run.take, file):
                run.failures.append(problem)
        run.finish_writing()
    run.records.finish()
    for failure in run.failures:
        log.info("failed: %s", failure)
    return Counts(run.done, run.skipped, len(run.failures))


def attempt(take: Callable[[Path], None], file: Path) -> str | None:
    """Do something with one file, which never stops the others.

    Returns:
        What went wrong, in a line; None where nothing did.
    """
    try:
        take(file)
    except InputError as error:
        return str(error)
    except MemoryError:
        return f"{shown(file)}: too large for the memory of this machine"
    except Exception as error:  # whatever one file causes, the others are tried
        return f"{shown(file)}: {type(error).__name__}: {' '.join(str(error).split())}"
    return None


class _Run:
    """What a run over a folder has done so far; one picture is written while the next is made."""

    def __init__(
        self, folder: Path, output: Path, settings: Settings, writer: ThreadPoolExecutor
    ) -> None:
        self.folder = folder
        self.output = output
        self.settings = settings
        self.writer = writer
        self.upscaler = Upscaler(settings)
        self.records = Records(output)
        self.destinations: set[Path] = set()
        self.done = 0
        self.skipped = 0
        self.failures: list[str] = []
        # Of one picture at most, so that memory does not depend on how many there are.
        self.writing: Future[str | None] | None = None

    def take(self, file: Path) -> None:
        """Upscale one picture, unless its output is there and is to stay."""
        name = file.relative_to(self.folder)
        target = self.output / name
        origin = self.settings.origin(file)
        candidates = [path for path in (target, pictures.png_name(target)) if _exists(path)]
        own = self.records.of(str(name))
        overwrite = self.settings.overwrite
        if candidates and not overwrite and self._stays(file, own, origin, candidates):
            self.skipped += 1
            return
        if any(path.samefile(file) for path in candidates):
            raise InputError(f"{shown(file)}: links to its output, which would replace it")
        picture = self.upscaler.upscaled(file)
        destination = pictures.written_as(target, picture)
        replaced = own and self.output / own.output
        if destination in self.destinations:
            raise InputError(f"{shown(file)}: another source has its output's name; rename it")
        if destination in candidates and destination != replaced and not overwrite:
            raise InputError(f"{shown(destination)}: is there, and was made otherwise; rename it")
        self.destinations.add(destination)
        old = replaced if replaced != destination and replaced in candidates else None

        def write(_: Path) -> None:
            destination.parent.mkdir(parents=True, exist_ok=True)
            pictures.write(target, picture)
            self.records.add(str(name), destination, origin)
            if old:
                old.unlink()

        self.finish_writing()
        self.writing = self.writer.submit(attempt, write, file)

    def finish_writing(self) -> None:
        """Wait until the picture before is written."""
        if self.writing is None:
            return
        problem = self.writing.result()
        self.writing = None
        if problem:
            self.failures.append(problem)
        else:
            self.done += 1

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
