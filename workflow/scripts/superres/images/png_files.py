"""PNG files: all that is beside the pixels, and 16 bits for each colour, which Pillow reduces.

Source: Portable Network Graphics, third edition, https://www.w3.org/TR/png-3/.
"""

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import BinaryIO

import numpy as np
from PIL import Image

SIGNATURE = b"\x89PNG\r\n\x1a\n"
# What Pillow is given: pixels, transparency, animation and EXIF.
PIXELS = (b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"acTL", b"fcTL", b"fdAT", b"eXIf")
TEXTS = (b"tEXt", b"zTXt", b"iTXt")
# How colours and pixels are shown, which upscaling does not change.
KEPT = (b"gAMA", b"cHRM", b"sRGB", b"cICP", b"mDCV", b"cLLI", b"pHYs")
XMP_KEYWORD = b"XML:com.adobe.xmp"
EXIF_KEYWORDS = (b"Raw profile type exif", b"Raw profile type APP1")
PRIVATE_KEYWORDS = re.compile("gps|serial|location|owner|^raw profile", re.IGNORECASE)
MOST_TEXT_BYTES = 8 * 10**6
MOST_PILLOW_BYTES = 10**6
MOST_ICC_BYTES = 16 * 10**6
# By number of channels.
COLOUR_TYPES = {1: 0, 2: 4, 3: 2, 4: 6}
MODES = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}
FILTER_UP = 2
# Of photos, a twentieth more bytes than by zlib's own level 6 in less than half of the time.
COMPRESSION = 4
ROWS_AT_ONCE = 64


@dataclass
class Parts:
    """A PNG file in parts.

    Attributes:
        pixels: a PNG file of the pixels and what Pillow needs to show them.
        icc: colour profile.
        chunks: names and contents of further chunks that can be written as they are.
        dropped: what is left out, in words.
    """

    pixels: BinaryIO = field(default_factory=BytesIO)
    icc: bytes | None = None
    chunks: list[tuple[bytes, bytes]] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)


def split(content: bytes) -> Parts:
    """Take a PNG file apart, so that no chunk beside the pixels keeps these from being read.

    Args:
        content: of the file; may be damaged, which decoding the pixels then shows.
    """
    parts = Parts()
    parts.pixels.write(content[: len(SIGNATURE)])
    start = len(SIGNATURE)
    while start < len(content):
        (size,) = struct.unpack(">I", content[start : start + 4].rjust(4, b"\0"))
        name, end = content[start + 4 : start + 8], start + 12 + size
        body = content[start + 8 : end - 4]
        if name in PIXELS or end > len(content) or _is_for_pillow(name, body):
            parts.pixels.write(content[start:end])
        if name == b"iCCP":
            _take_profile(parts, body)
        elif name in TEXTS and not _is_exif_or_xmp(body):
            _take_text(parts, name, body)
        elif name in KEPT:
            parts.chunks.append((name, body))
        elif name not in PIXELS and name not in TEXTS and end <= len(content):
            parts.dropped.append(f"chunk {name.decode('latin-1')}")
        start = end
    parts.dropped = list(dict.fromkeys(parts.dropped))
    parts.pixels.seek(0)
    return parts


def _is_exif_or_xmp(body: bytes) -> bool:
    return body.partition(b"\0")[0] in (XMP_KEYWORD, *EXIF_KEYWORDS)


def is_private(name: bytes, body: bytes) -> bool:
    """Whether a text says by its keyword where or with which camera a picture was taken."""
    keyword = body.partition(b"\0")[0].decode("latin-1")
    return name in TEXTS and bool(PRIVATE_KEYWORDS.search(keyword))


def _is_for_pillow(name: bytes, body: bytes) -> bool:
    """Whether a text may say how the picture is turned, and is small enough for Pillow."""
    is_known = name in TEXTS and _is_exif_or_xmp(body)
    return is_known and _text_bytes(name, body, MOST_PILLOW_BYTES) < MOST_PILLOW_BYTES


def _text_bytes(name: bytes, body: bytes, most: int) -> int:
    """Length of a text when unpacked, at most `most`."""
    keyword, _, rest = body.partition(b"\0")
    if name == b"tEXt" or (name == b"iTXt" and rest[:1] != b"\1"):
        return min(len(body), most)
    packed = rest[1:]
    if name == b"iTXt":
        packed = b"\0".join(rest[2:].split(b"\0")[2:])
    return len(keyword) + len(_unpacked(packed, most))


