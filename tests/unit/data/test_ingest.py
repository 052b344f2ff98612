"""The photo step on real files: what can be used is copied, all else is named."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from conftest import ROOT, rows
from PIL import Image

SCRIPT = ROOT / "workflow/scripts/photos.py"


def photo(path: Path, side_px: int = 24) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    values = np.random.default_rng(len(path.name)).integers(0, 256, (side_px, side_px, 3))
    Image.fromarray(values.astype(np.uint8)).save(path, "PNG")


def ingest(folder: Path, *options: str) -> subprocess.CompletedProcess:
    """The script as the workflow calls it, on the folder `photos` in a folder."""
    outputs = {"output": "copies", "table": "t.csv", "rows": "r.csv", "quarantined": "q.csv"}
    words = [word for name, path in outputs.items() for word in (f"--{name}", folder / path)]
    return subprocess.run(
        [sys.executable, SCRIPT, *words, "--folder", folder / "photos", *options],
        capture_output=True,
        text=True,
    )


def quarantined(folder: Path) -> dict[str, str]:
    return {row["file"]: row["reason"] for row in rows(folder / "q.csv")}


@pytest.fixture
def archive(tmp_path) -> Path:
    """Photos as people have them, good ones and bad ones."""
    photos = tmp_path / "photos"
    for name in ("a.png", "Café.png", "2020/a.png", os.fsdecode(b"caf\xe9.png")):
        photo(photos / name)
    photo(photos / "small.png", side_px=20)
    for name in ("Thumbs.db", "desktop.ini", "a.xmp", "clip.mov", "clip.MPG", "model.h5"):
        (photos / name).write_bytes(b"no picture")
    Image.fromarray(np.ones((30, 30), np.float32)).save(photos / "float.tif")
    (photos / "eps.jpg").write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n")
    (photos / "phone.heic").write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic")
    return tmp_path


def test_bad_photos_go_to_quarantine_and_the_rest_goes_on(archive):
    done = ingest(archive, "--quarantine", "--least-px", "24")
    assert done.returncode == 0, done.stderr
    assert {row["photo"] for row in rows(archive / "t.csv")} == {"a", "2020__a", "Café"}
    files = sorted(file.name for file in (archive / "copies").iterdir())
    assert files == sorted(["a.png", "2020__a.png", "Café.png"])
    reasons = quarantined(archive)
    assert set(reasons) == {"small.png", "float.tif", "eps.jpg", "phone.heic", "caf\\xe9.png"}
    assert "20x20 px: smaller than the 24 px" in reasons["small.png"]
    assert "is not UTF-8" in reasons["caf\\xe9.png"]
    assert "left out: 6: " in done.stderr


def test_bad_photos_stop_the_step_in_one_line_where_no_quarantine_is_set(archive):
    done = ingest(archive)
    assert done.returncode != 0
    (error,) = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    assert "set datasets.<name>.bad_input to quarantine" in error
    assert "Traceback" not in done.stderr


def test_two_folders_never_share_a_copy(tmp_path):
    photo(tmp_path / "photos/a/1.png")
    photo(tmp_path / "photos/b/1.png", side_px=30)
    assert ingest(tmp_path).returncode == 0
    sizes_px = {row["file"]: row["width_px"] for row in rows(tmp_path / "t.csv")}
    assert sizes_px == {"a__1.png": "24", "b__1.png": "30"}
    assert Image.open(tmp_path / "copies/b__1.png").size == (30, 30)


def test_the_limit_of_megapixels_is_that_of_the_dataset(tmp_path):
    photo(tmp_path / "photos/a.png", side_px=300)
    assert ingest(tmp_path, "--most-megapixels", "0.09").returncode == 0
    done = ingest(tmp_path, "--most-megapixels", "0.08")
    assert "300 x 300 pixels, more than 0.08 megapixels" in done.stderr
