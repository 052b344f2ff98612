"""PNG and TIFF files with 16 bits for each colour, which Pillow does not write."""

import struct
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import BinaryIO

import numpy as np
from PIL import Image

ROWS_AT_ONCE = 64
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
# By number of channels.
PNG_COLOUR_TYPES = {1: 0, 2: 4, 3: 2, 4: 6}
PNG_MODES = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}
PNG_FILTER_UP = 2
IMAGE_WIDTH, BITS_PER_SAMPLE = 256, 258


def write_png(file: BinaryIO, levels: np.ndarray, options: dict) -> None:
    """Write a PNG file (specification: https://www.w3.org/TR/png-3/).

    Args:
        file: to write, from its start on; can be read and searched, too.
        levels: uint16 array (height, width, channels), 1 to 4 channels: grey, grey with alpha,
            RGB, RGB with alpha.
        options: what else belongs to the file, as Pillow's `Image.save` takes it.
    """
    height, width, channels = levels.shape
    header = struct.pack(">IIBBBBB", width, height, 16, PNG_COLOUR_TYPES[channels], 0, 0, 0)
    # Pillow writes everything but the pixels, around one of 8 bits.
    around = BytesIO()
    Image.new(PNG_MODES[channels], (1, 1)).save(around, **options)
    file.write(PNG_SIGNATURE)
    for name, content in png_chunks(around.getvalue()):
        if name == b"IDAT":
            for part in _compressed(levels):
                _write_chunk(file, name, part)
        else:
            _write_chunk(file, name, header if name == b"IHDR" else content)


def png_chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Names and contents of the chunks of a PNG file, up to where it ends or is damaged."""
    start = len(PNG_SIGNATURE)
    while start + 12 <= len(content):
        (size,) = struct.unpack_from(">I", content, start)
        yield content[start + 4 : start + 8], content[start + 8 : start + 8 + size]
        start += 12 + size


def _write_chunk(file: BinaryIO, name: bytes, content: bytes) -> None:
    checksum = zlib.crc32(content, zlib.crc32(name))
    file.write(struct.pack(">I", len(content)) + name + content + struct.pack(">I", checksum))


def _compressed(levels: np.ndarray) -> Iterator[bytes]:
    """The pixels of a PNG file: rows of differences to the row above, deflated."""
    compressor = zlib.compressobj()
    above = np.zeros((1, levels[0].nbytes), np.uint8)
    for start in range(0, len(levels), ROWS_AT_ONCE):
        rows = levels[start : start + ROWS_AT_ONCE].astype(">u2")
        samples = rows.view(np.uint8).reshape(len(rows), -1)
        filtered = samples - np.concatenate([above, samples[:-1]])
        lines = np.pad(filtered, ((0, 0), (1, 0)), constant_values=PNG_FILTER_UP)
        above = samples[-1:]
        yield compressor.compress(lines.tobytes())
    yield compressor.flush()


def write_tiff(file: BinaryIO, levels: np.ndarray, options: dict) -> None:
    """Write a TIFF file.

    Pillow writes a picture of 8 bits and twice the width, whose bytes are the same, and two tags
    (TIFF 6.0, section 8) are then set to what they are.

    Args:
        file: to write, from its start on; can be read and searched, too.
        levels: uint16 array (height, width, channels), 3 or 4 channels.
        options: what else belongs to the file, as Pillow's `Image.save` takes it.
    """
    height, width, channels = levels.shape
    samples = levels.astype("<u2").view(np.uint8).reshape(height, 2 * width, channels)
    Image.fromarray(samples).save(file, **options)
    file.seek(0)
    _, _, directory = struct.unpack("<2sHI", file.read(8))
    file.seek(directory)
    (count,) = struct.unpack("<H", file.read(2))
    entries = [struct.unpack("<HHII", file.read(12)) for _ in range(count)]
    for number, (tag, _, length, value) in enumerate(entries):
        if tag == IMAGE_WIDTH:
            file.seek(directory + 2 + 12 * number + 8)
            file.write(struct.pack("<I", width))
        elif tag == BITS_PER_SAMPLE:
            file.seek(value)
            file.write(struct.pack(f"<{length}H", *[16] * length))
