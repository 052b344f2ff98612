"""Folders of pictures, with those in them, and the files there that are no pictures."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from superres.core.console import printable
from superres.core.natural_order import natural

PICTURE_ENDINGS = {
    *(".jpg", ".jpeg", ".jpe", ".jfif", ".mpo", ".png", ".apng", ".webp", ".tif", ".tiff"),
    *(".bmp", ".gif", ".ppm", ".pgm", ".pbm", ".pnm", ".jp2", ".j2k", ".jpx", ".jpf", ".avif"),
    # Photos in formats that are not read; each is named with what to do.
    *(".heic", ".heif", ".hif", ".jxl"),
}
# Some begin as TIFF does; the same photo is usually beside them as JPEG.
OTHER_ENDINGS = {
    *(".dng", ".nef", ".nrw", ".cr2", ".cr3", ".arw", ".orf", ".rw2", ".raf", ".pef", ".srw"),
    *(".psd", ".xcf"),
}
# Thumbnails, resource forks and deleted files, which systems keep beside photos.
SYSTEM_FOLDERS = ("@eaDir", "__MACOSX", "$RECYCLE.BIN", "lost+found")
KNOWN_NAMES = ("Thumbs.db", "desktop.ini")
MOST_KINDS = 12
SIGNATURES = (
    *(b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a", b"II*\0", b"MM\0*"),
    *(b"\0\0\0\x0cjP  ", b"\xff\x4f\xff\x51"),
)


def is_picture(file: Path) -> bool:
    """Whether a file is meant to be a picture, by its ending or the beginning of its content."""
    ending = file.suffix.lower()
    if ending in PICTURE_ENDINGS:
        return True
    if ending in OTHER_ENDINGS or not file.is_file():
        return False
    try:
        with file.open("rb") as content:
            start = content.read(12)
    except OSError:
        return False
    return start.startswith(SIGNATURES) or (start[:4], start[8:]) == (b"RIFF", b"WEBP")


def files_in(
    folder: Path, flat: bool, left_out: Iterable[Path] = ()
) -> tuple[list[Path], list[Path]]:
    """Pictures of a folder and, unless it is to stay flat, of those in it.

    Hidden files and folders and those of systems are left out; links to folders are followed, each
    folder once.

    Args:
        folder: where to begin.
        flat: whether to stay there.
        left_out: further folders that are left out.

    Returns:
        Pictures in natural order, those of the folder itself first, and all other files.

    Raises:
        OSError: a folder cannot be read.
    """
    pictures: list[Path] = []
    others: list[Path] = []
    for file in _walk(folder, flat, {path.resolve() for path in left_out}):
        (pictures if is_picture(file) else others).append(file)
    return pictures, others


def _walk(folder: Path, flat: bool, known: set[Path]) -> Iterator[Path]:
    known.add(folder.resolve())
    visible = [
        path
        for path in folder.iterdir()
        if not path.name.startswith(".") and path.name not in SYSTEM_FOLDERS
    ]
    visible.sort(key=lambda path: natural(path.name))
    yield from (path for path in visible if not path.is_dir())
    if flat:
        return
    for path in visible:
        if path.is_dir() and path.resolve() not in known:
            yield from _walk(path, flat, known)


def counted(others: Sequence[Path]) -> str:
    """Files that are no pictures, by ending, the most frequent first: `3: 2 .xmp, 1 Thumbs.db`."""
    kinds = Counter(
        file.name if file.name in KNOWN_NAMES or not file.suffix else file.suffix.lower()
        for file in others
    )
    parts = [f"{count} {kind}" for kind, count in kinds.most_common(MOST_KINDS)]
    more = ["others"] if len(kinds) > MOST_KINDS else []
    return f"{len(others)}: {printable(', '.join(parts + more))}"
