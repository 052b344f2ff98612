"""Files from outside: unpacked or copied with suspicion, recorded, checked when they are used."""

import contextlib
import errno
import lzma
import shutil
import stat
import tarfile
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path, PurePosixPath, PureWindowsPath

from superres.core import checksums, csv_tables
from superres.core.console import tracked
from superres.core.errors import InputError
from superres.core.memory import BYTES_PER_MB

_CHUNK_BYTES = 2**20
# All that zipfile raises on wrong bytes.
_DAMAGE = (
    zipfile.BadZipFile,
    tarfile.TarError,
    lzma.LZMAError,
    zlib.error,
    EOFError,
    NotImplementedError,
    UnicodeDecodeError,
)


# Path inside the archive, and what opens it for reading.
_Entry = tuple[str, Callable]


class DamagedError(InputError):
    """The archive is not what its maker wrote; another download may help."""


def unpack(archive: Path, folder: Path, max_unpacked_mb: int) -> None:
    """Unpack a zip or tar archive into a new folder, which appears only with everything in it.

    Args:
        archive: zip file, or tar file with whatever compression Python knows; trusted in nothing.
        folder: to be made; must not hold anything yet.
        max_unpacked_mb: most that all files together may take, in MB (10^6 bytes).

    Raises:
        DamagedError: no archive, a broken one, or a wrong checksum.
        InputError: an entry that has no place in a plain tree of files, or too much of it.
    """
    left_bytes = max_unpacked_mb * BYTES_PER_MB
    too_large = (
        f"{archive}: unpacks to more than {max_unpacked_mb} MB; if that is meant to be, raise "
        "downloads.<name>.max_unpacked_mb"
    )
    try:
        opening = _tar if tarfile.is_tarfile(archive) else _zip
        with opening(archive, left_bytes, too_large) as files, _appearing(folder) as unfinished:
            for name, opened in tracked(files, "files"):
                target = unfinished / name
                target.parent.mkdir(parents=True, exist_ok=True)
                with opened() as source, target.open("xb") as copy:
                    # What an archive says of its sizes need not be true.
                    while chunk := source.read(_CHUNK_BYTES):
                        left_bytes -= len(chunk)
                        if left_bytes < 0:
                            raise InputError(too_large)
                        copy.write(chunk)
    except (*_DAMAGE, OSError) as error:
        # A wrong offset sends zipfile to before the first byte, which is an invalid argument.
        # A broken compressed stream has no number at all.
        if isinstance(error, OSError) and error.errno not in (errno.EINVAL, None):
            raise InputError(f"{archive}: cannot be unpacked: {error}") from error
        reason = str(error) or type(error).__name__
        raise DamagedError(
            f"{archive}: not a whole zip or tar archive ({reason}); download it again"
        ) from error


@contextlib.contextmanager
def _zip(archive: Path, most_bytes: int, too_large: str) -> Iterator[list[_Entry]]:
    """Name and opener of every file of a zip archive, once none of its entries is hostile."""
    with zipfile.ZipFile(archive) as opened:
        files = _regular_files(archive, opened.infolist())
        if sum(entry.file_size for entry in files) > most_bytes:
            raise InputError(too_large)
        yield [(entry.filename, partial(opened.open, entry)) for entry in files]


@contextlib.contextmanager
def _tar(archive: Path, most_bytes: int, too_large: str) -> Iterator[list[_Entry]]:
    """The same for a tar archive."""
    with tarfile.open(archive) as opened:
        entries = []
        # One by one, so that a bomb is noticed before it is read to its end.
        for entry in opened:
            if not (entry.isfile() or entry.isdir()):
                raise InputError(f"{archive}: entry {entry.name!r} is a link or a device")
            entries.append(entry)
            most_bytes -= entry.size
            if most_bytes < 0:
                raise InputError(too_large)
        files = [entry for entry in entries if entry.isfile()]
        # Archives made with `tar .` name the folder itself.
        folders = [entry.name for entry in entries if entry.isdir() and entry.name != "."]
        names = [entry.name.removeprefix("./") for entry in files]
        _refuse_names(archive, names, [name.removeprefix("./") for name in folders])
        yield [
            (name, partial(opened.extractfile, entry))
            for name, entry in zip(names, files, strict=True)
        ]


def check_file(file: Path, sha256: str) -> None:
    """Insist on the checksum of an archive.

    Raises:
        InputError: another checksum, or a folder, which has none.
    """
    if not file.is_file():
        raise InputError(f"{file}: a folder has no checksum; leave out downloads.<name>.sha256")
    if (actual := checksums.sha256(file)) != sha256:
        raise InputError(
            f"{file}: its SHA-256 is {actual}, not {sha256} as in downloads.<name>.sha256; "
            "fetch it again, or correct the key"
        )


