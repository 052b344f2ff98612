"""Choose free photographs among the candidates of tools/photographs.csv, and write their tables.

`carried` makes the photographs of workflow/photographs/, `training` the table of the training set:
without the soft, the drawn and the grey, and without what looks like another one or like a photo of
a test set. Originals are taken from folders; what is in none is fetched.
"""

import argparse
import hashlib
import io
import sys
from pathlib import Path

import imagehash
import numpy as np
import pandas as pd
from PIL import Image

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "workflow/scripts"))

from superres.core import csv_tables  # noqa: E402
from superres.core.console import tracked  # noqa: E402
from superres.core.errors import InputError  # noqa: E402
from superres.data import (  # noqa: E402
    free_photographs,
    originals,
    photo_sources,
    training_set,
)
from superres.images import cleaning  # noqa: E402
from superres.images.perceptual_hash import near  # noqa: E402
from superres.images.rgb_files import read_rgb  # noqa: E402
from superres.images.view_hashes import of_all_views  # noqa: E402

CANDIDATES = ROOT / "tools/photographs.csv"
WINDOW_PX = (640, 480)
# A photograph that bicubic halving and doubling changes by less is soft.
SOFT_DB = 40.0
# Distinct colours per pixel of the least colourful photograph.
DRAWN = 0.01


def main() -> None:
    """Write photographs or the table of the training set."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["carried", "training"])
    parser.add_argument("--folders", nargs="*", type=Path, default=[], help="hold originals")
    parser.add_argument("--test-sets", nargs="*", type=Path, default=[], help="folders of photos")
    parser.add_argument(
        "--downloads", type=Path, default=Path("results/photographs"), help="for what is fetched"
    )
    arguments = parser.parse_args()
    try:
        if arguments.what == "carried":
            write_carried(arguments.folders, arguments.downloads)
        else:
            write_training_set(arguments.folders, arguments.downloads, arguments.test_sets)
    except InputError as error:
        sys.exit(f"error: {error}")


def candidates() -> pd.DataFrame:
    """Photographs that may be used."""
    return pd.read_csv(CANDIDATES, keep_default_na=False).assign(member_sha256="")


def write_carried(folders: list[Path], downloads: Path) -> None:
    """Write those photographs that have a use in the embedded default."""
    chosen = candidates().query("use != ''").set_index("photo", drop=False)
    files = list(originals.originals(chosen, folders, downloads))
    rows = []
    for photo, original in tracked(files, "photographs"):
        row = chosen.loc[photo]
        reduced = originals.cleaned(original, row["reduced_by"])
        left_px, top_px = cleaning.most_detailed_window(reduced, WINDOW_PX)
        size_px = tuple(np.minimum(reduced.shape[1::-1], WINDOW_PX))
        image = cleaning.window(reduced, left_px, top_px, size_px)
        content = encoded(image)
        (free_photographs.FOLDER / f"{photo}.webp").write_bytes(content)
        rows.append(
            row.to_dict()
            | {
                "member_sha256": hashlib.sha256(original).hexdigest(),
                "left_px": left_px,
                "top_px": top_px,
                "width_px": image.shape[1],
                "height_px": image.shape[0],
                "phash": str(imagehash.phash(Image.fromarray(image))),
                "file": f"{photo}.webp",
                "bytes": len(content),
                "sha256": hashlib.sha256(content).hexdigest(),
            }
        )
    table = csv_tables.frame(rows, "photographs").sort_values("photo", ignore_index=True)
    csv_tables.write(table, free_photographs.TABLE, "photographs")


def write_training_set(folders: list[Path], downloads: Path, test_sets: list[Path]) -> None:
    """Write the table of the training set, and say what is left out and why."""
    # The photos inside packages are trained on beside it.
    packaged = {
        source.photo: of_all_views(read_rgb(source.file))
        for source in photo_sources.from_packages()
    }
    held_out = {**training_set.test_photographs(), **training_set.photos_of(test_sets), **packaged}
    others = candidates().query("use in ('', 'train')")
    rows: list[dict] = []
    for photo, original in originals.originals(others, folders, downloads):
        row = others[others["photo"] == photo].iloc[0].to_dict()
        made, image = cleanest(original, row["reduced_by"])
        measures = {
            "round_trip_psnr_db": round(cleaning.round_trip_psnr_db(image), 2),
            "colours_per_pixel": round(cleaning.colours_per_pixel(image), 4),
        }
        views = of_all_views(image)
        like = [
            name
            for name, hashes in [*held_out.items(), *((row["photo"], row["views"]) for row in rows)]
            if near(views[0], hashes, training_set.NEAR_BITS)
        ]
        if measures["round_trip_psnr_db"] > SOFT_DB:
            print(f"left out: {photo}: soft, {measures['round_trip_psnr_db']} dB")
        elif measures["colours_per_pixel"] < DRAWN:
            print(f"left out: {photo}: drawn or grey, {measures['colours_per_pixel']}")
        elif like:
            print(f"left out: {photo}: looks like {', '.join(like)}")
        else:
            size = {"width_px": image.shape[1], "height_px": image.shape[0]}
            rows.append(
                row
                | measures
                | made
                | size
                | {
                    "member_sha256": hashlib.sha256(original).hexdigest(),
                    "phash": views[0],
                    "pixels_sha256": training_set.digest(image),
                    "views": views,
                }
            )
    table = csv_tables.frame(rows, "training_set").sort_values("photo", ignore_index=True)
    csv_tables.write(table, training_set.TABLE, "training_set")
    print(
        f"{len(table)} photographs, {(table['width_px'] * table['height_px']).sum() / 1e6:.1f} MP"
    )


def cleanest(original: bytes, least_factor: int) -> tuple[dict[str, int], np.ndarray]:
    """A photograph that is not soft, if there is a way; and how it is made.

    Made smaller by the least factor or the next one, and failing that, the window of half its sides
    with most detail.
    """
    both = {
        least_factor + more: originals.cleaned(original, least_factor + more) for more in (0, 1)
    }
    for factor, image in both.items():
        if cleaning.round_trip_psnr_db(image) <= SOFT_DB:
            return {"reduced_by": factor, "left_px": 0, "top_px": 0}, image
    for factor, image in both.items():
        size_px = (image.shape[1] // 2, image.shape[0] // 2)
        left_px, top_px = cleaning.most_detailed_window(image, size_px)
        cut = cleaning.window(image, left_px, top_px, size_px)
        made = {"reduced_by": factor, "left_px": left_px, "top_px": top_px}
        if cleaning.round_trip_psnr_db(cut) <= SOFT_DB:
            break
    return made, cut


def encoded(image: np.ndarray) -> bytes:
    """An image as lossless WebP, as small as it gets."""
    file = io.BytesIO()
    Image.fromarray(image).save(file, "WEBP", lossless=True, quality=100, method=6)
    return file.getvalue()


if __name__ == "__main__":
    main()
