"""The order of photos, by name."""

import re


def natural(name: str) -> tuple:
    """Sort key that puts 2 before 10, as people and the dataset's own table do."""
    parts = re.findall(r"[0-9]+|[^0-9]+", name)
    return tuple((0, int(part), "") if part[0] in "0123456789" else (1, 0, part) for part in parts)
