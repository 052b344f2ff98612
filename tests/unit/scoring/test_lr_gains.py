import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from conftest import SHIPPED

from superres.core import csv_tables
from superres.data import photo_sources
from superres.images.interpolations import upsample
from superres.images.lr_kinds import KINDS
from superres.images.rgb_files import read_rgb, write_png
from superres.scoring import lr_gains

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def photos():
    return [(s.photo, read_rgb(s.file)[:96, :128]) for s in photo_sources.from_packages()[:3]]


def by(name):
    return lambda lr: upsample(lr, (lr.shape[1] * 2, lr.shape[0] * 2), name)


def test_bicubic_gains_nothing_over_itself_on_any_kind(photos):
    scores = lr_gains.gains(by("bicubic"), photos, 2)
    rows = lr_gains.summary(scores)
    assert [row["kind"] for row in rows] == list(KINDS)
    for row in rows:
        assert row["gain_db"] == row["least_gain_db"] == row["greatest_gain_db"] == 0
        assert (row["won"], row["photos"]) == (0, 3)


def test_gains_are_those_of_the_scores(photos):
    scores = lr_gains.gains(by("lanczos"), photos, 2)
    rows = {row["kind"]: row for row in lr_gains.summary(scores)}
    # Lanczos sharpens: better on clean LR, worse where there is noise to sharpen.
    assert rows["bicubic"]["gain_db"] > 0 > rows["noise 10"]["gain_db"]
    assert rows["bicubic"]["won"] > rows["noise 10"]["won"] == 0
    of_kind = [s["psnr_db"] - s["bicubic_psnr_db"] for s in scores if s["kind"] == "JPEG 85"]
    assert rows["JPEG 85"]["gain_db"] == pytest.approx(np.mean(of_kind))
    assert rows["JPEG 85"]["least_gain_db"] == min(of_kind)


def test_a_photo_that_is_reproduced_exactly_enters_no_mean(photos):
    flat = np.full((40, 40, 3), 99, np.uint8)
    rows = lr_gains.summary(lr_gains.gains(by("lanczos"), [*photos, ("flat", flat)], 2))
    assert rows[0]["photos"] == 3
    assert all(np.isfinite(row["gain_db"]) for row in rows)
    assert lr_gains.summary(lr_gains.gains(by("lanczos"), [("flat", flat)], 2)[:1]) == []


def test_the_shipped_network_is_measured_on_a_folder_of_photos(photos, tmp_path):
    (tmp_path / "photos").mkdir()
    for name, image in photos:
        # Odd sides are cropped.
        write_png(tmp_path / f"photos/{name}.png", image[:91, :95])
    command = [
        sys.executable,
        ROOT / "workflow/scripts/robustness.py",
        "--network",
        SHIPPED,
        "--photos",
        tmp_path / "photos",
        "--output",
        tmp_path / "table.csv",
    ]
    subprocess.run([*command, "--scale", "2"], check=True)
    table = csv_tables.read([tmp_path / "table.csv"], "robustness").set_index("kind")
    assert list(table.index) == list(KINDS)
    assert table.loc["bicubic", "gain_db"] > 0.5 > table.loc["noise 10", "gain_db"]
    done = subprocess.run([*command, "--scale", "3"], capture_output=True, text=True)
    assert done.returncode == 1
    assert "its factor is 2; give --scale 2" in done.stderr
