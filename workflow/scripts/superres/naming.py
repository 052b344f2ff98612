"""The order of photos, by name."""

import re


def natural(name: str) -> tuple:
    """Sort key that puts 2 before 10, as people and the dataset's own table do."""
    return tuple((int(part), "") if part.isdigit() else (-1, part) for part in _parts(name))


def _parts(name: str) -> list[str]:
    return re.findall(r"[0-9]+|[^0-9]+", name)
