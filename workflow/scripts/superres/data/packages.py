"""Files inside Debian packages, and inside the resource files that some of them hold."""

import io
import lzma
import struct
import tarfile
import zlib
from collections.abc import Collection, Iterator
from pathlib import Path

from superres.core.errors import InputError

_AR = b"!<arch>\n"
_AR_HEADER_BYTES = 60
# Between the path of a resource file in a package and a path inside that resource file.
WITHIN = "!"
_AT = "@"
_JPEG_START, _JPEG_END, _SCAN = b"\xff\xd8", b"\xff\xd9", 0xDA
_FOLDER, _ZLIB, _ZSTD = 2, 1, 4
# All that wrong bytes raise; a wrong name of a file is a ValueError.
_DAMAGE = (
    tarfile.TarError,
    lzma.LZMAError,
    zlib.error,
    struct.error,
    IndexError,
    EOFError,
    OSError,
    ValueError,
)


def members(package: Path, names: Collection[str]) -> dict[str, bytes]:
    """Read files of a package.

    Args:
        package: a .deb file.
        names: paths within the package, as `usr/share/a.jpg`; what is within a Qt resource file
            has its path there behind a `!`, as `usr/share/a.rcc!pictures/b.webp`; a JPEG file
            within any other file has its offset there, as `usr/share/a.edj!@7328`.

    Returns:
        Contents by name.

    Raises:
        InputError: no Debian package, a damaged one, or a name that it does not hold.
    """
    try:
        contents = _files(package, {name.partition(WITHIN)[0] for name in names})
        found = dict(_within(contents, names))
    except InputError:
        raise
    except _DAMAGE as error:
        reason = " ".join(str(error).split())
        raise InputError(f"{package}: cannot be read ({reason}); get it again") from error
    for name in names:
        if found[name] is None:
            raise InputError(f"{package}: holds no '{name}'; it must be another version")
    return {name: content for name, content in found.items() if content is not None}


def _within(
    contents: dict[str, bytes], names: Collection[str]
) -> Iterator[tuple[str, bytes | None]]:
    """Names and what they stand for; None where the file or what is within it is missing."""
    resources: dict[str, dict[str, bytes]] = {}
    for name in names:
        file, within, inner = name.partition(WITHIN)
        if not within or file not in contents:
            yield name, contents.get(file)
        elif inner.startswith(_AT):
            yield name, _jpeg_at(contents[file], int(inner.removeprefix(_AT)))
        else:
            if file not in resources:
                resources[file] = resource_files(contents[file])
            yield name, resources[file].get(inner)


def _jpeg_at(content: bytes, offset: int) -> bytes | None:
    """The JPEG file that begins at an offset, up to its end; None where none does (ITU-T T.81)."""
    if content[offset : offset + 2] != _JPEG_START:
        return None
    position = offset + 2
    # Segments tell their length, up to the one behind which the picture is coded.
    while content[position : position + 1] == b"\xff" and content[position + 1] != _SCAN:
        position += 2 + int.from_bytes(content[position + 2 : position + 4], "big")
    end = content.find(_JPEG_END, position)
    return content[offset : end + 2] if end >= 0 else None


def _files(package: Path, names: Collection[str]) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(_data(package))) as files:
        return {
            name: file.read()
            for member in files
            if (name := member.name.removeprefix("./")) in names
            and (file := files.extractfile(member))
        }


def _data(package: Path) -> bytes:
    """The archive `data.tar.*` of a package, which is an `ar` archive (deb(5))."""
    content = package.read_bytes()
    if not content.startswith(_AR):
        raise InputError(f"{package}: no Debian package; get it again")
    position = len(_AR)
    while position < len(content):
        header = content[position : position + _AR_HEADER_BYTES]
        start = position + _AR_HEADER_BYTES
        size = header[48:58].strip()
        if not size.isdigit():
            break
        if header.startswith(b"data.tar"):
            return content[start : start + int(size)]
        position = start + int(size) + int(size) % 2
    raise InputError(f"{package}: a damaged package without data; get it again")


def resource_files(content: bytes) -> dict[str, bytes]:
    """All files of a Qt resource file, by path (Qt's binary format .rcc, versions 1 to 3).

    Args:
        content: of the resource file.

    Raises:
        InputError: no resource file, a folder within itself, or a file that is compressed by
            Zstandard.
        struct.error, zlib.error, UnicodeDecodeError: it is damaged.
    """
    if content[:4] != b"qres":
        raise InputError("no Qt resource file; get it again")
    version, tree, data, names = struct.unpack_from(">4I", content, 4)
    # Later versions keep the time of the last change, too.
    node_bytes = 14 if version < 2 else 22
    files = {}
    visited = set()
    waiting = [(0, "")]
    while waiting:
        node, folder = waiting.pop()
        if node in visited:
            raise InputError("a Qt resource file with a folder within itself; get it again")
        visited.add(node)
        offset = tree + node * node_bytes
        name_offset, flags = struct.unpack_from(">IH", content, offset)
        # The root has no name.
        path = folder + (_name(content, names + name_offset) if node else "")
        if flags & _FOLDER:
            count, first = struct.unpack_from(">2I", content, offset + 6)
            inside = f"{path}/" if path else ""
            waiting += [(child, inside) for child in range(first, first + count)]
            continue
        (start,) = struct.unpack_from(">I", content, offset + 10)
        (size,) = struct.unpack_from(">I", content, data + start)
        stored = content[data + start + 4 : data + start + 4 + size]
        if flags & _ZSTD:
            raise InputError(f"'{path}' is compressed by Zstandard, which is not supported")
        # Qt puts the length before a compressed stream.
        files[path] = zlib.decompress(stored[4:]) if flags & _ZLIB else stored
    return files


def _name(content: bytes, offset: int) -> str:
    (characters,) = struct.unpack_from(">H", content, offset)
    start = offset + 6
    return content[start : start + 2 * characters].decode("utf-16-be")
