"""Photographs in the layout of the Kaggle dataset, for the paper's protocol without Kaggle.

HR images of 3:2 and at most 1200x800 px, LR files by the dataset's own recipe, and `image_data.csv`
in its order: all x2, then all x4, all x6. Of photographs of one name, and of those that look alike,
the first is taken. `sources.csv` says which file each number comes from.
"""

import argparse
import hashlib
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "workflow/scripts"))

from superres.core.console import tracked  # noqa: E402
from superres.core.errors import InputError  # noqa: E402
from superres.data import photo_sources  # noqa: E402
from superres.data.training_set import NEAR_BITS  # noqa: E402
from superres.images.degradations import unsplash  # noqa: E402
from superres.images.perceptual_hash import near  # noqa: E402
from superres.images.rgb_files import read_rgb  # noqa: E402
from superres.images.view_hashes import of_all_views  # noqa: E402

LAYOUT = "Image Super Resolution - Unsplash"
SIZE_PX = (1200, 800)
SCALES = (2, 4, 6)
JPEG_QUALITY = 95


def main() -> None:
    """Make the layout of folders of photographs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("output", type=Path, help="folder to make")
    parser.add_argument("folders", nargs="+", type=Path, help="hold photographs")
    arguments = parser.parse_args()
    try:
        write(arguments.folders, arguments.output)
    except InputError as error:
        sys.exit(f"error: {error}")


def write(folders: list[Path], output: Path) -> None:
    """Write HR, LR and both tables.

    Raises:
        InputError: the output exists, or a folder without photographs.
    """
    if output.exists():
        raise InputError(f"{output}: exists; remove it or name another folder")
    named = {}
    for source in (each for folder in folders for each in photo_sources.folder(folder)[0]):
        named.setdefault(source.photo.split("__")[-1].replace("-", "_").lower(), source)
    # In an order that has nothing to do with the folders, as the first rows are for validation.
    names = sorted(named, key=lambda name: hashlib.sha256(name.encode()).digest())
    make_folders(output)
    hashes: list[str] = []
    rows = []
    for source in tracked([named[name] for name in names], "photographs"):
        hr = three_by_two(read_rgb(source.file))
        views = " ".join(of_all_views(hr))
        if near(views, hashes, NEAR_BITS):
            continue
        hashes.append(views)
        write_pairs(output, len(hashes), hr)
        file = source.file
        rows.append({"photo": len(hashes), "file": file.name, "folder": file.parent.name})
    write_table(output, len(hashes))
    pd.DataFrame(rows).to_csv(output / "sources.csv", index=False)


def make_folders(output: Path) -> None:
    """Make the folders of HR and LR files."""
    for name in ("high res", "low res"):
        (output / LAYOUT / name).mkdir(parents=True)


def write_pairs(output: Path, number: int, hr: np.ndarray) -> None:
    """Write the HR file of a photo, and the LR files that follow from it as it is stored.

    Args:
        output: folder of the dataset.
        number: of the photo, from 1.
        hr: uint8 array (height, width, 3).
    """
    file = output / LAYOUT / f"high res/{number}.jpg"
    Image.fromarray(hr).save(file, quality=JPEG_QUALITY)
    stored = read_rgb(file)
    for scale in SCALES:
        lr = output / LAYOUT / f"low res/{number}_{scale}.jpg"
        lr.write_bytes(unsplash(stored, scale))


def write_table(output: Path, photos: int) -> None:
    """Write `image_data.csv` of so many photos: all x2, then all x4, all x6."""
    listed = [
        f"{number}_{scale}.jpg,{number}.jpg" for scale in SCALES for number in range(1, photos + 1)
    ]
    text = "\r\n".join(["low_res,high_res", *listed, ""])
    (output / LAYOUT / "image_data.csv").write_bytes(text.encode())


def three_by_two(rgb: np.ndarray) -> np.ndarray:
    """The middle of a photograph at 3:2, reduced to at most 1200x800 px, never enlarged.

    Args:
        rgb: uint8 array (height, width, 3).
    """
    height_px, width_px = rgb.shape[:2]
    width = min(width_px, height_px * 3 // 2)
    height = min(height_px, width_px * 2 // 3)
    left, top = (width_px - width) // 2, (height_px - height) // 2
    middle = Image.fromarray(rgb[top : top + height, left : left + width])
    if width > SIZE_PX[0]:
        middle = middle.resize(SIZE_PX, Image.Resampling.BICUBIC)
    return np.asarray(middle)


if __name__ == "__main__":
    main()