def copy(source: Path, folder: Path) -> None:
    """Copy the files of a folder and its subfolders into a new folder, as `unpack` does.

    Raises:
        InputError: no file there, or a link or another thing that is no plain file.
    """
    entries = sorted(source.rglob("*"))
    for entry in entries:
        if entry.is_symlink() or not (entry.is_file() or entry.is_dir()):
            raise InputError(f"{entry}: neither file nor folder; replace links by what they show")
    files = [entry for entry in entries if entry.is_file()]
    _refuse_names(source, [file.relative_to(source).as_posix() for file in files])
    try:
        with _appearing(folder) as unfinished:
            for file in tracked(files, "files"):
                target = unfinished / file.relative_to(source)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, target)
    except OSError as error:
        raise InputError(f"{source}: cannot be copied: {error}") from error


def record(folder: Path) -> list[dict]:
    """Path, size and checksum of every file below a folder, rows of the kind `files`, sorted."""
    files = {
        file.relative_to(folder).as_posix(): file for file in folder.rglob("*") if file.is_file()
    }
    return [
        {"file": name, "bytes": files[name].stat().st_size, "sha256": checksums.sha256(files[name])}
        for name in tracked(sorted(files), "checksums")
    ]


def recorded(table: Path) -> dict[str, tuple[int, str]]:
    """Size in bytes and SHA-256 of every file of a table that `record` made.

    Raises:
        InputError: the table does not fit its schema.
    """
    rows = csv_tables.read([table], "files").to_dict("records")
    return {row["file"]: (row["bytes"], row["sha256"]) for row in rows}


def check(folder: Path, name: str, known: dict[str, tuple[int, str]]) -> Path:
    """One file, provided that it still is what was recorded.

    Args:
        folder: what was unpacked, `results/downloads/<name>/files`.
        name: path of the file relative to it, with `/`.
        known: from `recorded`.

    Returns:
        `folder / name`.

    Raises:
        InputError: the file is unknown, missing or has other bytes.
    """
    file = folder / name
    if name not in known:
        reason = "not among the files that were recorded"
    elif file.is_symlink() or not file.is_file():
        reason = "missing"
    elif (file.stat().st_size, checksums.sha256(file)) != known[name]:
        reason = "changed since it was recorded"
    else:
        return file
    raise InputError(f"{file}: {reason}; delete {folder.parent} and run again")


@contextlib.contextmanager
def _appearing(folder: Path) -> Iterator[Path]:
    """A folder to fill; it gets its name only when that went well."""
    unfinished = folder.with_name(folder.name + ".part")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    try:
        yield unfinished
        unfinished.rename(folder)
    except BaseException:
        shutil.rmtree(unfinished)
        raise


def _regular_files(archive: Path, entries: list[zipfile.ZipInfo]) -> list[zipfile.ZipInfo]:
    """The entries that are files, once all entries have been checked."""
    # zipfile cuts names at a null byte; the original has it still.
    names = [entry.orig_filename for entry in entries]
    _refuse_names(
        archive,
        [name for name in names if not name.endswith("/")],
        [name.removesuffix("/") for name in names if name.endswith("/")],
    )
    for entry in entries:
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if kind not in (0, stat.S_IFDIR if entry.is_dir() else stat.S_IFREG):
            raise InputError(f"{archive}: entry {entry.filename!r} is a link or a device")
        if entry.flag_bits & 0x1:
            raise InputError(f"{archive}: entry {entry.filename!r} is encrypted")
        # Other methods unpack without bound before a byte can be counted.
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise InputError(f"{archive}: entry {entry.filename!r} is neither stored nor deflated")
    return [entry for entry in entries if not entry.is_dir()]


def _refuse_names(source: Path, files: list[str], folders: Sequence[str] = ()) -> None:
    """Refuse what does not stay below its folder or cannot be there on every file system."""
    seen: set[str] = set()
    for name in (*files, *folders):
        windows = PureWindowsPath(name)
        if (
            not name.isprintable()
            or "\\" in name
            or windows.drive
            or windows.root
            or any(part in ("", ".", "..") for part in name.split("/"))
        ):
            raise InputError(f"{source}: entry {name!r} is no plain path inside the archive")
        key = _key(name)
        if key in seen:
            raise InputError(f"{source}: two entries are called {name!r}, but for the case at most")
        seen.add(key)
    keys = set(map(_key, files))
    for name in (*files, *folders):
        if any(_key(str(parent)) in keys for parent in PurePosixPath(name).parents):
            raise InputError(f"{source}: entry {name!r} is inside a file")
    if not files:
        raise InputError(f"{source}: holds no file")


def _key(name: str) -> str:
    """The same for all spellings that some file system takes for one."""
    return unicodedata.normalize("NFC", name).casefold()
