"""LR/HR pairs on disk, one folder a kind: `<folder>/hr/`, `lr/` and perhaps `enlarged/`.

`enlarged` is the LR image in the HR image's size, where the dataset stores it like that (with the
noise of its JPEG); `lr` is then the small image recovered from it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from superres.core.errors import InputError
from superres.core.natural_order import natural
from superres.images.rgb_files import read_rgb, write_bytes, write_png


@dataclass(frozen=True)
class Pair:
    """The files of one pair; `enlarged` may be missing."""

    photo: str
    lr: Path
    hr: Path
    enlarged: Path | None

    def files(self) -> list[Path]:
        """All of them."""
        return [file for file in (self.lr, self.hr, self.enlarged) if file]

    def hr_size_px(self) -> tuple[int, int]:
        """Width and height of the HR image, without reading its pixels."""
        return size_px(self.hr)

    def lr_size_px(self) -> tuple[int, int]:
        """Width and height of the LR image, without reading its pixels."""
        return size_px(self.lr)

    def decoded_bytes(self) -> int:
        """What both images take in memory, as uint8 RGB."""
        return sum(3 * width * height for width, height in (self.hr_size_px(), self.lr_size_px()))

    def read_enlarged(self) -> np.ndarray:
        """The LR image in HR size, uint8 RGB: as stored, or else up-sampled by NEAREST."""
        if self.enlarged is not None:
            return read_rgb(self.enlarged)
        with Image.open(self.lr, formats=["PNG"]) as image:
            return np.asarray(image.resize(self.hr_size_px(), Image.Resampling.NEAREST))


def size_px(file: Path) -> tuple[int, int]:
    """Width and height of a PNG or JPEG image, without reading its pixels."""
    with Image.open(file, formats=["PNG", "JPEG"]) as image:
        return image.size


def write(
    folder: Path,
    photo: str,
    lr: np.ndarray,
    hr: np.ndarray | bytes,
    enlarged: np.ndarray | bytes | None = None,
) -> None:
    """Write one pair.

    Args:
        folder: of all pairs.
        photo: name.
        lr: uint8 RGB (h, w, 3).
        hr: uint8 RGB (about h * scale, w * scale, 3), without the 3 of a grey photo, or a JPEG
            file of it to keep as it is.
        enlarged: the LR image in HR size, in the same form.
    """
    for kind, image in (("lr", lr), ("hr", hr), ("enlarged", enlarged)):
        if image is None:
            continue
        (folder / kind).mkdir(parents=True, exist_ok=True)
        if isinstance(image, bytes):
            write_bytes(folder / kind / f"{photo}.jpg", image)
        else:
            write_png(folder / kind / f"{photo}.png", image)


def photos(folders: Sequence[Path]) -> list[Pair]:
    """Every pair of some folders, ordered by name, so that the number of shards plays no part."""
    files = (file for folder in folders for file in folder.glob("lr/*.png"))
    return [
        Pair(
            lr.stem,
            lr,
            _beside(lr, "hr") or lr.parents[1] / "hr" / lr.name,
            _beside(lr, "enlarged"),
        )
        for lr in sorted(files, key=lambda file: natural(file.stem))
    ]


def ordered(
    folders: Sequence[Path], scales: Sequence[int], rows: dict[tuple[str, int], int]
) -> list[Pair]:
    """Pairs in the order of the dataset's own table, as Keras' generators index them.

    Args:
        folders: of pairs, all of the first scale, then of the second, ...
        scales: of the folders.
        rows: number of the row by photo and scale; where it is empty, pairs are ordered by photo.
            A pair without a row, such as a copy of another size, comes after all others.
    """
    if not rows:
        return photos(folders)
    numbered = [
        (rows.get((pair.photo, scale), math.inf), pair)
        for scale, group in zip(scales, parts(folders, len(scales)), strict=True)
        for pair in photos(group)
    ]
    return [pair for _, pair in sorted(numbered, key=lambda each: each[0])]


def _beside(lr: Path, kind: str) -> Path | None:
    folder = lr.parent.parent / kind
    files = (folder / f"{lr.stem}{ending}" for ending in (".png", ".jpg"))
    return next(filter(Path.exists, files), None)


def arrays(pairs: list[Pair]) -> list[tuple[np.ndarray, np.ndarray]]:
    """Pairs as uint8 arrays (lr, hr)."""
    return [(read_rgb(pair.lr), read_rgb(pair.hr)) for pair in pairs]


@dataclass(frozen=True)
class Prediction:
    """A prediction and its pair."""

    photo: str
    hr: Path
    predicted: Path

    def files(self) -> list[Path]:
        """Both images."""
        return [self.hr, self.predicted]

    def read(self) -> tuple[np.ndarray, np.ndarray]:
        """HR and prediction as uint8 RGB.

        Raises:
            InputError: the prediction cannot be read or has another size than its HR image.
        """
        truth, image = read_rgb(self.hr), read_rgb(self.predicted)
        if truth.shape != image.shape:
            raise InputError(
                f"{self.predicted}: size {image.shape[1]}x{image.shape[0]} px is not the HR "
                f"image's {truth.shape[1]}x{truth.shape[0]} px; delete the folder and run again"
            )
        return truth, image


def predictions(folder: Path, predicted: Path) -> list[Prediction]:
    """Every pair of a folder with its prediction.

    Args:
        folder: of pairs.
        predicted: folder of PNG files, one a photo.

    Raises:
        InputError: a prediction is missing.
    """
    predictions = [
        Prediction(pair.photo, pair.hr, predicted / f"{pair.photo}.png")
        for pair in photos([folder])
    ]
    for prediction in predictions:
        if not prediction.predicted.is_file():
            raise InputError(f"{prediction.predicted}: is missing; delete the folder and run again")
    return predictions


def by_method(
    folders: list[Path], methods: list[str], predictions: list[Path]
) -> list[tuple[Pair, dict[str, Path]]]:
    """Every pair with its prediction by each method.

    Args:
        folders: of pairs.
        methods: names.
        predictions: folders of PNG files, all of the first method, then of the second, ...

    Raises:
        InputError: a prediction is missing.
    """
    pairs = photos(folders)
    files = {}
    for method, group in zip(methods, parts(predictions, len(methods)), strict=True):
        files[method] = {file.stem: file for folder in group for file in folder.glob("*.png")}
        missing = [pair.photo for pair in pairs if pair.photo not in files[method]]
        if missing:
            raise InputError(
                f"{group[0].parent}: no prediction of '{missing[0]}'; delete the folder and run "
                "again"
            )
    return [(pair, {method: files[method][pair.photo] for method in methods}) for pair in pairs]


def parts(items: Sequence, count: int) -> list[Sequence]:
    """A sequence cut into parts of one size."""
    size = len(items) // count
    return [items[at : at + size] for at in range(0, len(items), size)]


def without_border(image: np.ndarray, scale: int) -> np.ndarray:
    """The part of an image (height, width, 3) that is scored: `scale` pixels less on every side.

    An image that this would leave nothing of stays whole.
    """
    if scale == 0 or min(image.shape[:2]) <= 2 * scale:
        return image
    return image[scale:-scale, scale:-scale]
