"""XMP packets after upscaling: sizes set, claims removed that only the source fulfils."""

import re
from dataclasses import dataclass
from xml.dom import minidom

# Namespaces of what is stored beside the photo in its file: gain maps, videos, depth, audio.
LOST_NAMESPACES = (
    "http://ns.adobe.com/hdr-gain-map/",
    "http://ns.apple.com/HDRGainMap/",
    "http://ns.apple.com/pixeldatainfo/",
    "http://ns.google.com/photos/1.0/container/",
    "http://ns.google.com/photos/1.0/depthmap/",
    "http://ns.google.com/photos/1.0/image/",
    "http://ns.google.com/photos/1.0/audio/",
    "http://ns.google.com/photos/dd/",
    "http://ns.xiaomi.com/photos/",
)
LOST_NAMES = re.compile("MotionPhoto|MicroVideo|HasExtendedXMP|Thumbnails")
PRIVATE_NAMES = re.compile(
    "GPS|Serial|OwnerName|ImageUniqueID|^Location|^City$|^State$|^Country|^Sublocation$"
)
WIDTHS, HEIGHTS = ("ImageWidth", "PixelXDimension"), ("ImageLength", "PixelYDimension")
PANORAMA = "http://ns.google.com/photos/1.0/panorama/"
XMLNS = "http://www.w3.org/2000/xmlns/"
CLAIMS = re.compile(
    rb"hdr-gain-map|HDRGainMap|pixeldatainfo|photos/1.0/container|depthmap|MotionPhoto|MicroVideo"
    rb"|HasExtendedXMP|Orientation|ImageWidth|PixelXDimension|GPS|Serial"
)
ENTITIES = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)
MOST_BYTES = 4 * 10**6


@dataclass(frozen=True)
class Change:
    """From a source to its upscaled picture.

    Attributes:
        before_px: width and height of the upright source.
        after_px: of the result.
        drop_private: whether places, serial numbers and owners are left out.
    """

    before_px: tuple[int, int]
    after_px: tuple[int, int]
    drop_private: bool = False


def changed(xmp: bytes, change: Change) -> tuple[bytes | None, list[str]]:
    """Make a packet true of the upscaled picture.

    Args:
        xmp: the packet.
        change: what was done.

    Returns:
        The packet, byte for byte as it was where nothing in it is false, None where it cannot be
        read and claims what is not so; and the names of the properties that were removed.
    """
    try:
        if len(xmp) > MOST_BYTES or ENTITIES.search(xmp):
            raise ValueError("too long, or with entities")
        document = minidom.parseString(xmp.strip(b"\0 \r\n\t"))
    except Exception:  # damaged XML makes the parser raise several errors
        return (None, ["XMP that cannot be read"]) if CLAIMS.search(xmp) else (xmp, [])
    removed: list[str] = []
    edited = _edit(document.documentElement, change, removed)
    if not edited and not removed:
        return xmp, []
    text = "".join(node.toxml() for node in document.childNodes)
    return text.encode(), sorted(set(removed))


def _edit(element: minidom.Element, change: Change, removed: list[str]) -> bool:
    """Correct an element's attributes and children, which are two forms of properties."""
    edited = False
    for attribute in list(element.attributes.values()):
        if attribute.namespaceURI == XMLNS:
            continue
        if _is_false(attribute, change):
            removed.append(attribute.localName)
            element.removeAttributeNode(attribute)
        elif (value := _true_value(attribute, attribute.value, change)) is not None:
            edited |= value != attribute.value
            attribute.value = value
    for child in list(element.childNodes):
        if child.nodeType != child.ELEMENT_NODE:
            continue
        if _is_false(child, change):
            removed.append(child.localName)
            element.removeChild(child)
            continue
        text = child.firstChild
        if text is not None and text.nodeType == text.TEXT_NODE:
            value = _true_value(child, text.data.strip(), change)
            if value is not None:
                edited |= value != text.data
                text.data = value
        edited |= _edit(child, change, removed)
    return edited


def _is_false(node, change: Change) -> bool:
    """Whether a property is of something that is no more in the file, or is to be left out."""
    name = node.localName or ""
    return bool(
        (node.namespaceURI or "").startswith(LOST_NAMESPACES)
        or LOST_NAMES.search(name)
        or (change.drop_private and PRIVATE_NAMES.search(name))
    )


def _true_value(node, value: str, change: Change) -> str | None:
    """What a property is now; None where upscaling does not change it."""
    width_px, height_px = change.after_px
    if node.localName == "Orientation":
        return "1"
    if node.localName in WIDTHS:
        return str(width_px)
    if node.localName in HEIGHTS:
        return str(height_px)
    if node.namespaceURI == PANORAMA and node.localName.endswith("Pixels") and value.isdecimal():
        axis = 0 if re.search("Width|Left", node.localName) else 1
        return str(round(int(value) * change.after_px[axis] / change.before_px[axis]))
    return None
