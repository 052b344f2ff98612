"""The program `superres`, as its users call it."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from superres.core.errors import InputError
from superres.networks import anatomy
from superres.program import destinations, shipped

ROOT = Path(__file__).parents[3]
SIZE_PX = (36, 24)


@pytest.fixture
def photo(tmp_path) -> Path:
    return save(tmp_path / "photo.jpg")


def save(file: Path, **options) -> Path:
    values = np.random.default_rng(0).integers(0, 256, (SIZE_PX[1], SIZE_PX[0], 3), np.uint8)
    file.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(values).save(file, **options)
    return file


def superres(folder: Path, *words: str | Path, status: int = 0) -> str:
    """Run it in a folder; give what it says."""
    done = subprocess.run(
        [sys.executable, "-m", "superres.program.main", *map(str, words)],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT / "workflow/scripts")},
        capture_output=True,
        text=True,
    )
    assert done.returncode == status, done.stderr
    return done.stdout + done.stderr


def size_px(file: Path) -> tuple[int, int]:
    with Image.open(file) as image:
        return image.size


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir() if not file.name.startswith("."))


def test_a_photo_becomes_one_beside_it(tmp_path, photo):
    said = superres(tmp_path, "photo.jpg")
    assert said.startswith("'photo_x2.jpg': 72 x 48 pixels by residual_photo_x2 (")
    # No line of a library beside it.
    assert said.count("\n") == 1
    assert names(tmp_path) == ["photo.jpg", "photo_x2.jpg"]
    assert size_px(tmp_path / "photo_x2.jpg") == (72, 48)
    before = (tmp_path / "photo_x2.jpg").read_bytes()
    assert "is there, skipped" in superres(tmp_path, "upscale", "photo.jpg")
    (tmp_path / "photo_x2.jpg").write_bytes(b"mine")
    assert "is there, skipped" in superres(tmp_path, "-i", "photo.jpg")
    assert (tmp_path / "photo_x2.jpg").read_bytes() == b"mine"
    superres(tmp_path, "photo.jpg", "--overwrite")
    assert (tmp_path / "photo_x2.jpg").read_bytes() == before


def test_any_factor_any_output_and_any_format(tmp_path, photo):
    superres(tmp_path, "photo.jpg", "-s", "3")
    assert size_px(tmp_path / "photo_x3.jpg") == (108, 72)
    superres(tmp_path, "-i", "photo.jpg", "-o", "new/big.png", "--scale", "1.5")
    assert size_px(tmp_path / "new/big.png") == (54, 36)
    with Image.open(tmp_path / "new/big.png") as image:
        assert image.format == "PNG"
    superres(tmp_path, "photo.jpg", "--output", "folder/")
    assert names(tmp_path / "folder") == ["photo.jpg"]
    superres(tmp_path, "photo.jpg", "--output", "new")
    assert names(tmp_path / "new") == ["big.png", "photo.jpg"]


def test_folders_and_several_pictures(tmp_path, photo):
    save(tmp_path / "holiday/a.png")
    save(tmp_path / "holiday/b/c.webp", quality=90)
    (tmp_path / "holiday/broken.jpg").write_bytes(b"no picture")
    said = superres(tmp_path, "holiday", "photo.jpg", status=1)
    assert "broken.jpg" in said
    assert "'holiday_x2': 2 upscaled into it" in said
    assert said.splitlines()[-1] == "3 upscaled, 0 skipped, 1 failed"
    assert names(tmp_path / "holiday_x2") == ["a.png", "b"]
    assert size_px(tmp_path / "holiday_x2/b/c.webp") == (72, 48)
    assert (tmp_path / "photo_x2.jpg").is_file()
    said = superres(tmp_path, "holiday", "photo.jpg", "--output", "all", status=1)
    assert names(tmp_path / "all") == ["a.png", "b", "photo.jpg"]


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["absent.jpg"], "'absent.jpg': no such file or folder"),
        (["photo.jpg", "-o", "big.gif"], "--output big.gif: no format that is written"),
        (["photo.jpg", "--threads", "0"], "--threads 0: give a number above 0"),
        (["photo.jpg", "--scale", "0"], "--scale 0: give a number above 0"),
        (["photo.jpg", "--network", "best"], "--network best: no such file, and none of"),
        (["photo.jpg", "--network", "photo.jpg"], "photo.jpg: no network"),
        (["photo.jpg", "-n", "residual_x2", "--kind", "clean"], "leave it out with --network"),
        (["photo.jpg", "-n", "residual_x2", "--cost", "small"], "leave it out with --network"),
        (["photo.jpg", "--jpeg-quality", "101"], "--jpeg-quality 101: give a number from 1 to 100"),
        (["photo.jpg", "-o", "photo.jpg", "--overwrite"], "would be replaced by its own output"),
        (["upscale"], "no picture given"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(tmp_path, photo, words, reason):
    said = superres(tmp_path, *words, status=1)
    assert reason in said
    assert said.count("\n") == 1
    assert names(tmp_path) == ["photo.jpg"]


def test_a_format_without_transparency_is_refused(tmp_path):
    Image.new("RGBA", SIZE_PX, (1, 2, 3, 4)).save(tmp_path / "logo.png")
    said = superres(tmp_path, "logo.png", "-o", "logo.jpg", status=1)
    assert "JPEG has no transparency" in said
    assert names(tmp_path) == ["logo.png"]


def test_networks_are_listed_and_taken_by_name(tmp_path, photo):
    listed = superres(tmp_path, "--list-networks")
    assert listed == superres(tmp_path, "networks")
    for one in shipped.networks():
        assert f"{one.name}: x{one.scale}, {one.kind}, {one.cost}, +" in listed
    assert f" pixels by {one.name} (" in superres(tmp_path, "photo.jpg", "-n", one.name)
    for ending in (".onnx", ".json"):
        shutil.copyfile(one.file.with_suffix(ending), tmp_path / f"own{ending}")
    superres(tmp_path, "photo.jpg", "-n", "own.onnx", "-o", "own.jpg")
    named = tmp_path / f"photo_x{one.scale}.jpg"
    assert (tmp_path / "own.jpg").read_bytes() == named.read_bytes()


def test_the_network_follows_from_the_file_unless_a_kind_is_given(tmp_path, photo):
    save(tmp_path / "drawing.png")
    said = superres(tmp_path, "photo.jpg", "drawing.png", "-o", "by-file/")
    by_file = (
        r"residual_photo_x2 \(\w+\) for JPEG, AVIF and lossy WebP, residual_x2 \(\w+\) for oth"
    )
    assert len(re.findall(by_file, said)) == 2
    superres(tmp_path, "photo.jpg", "drawing.png", "-o", "photos/", "--kind", "photo")
    superres(tmp_path, "photo.jpg", "drawing.png", "-o", "clean/", "--kind", "clean")
    for name, kind, other in (("photo.jpg", "photos", "clean"), ("drawing.png", "clean", "photos")):
        made = (tmp_path / "by-file" / name).read_bytes()
        assert made == (tmp_path / kind / name).read_bytes()
        assert made != (tmp_path / other / name).read_bytes()


@pytest.mark.parametrize(
    ("factor", "scale", "photo_scale"),
    [
        (None, 2, 2),
        (0.5, 2, 2),
        (1.5, 2, 2),
        (2, 2, 2),
        (2.5, 3, 4),
        (3, 3, 4),
        (4, 4, 4),
        (5, 3, 4),
        (8, 3, 4),
        (9.5, 4, 4),
        (16.5, 3, 4),
    ],
)
def test_the_scale_is_the_one_that_reaches_a_factor_with_the_least_work(factor, scale, photo_scale):
    (clean,), photo = shipped.chosen(None, None, factor)
    assert clean.stem == f"residual_x{scale}"
    assert [file.stem for file in photo] == [
        f"residual_photo_x{photo_scale}",
        f"residual_x{photo_scale}",
    ]


@pytest.mark.parametrize(
    ("cost", "factor", "clean"),
    [
        ("small", 2, "residual_small_x2"),
        ("small", 3, "residual_small_x3"),
        ("small", 4, "residual_small_x4"),
        ("standard", 2, "residual_x2"),
        ("large", 2, "residual_large_x2"),
        ("large", None, "residual_large_x2"),
        # Of what is not there, the nearest that does it in as few passes.
        ("large", 3, "residual_x3"),
        ("large", 4, "residual_x4"),
    ],
)
def test_the_cost_is_the_one_that_was_asked_for_or_the_nearest(cost, factor, clean):
    (chosen,), (photo, again) = shipped.chosen(None, None, factor, cost)
    assert chosen.stem == clean
    photo_scale = 2 if factor in (None, 2) else 4
    assert photo.stem == f"residual_photo_x{photo_scale}"
    assert again.stem == shipped.chosen(None, "clean", photo_scale, cost)[0][0].stem


def test_costs_are_what_they_say():
    kmacs = {
        one.name: anatomy.understood(one.file.read_bytes())[0].macs_per_hr_px / 1e3
        for one in shipped.networks()
    }
    for one in shipped.networks():
        assert kmacs[one.name] <= shipped.MOST_KMACS[one.cost]


NAMES = st.text(st.characters(exclude_characters="/\0", codec="utf-8"), min_size=1, max_size=20)


@given(NAMES, st.floats(0.1, 64))
def test_a_picture_of_any_name_goes_beside_itself(tmp_path_factory, name, factor):
    folder = tmp_path_factory.mktemp("names")
    if name in (".", ".."):
        return
    source = folder / name
    source.write_bytes(b"")
    (task,) = destinations.tasks([source], None, factor)
    assert task.target.parent == folder
    assert task.target != source
    assert task.target.name.endswith(source.suffix)


def test_a_source_that_is_not_there_stops_before_anything(tmp_path):
    with pytest.raises(InputError, match="absent"):
        destinations.tasks([save(tmp_path / "a.png"), tmp_path / "absent"], None, 2)
