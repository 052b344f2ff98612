"""LR/HR pairs on disk: `<folder>/hr/<photo>.png` and `<folder>/lr/<photo>.png`."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from superres.photos import read_rgb, write_png


def write(folder: Path, photo: str, lr: np.ndarray, hr: np.ndarray) -> None:
    """Write one pair of uint8 RGB arrays (h, w, 3) and (h * scale, w * scale, 3)."""
    for kind, image in (("lr", lr), ("hr", hr)):
        (folder / kind).mkdir(parents=True, exist_ok=True)
        write_png(folder / kind / f"{photo}.png", image)


def photos(folders: list[Path]) -> Iterator[tuple[str, Path, Path]]:
    """Every pair of some folders, ordered by name, so that the number of shards plays no part.

    Yields:
        Photo name, LR file, HR file.
    """
    files = (file for folder in folders for file in folder.glob("lr/*.png"))
    for lr in sorted(files, key=lambda file: file.stem):
        yield lr.stem, lr, lr.parent.parent / "hr" / lr.name


def read(folders: list[Path]) -> list[tuple[np.ndarray, np.ndarray]]:
    """All pairs of some folders as uint8 arrays (lr, hr), ordered by name."""
    return [(read_rgb(lr), read_rgb(hr)) for _, lr, hr in photos(folders)]
