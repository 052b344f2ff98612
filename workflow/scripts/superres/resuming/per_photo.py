"""Work per photo that resumes at the photo where a killed job was.

Snakemake deletes the outputs of a job that did not end. Until they are whole, they are kept in
another folder.
"""

import hashlib
import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

from superres.core.atomic import appearing
from superres.core.checksums import sha256
from superres.core.console import log, tracked
from superres.resuming.locks import sole_use


class Item(Protocol):
    """What one photo's work starts from."""

    @property
    def photo(self) -> str:
        """The photo's name."""

    def files(self) -> list[Path]:
        """The files that it reads."""


class Draft:
    """What a job has finished so far, photo by photo: `<folder>/<key>/`, a journal and the files.

    Every photo is a line of the journal, which begins with the line's own SHA-256 and holds those
    of the photo's inputs and files, so that whatever is torn or of other inputs is known.

    Args:
        folder: its own alone; is removed when all is done.
        key: of all that decides the result besides the inputs of the photos.
    """

    def __init__(self, folder: Path, key: str) -> None:
        self.root = folder
        self.files = folder / key[:16] / "files"
        self._fresh = folder / key[:16] / "fresh"
        self._journal = folder / key[:16] / "journal"

    def each(self, items: Sequence[Item], make: Callable[[Any, Path], Any]) -> list:
        """Do what is left to do, with progress.

        Args:
            items: each with another photo.
            make: does the work of an item; gets it and an empty folder for the files that are to
                be, and returns what else there is to keep, as JSON takes it.

        Returns:
            What `make` returned for each of the items, now or before.

        Raises:
            InputError: another process works in the same folder.
        """
        with sole_use(self.root):
            return self._each(items, make)

    def deliver(self, output: Path) -> None:
        """Put the files where they belong, at once where no such folder is there yet."""
        output.parent.mkdir(parents=True, exist_ok=True)
        if not output.exists():
            shutil.move(self.files, output)
        else:
            for file in _files_in(self.files):
                target = output / file.relative_to(self.files)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.move(file, target)
        self.clear()

    def clear(self) -> None:
        """Remove everything, drafts with other keys too: the job is done."""
        shutil.rmtree(self.root)

    def _each(self, items: Sequence[Item], make: Callable[[Any, Path], Any]) -> list:
        self.files.mkdir(parents=True, exist_ok=True)
        entries = self._find({item.photo: item for item in items})
        if entries:
            log.info("continuing: %d of %d photos are done", len(entries), len(items))
        self._write_journal(entries)
        with self._journal.open("a") as journal:
            for item in tracked([item for item in items if item.photo not in entries], "photos"):
                entries[item.photo] = self._made(item, make)
                journal.write(_line(entries[item.photo]))
                journal.flush()
        return [entries[item.photo]["kept"] for item in items]

    def _find(self, items: dict[str, Item]) -> dict[str, dict]:
        """The entries that hold, by photo; all other files are removed."""
        holding = {
            photo: entry
            for photo, entry in self._read_journal().items()
            if photo in items
            and entry["inputs"] == _checksums(items[photo])
            and all(self._is_whole(*file) for file in entry["files"].items())
        }
        kept = {self.files / name for entry in holding.values() for name in entry["files"]}
        for file in _files_in(self.files):
            if file not in kept:
                file.unlink()
        return holding

    def _is_whole(self, name: str, checksum: str) -> bool:
        file = self.files / name
        return file.is_file() and sha256(file) == checksum

    def _made(self, item: Item, make: Callable[[Any, Path], Any]) -> dict:
        shutil.rmtree(self._fresh, ignore_errors=True)
        self._fresh.mkdir()
        inputs = _checksums(item)
        kept = make(item, self._fresh)
        checksums = {}
        for file in _files_in(self._fresh):
            name = file.relative_to(self._fresh)
            checksums[str(name)] = sha256(file)
            (self.files / name).parent.mkdir(parents=True, exist_ok=True)
            file.replace(self.files / name)
        return {"photo": item.photo, "inputs": inputs, "files": checksums, "kept": kept}

    def _read_journal(self) -> dict[str, dict]:
        """The entries of all lines that are whole, by photo."""
        content = self._journal.read_bytes() if self._journal.is_file() else b""
        entries = {}
        for line in content.splitlines():
            checksum, _, text = line.partition(b" ")
            if hashlib.sha256(text).hexdigest().encode() == checksum:
                entry = json.loads(text)
                entries[entry["photo"]] = entry
        return entries

    def _write_journal(self, entries: dict[str, dict]) -> None:
        with appearing(self._journal) as unfinished:
            unfinished.write_text("".join(map(_line, entries.values())))


def _line(entry: dict) -> str:
    text = json.dumps(entry)
    return f"{hashlib.sha256(text.encode()).hexdigest()} {text}\n"


def _checksums(item: Item) -> list[str]:
    return [sha256(file) for file in item.files()]


def _files_in(folder: Path) -> list[Path]:
    return sorted(file for file in folder.rglob("*") if file.is_file())
