"""Checksums of a folder's files, written so that `sha256sum --check` reads them too."""

import os
from pathlib import Path

from superres.core.checksums import sha256
from superres.core.console import tracked
from superres.core.errors import InputError

NAME = "manifest-sha256.txt"
# Names with these are escaped, and their lines begin with a backslash, as sha256sum does it.
ESCAPES: dict[str, str | int | None] = {"\\": "\\\\", "\n": "\\n", "\r": "\\r"}


def digests(root: Path, files: list[Path]) -> dict[str, str]:
    """SHA-256 of files, and of all files of folders, by path below the root, sorted.

    Snakemake's own marks are left out.
    """
    all_files = {
        inner
        for file in files
        for inner in (file.rglob("*") if file.is_dir() else [file])
        if inner.is_file() and inner.name != ".snakemake_timestamp"
    }
    return {
        file.relative_to(root).as_posix(): sha256(file)
        for file in tracked(sorted(all_files), "checksums")
    }


def write(root: Path, of_files: dict[str, str]) -> None:
    """Write the manifest of a folder."""
    lines = []
    for name, digest in of_files.items():
        escaped = name.translate(str.maketrans(ESCAPES))
        lines.append(f"{chr(92) if escaped != name else ''}{digest}  {escaped}\n")
    (root / NAME).write_bytes(os.fsencode("".join(lines)))


def read(root: Path) -> dict[str, str]:
    """SHA-256 by path below the root.

    Raises:
        InputError: there is no manifest, or a line of it is none.
    """
    file = root / NAME
    if not file.is_file():
        raise InputError(f"{file}: not found; run `snakemake` to its end, or name another folder")
    of_files = {}
    for number, line in enumerate(os.fsdecode(file.read_bytes()).split("\n")[:-1], start=1):
        digest, gap, name = line.removeprefix("\\").partition("  ")
        if len(digest) != 64 or not gap or not name:
            raise InputError(f"{file}, line {number}: not a SHA-256 and a path")
        if line.startswith("\\"):
            # One pass, so that an escaped backslash before an n stays one.
            parts = name.split("\\\\")
            parts = [part.replace("\\n", "\n").replace("\\r", "\r") for part in parts]
            name = "\\".join(parts)
        of_files[name] = digest
    return of_files


def differences(root: Path, of_files: dict[str, str]) -> list[str]:
    """What differs from a manifest, a line each; empty where nothing does."""
    lines = []
    for name, digest in tracked(list(of_files.items()), "checksums"):
        file = root / name
        if not file.is_file():
            lines.append(f"missing: {file}")
        elif sha256(file) != digest:
            lines.append(f"changed: {file}")
    return lines
