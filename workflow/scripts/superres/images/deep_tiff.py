"""TIFF files with 16 bits for each colour, which Pillow does not write."""

import struct
from typing import BinaryIO

import numpy as np
from PIL import Image

IMAGE_WIDTH, BITS_PER_SAMPLE = 256, 258


def write(file: BinaryIO, levels: np.ndarray, options: dict) -> None:
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
