"""Names of photos: their order, and one form of Unicode."""

import re
import unicodedata


def natural(name: str) -> tuple:
    """Sort key that puts 2 before 10, as people and the dataset's own table do."""
    parts = re.findall(r"[0-9]+|[^0-9]+", name)
    return tuple((0, int(part), "") if part[0] in "0123456789" else (1, 0, part) for part in parts)


def composed(name: str) -> str:
    """A name in Unicode's composed form (NFC): macOS stores the accent of a letter on its own."""
    return unicodedata.normalize("NFC", name)
