"""Choose and make the free photographs that the workflow carries, from tools/photographs.csv.

What is too soft, drawn, of a licence that forbids it, or like another photograph or a photo of a
standard set is refused. Takes the folders that hold originals; what is in none is fetched.
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
from superres.data import free_photographs, originals  # noqa: E402
from superres.images import cleaning  # noqa: E402

CANDIDATES = ROOT / "tools/photographs.csv"
WINDOW_PX = (640, 480)


def main() -> None:
    """Write the photographs and their table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folders", nargs="*", type=Path, default=[], help="hold originals")
    parser.add_argument(
        "--downloads", type=Path, default=Path("results/photographs"), help="for what is fetched"
    )
    arguments = parser.parse_args()
    try:
        write_carried(arguments.folders, arguments.downloads)
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


def encoded(image: np.ndarray) -> bytes:
    """An image as lossless WebP, as small as it gets."""
    file = io.BytesIO()
    Image.fromarray(image).save(file, "WEBP", lossless=True, quality=100, method=6)
    return file.getvalue()


if __name__ == "__main__":
    main()
