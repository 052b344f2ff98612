"""IPTC blocks (IIM 4.2): caption, keywords and rights, as JPEG and TIFF files hold them."""

import struct

from PIL import Image

PHOTOSHOP = b"Photoshop 3.0\0"
RESOURCE = b"8BIM"
IPTC_RESOURCE = 0x0404
IPTC_TAG, PHOTOSHOP_TAG = 33723, 34377
MARKER = 0x1C
# Of record 2: content location (26, 27), city, sublocation, province, country (90 to 101).
PRIVATE = {(2, 26), (2, 27), (2, 90), (2, 92), (2, 95), (2, 100), (2, 101)}
MOST_JPEG_BYTES = 65533


def of(image: Image.Image) -> bytes | None:
    """The block of a picture that was opened."""
    resources = b"".join(
        content[len(PHOTOSHOP) :]
        for name, content in getattr(image, "applist", [])
        if name == "APP13" and content.startswith(PHOTOSHOP)
    )
    # Where programs store the block as numbers of 32 bits, Pillow gives the first of them.
    tags = getattr(getattr(image, "tag_v2", None), "_tagdata", {})
    block = tags.get(IPTC_TAG) or _resource(tags.get(PHOTOSHOP_TAG) or resources)
    return block if block and block[0] == MARKER else None


def _resource(resources: bytes) -> bytes | None:
    """The IPTC block among Photoshop's image resources."""
    start = 0
    while resources[start : start + 4] == RESOURCE and start + 12 <= len(resources):
        (kind,) = struct.unpack_from(">H", resources, start + 4)
        name_bytes = 1 + resources[start + 6]
        start += 6 + name_bytes + name_bytes % 2
        if start + 4 > len(resources):
            return None
        (size,) = struct.unpack_from(">I", resources, start)
        content = resources[start + 4 : start + 4 + size]
        if kind == IPTC_RESOURCE:
            return content
        start += 4 + size + size % 2
    return None


def segment(block: bytes) -> bytes | None:
    """The segment of a JPEG file with a block; None for one that is too long."""
    resource = RESOURCE + struct.pack(">HxxI", IPTC_RESOURCE, len(block)) + block
    content = PHOTOSHOP + resource + bytes(len(block) % 2)
    if len(content) > MOST_JPEG_BYTES:
        return None
    return b"\xff\xed" + struct.pack(">H", len(content) + 2) + content


def without_places(block: bytes) -> bytes | None:
    """A block without the names of places; None for one that cannot be read."""
    public, start = b"", 0
    while start + 5 <= len(block) and block[start] == MARKER:
        _, record, dataset, size = struct.unpack_from(">BBBH", block, start)
        # Longer values have a length of their own, which nobody writes.
        end = start + 5 + size
        if size >= 0x8000 or end > len(block):
            return None
        if (record, dataset) not in PRIVATE:
            public += block[start:end]
        start = end
    return public or None
