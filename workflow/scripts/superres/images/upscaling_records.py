"""Records of upscaled pictures: which source, network and factor made each output."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from superres.core.atomic import appearing
from superres.core.checksums import sha256
from superres.core.console import shown
from superres.core.errors import InputError

NAME = ".upscaled.jsonl"


@dataclass(frozen=True)
class Origin:
    """Everything that determines an output.

    Attributes:
        source: SHA-256 of the picture.
        network: SHA-256 of the network's file; of two, where another one was applied to what the
            first gave, with a plus between them.
        factor: side of the output over side of the source.
        scale: the network's own factor.
        options: other settings that change the output, by name.
    """

    source: str
    network: str
    factor: float
    scale: int
    options: Mapping[str, object]


@dataclass(frozen=True)
class Record:
    """One output.

    Attributes:
        source: path of the picture in the input folder.
        output: path of the upscaled one in the output folder.
        sha256: of the upscaled one.
        origin: what made it.
    """

    source: str
    output: str
    sha256: str
    origin: Origin


class Records:
    """The records of an output folder, one line of JSON each in the file `NAME` there.

    Lines that are no records are left out, of those of one source the last counts: whatever is torn
    or lost makes outputs look like those of a person, which are left alone.

    Args:
        folder: of the outputs.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / NAME
        self._records = {record.source: record for record in _lines(self.file)}

    def of(self, source: str) -> Record | None:
        """The record of a source, if its output is there and nobody has changed it."""
        record = self._records.get(source)
        if record is None or checksum(self.folder / record.output) != record.sha256:
            return None
        return record

    def add(self, source: str, output: Path, origin: Origin) -> None:
        """Record an output that was just written.

        Raises:
            InputError: the file cannot be written, or is a link.
        """
        name = str(output.relative_to(self.folder))
        record = Record(source, name, checksum(output), origin)
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW
        try:
            with os.fdopen(os.open(self.file, flags, 0o666), "w") as lines:
                lines.write(json.dumps(asdict(record)) + "\n")
        except OSError as error:
            raise InputError(
                f"{shown(self.file)}: cannot be written ({error.strerror}); remove it"
            ) from error
        self._records[source] = record

    def finish(self) -> None:
        """Write all records anew, in the order of their sources, if there are more lines."""
        lines = "".join(
            json.dumps(asdict(record)) + "\n"
            for _, record in sorted(self._records.items())
            if (self.folder / record.output).exists()
        )
        content = b"" if self.file.is_symlink() else _content(self.file)
        if content not in (b"", lines.encode()):
            with appearing(self.file) as unfinished:
                unfinished.write_text(lines)


def lack_outputs(folder: Path, sources: Path) -> bool:
    """Whether an output is gone whose source is still there.

    Args:
        folder: of the outputs.
        sources: folder of the pictures, or one picture.
    """
    inputs = sources if sources.is_dir() else sources.parent
    return any(
        (inputs / record.source).exists() and not (folder / record.output).exists()
        for record in _lines(folder / NAME)
    )


def checksum(file: Path) -> str:
    """SHA-256 of a file; empty where there is none that can be read."""
    try:
        return sha256(file) if file.is_file() else ""
    except OSError:
        return ""


def _content(file: Path) -> bytes:
    return file.read_bytes() if file.is_file() else b""


def _lines(file: Path) -> list[Record]:
    records = []
    for line in _content(file).splitlines():
        try:
            fields = json.loads(line)
            record = Record(**(fields | {"origin": Origin(**fields["origin"])}))
            inside = not Path(record.output).is_absolute() and ".." not in Path(record.output).parts
        except (ValueError, TypeError, KeyError):
            continue
        if inside:
            records.append(record)
    return records