def _unpacked(packed: bytes, most: int) -> bytes:
    """At most so many bytes of a deflated text; none of a damaged one."""
    try:
        return zlib.decompressobj().decompress(packed, most)
    except zlib.error:
        return b""


def _take_text(parts: Parts, name: bytes, body: bytes) -> None:
    if _text_bytes(name, body, MOST_TEXT_BYTES) < MOST_TEXT_BYTES:
        parts.chunks.append((name, body))
    else:
        keyword = body.partition(b"\0")[0].decode("latin-1")
        parts.dropped.append(f"text {keyword!r} of more than {MOST_TEXT_BYTES // 10**6} MB")


def _take_profile(parts: Parts, body: bytes) -> None:
    icc = _unpacked(body.partition(b"\0")[2][1:], MOST_ICC_BYTES)
    if not icc:
        parts.dropped.append("damaged colour profile")
    elif len(icc) == MOST_ICC_BYTES:
        parts.dropped.append(f"colour profile of more than {MOST_ICC_BYTES // 10**6} MB")
    else:
        parts.icc = icc


def text_chunk(keyword: str, text: str) -> tuple[bytes, bytes]:
    """A chunk of text in any language."""
    return b"iTXt", keyword.encode("latin-1") + bytes(5) + text.encode()


def write(
    file: BinaryIO, layers: np.ndarray, options: dict, chunks: list[tuple[bytes, bytes]]
) -> None:
    """Write a PNG file.

    Args:
        file: to write, from its start on.
        layers: uint8 or uint16 array (height, width) or (height, width, channels), 1 to 4 of them:
            grey, grey with alpha, RGB, RGB with alpha.
        options: colour profile and EXIF, as Pillow's `Image.save` takes them.
        chunks: further chunks.
    """
    deep = layers.dtype == np.uint16
    height, width = layers.shape[:2]
    channels = 1 if layers.ndim == 2 else layers.shape[2]
    encoded = BytesIO()
    # Of 16 bits, Pillow writes everything but the pixels, around one of 8.
    shown = Image.new(MODES[channels], (1, 1)) if deep else Image.fromarray(layers)
    shown.save(encoded, compress_level=COMPRESSION, **options)
    file.write(SIGNATURE)
    body: bytes | memoryview
    for name, body in _chunks(encoded.getbuffer()):
        if name == b"IHDR":
            if deep:
                colour_type = COLOUR_TYPES[channels]
                body = struct.pack(">IIBBBBB", width, height, 16, colour_type, 0, 0, 0)
            _write_chunk(file, name, body)
            for further in chunks:
                _write_chunk(file, *further)
        elif name == b"IDAT" and deep:
            for part in _deflated(layers.reshape(height, width, channels)):
                _write_chunk(file, name, part)
        else:
            _write_chunk(file, name, body)


def _chunks(content: memoryview) -> Iterator[tuple[bytes, memoryview]]:
    """Names and contents of the chunks of a whole PNG file."""
    start = len(SIGNATURE)
    while start < len(content):
        (size,) = struct.unpack_from(">I", content, start)
        yield bytes(content[start + 4 : start + 8]), content[start + 8 : start + 8 + size]
        start += 12 + size


def _write_chunk(file: BinaryIO, name: bytes, body: bytes | memoryview) -> None:
    checksum = zlib.crc32(body, zlib.crc32(name))
    file.write(struct.pack(">I", len(body)) + name)
    file.write(body)
    file.write(struct.pack(">I", checksum))


def _deflated(levels: np.ndarray) -> Iterator[bytes]:
    """Pixels of 16 bits: rows of differences to the row above."""
    compressor = zlib.compressobj(COMPRESSION)
    above = np.zeros((1, levels[0].nbytes), np.uint8)
    for start in range(0, len(levels), ROWS_AT_ONCE):
        rows = levels[start : start + ROWS_AT_ONCE].astype(">u2")
        samples = rows.view(np.uint8).reshape(len(rows), -1)
        differences = samples - np.concatenate([above, samples[:-1]])
        lines = np.pad(differences, ((0, 0), (1, 0)), constant_values=FILTER_UP)
        above = samples[-1:]
        yield compressor.compress(lines.tobytes())
    yield compressor.flush()
