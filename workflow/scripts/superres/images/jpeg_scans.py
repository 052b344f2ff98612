"""Passes over the picture that a JPEG file asks of its decoder."""

import re

# A marker segment begins with FF and its kind; in what follows the head of a scan, FF00 is a byte
# of data and FFD0 to FFD7 are restarts within the scan.
MARKER = re.compile(rb"\xff+([^\x00\xd0-\xd7\xff])", re.DOTALL)
START_OF_SCAN, END = 0xDA, 0xD9
# Start of the file; it has no length.
START = 0xD8


def scans(content: bytes) -> int:
    """Scans of the first picture in a JPEG file, each of which is decoded over all of its pixels.

    Args:
        content: of the file; anything.
    """
    count, at = 0, 0
    while marker := MARKER.search(content, at):
        kind = marker[1][0]
        at = marker.end()
        if kind == END:
            break
        if kind != START:
            at += int.from_bytes(content[at : at + 2])
        count += kind == START_OF_SCAN
    return count
