"""`superres compare`, as its users call it."""

import json
import re
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from skimage.metrics import peak_signal_noise_ratio
from test_program import superres

from superres.program import main

SIZE_PX = (36, 24)


def save(file: Path, grey: int, size_px: tuple[int, int] = SIZE_PX) -> Path:
    """A board of single pixels, brighter by some grey levels."""
    board = np.indices(size_px[::-1]).sum(axis=0) % 2 * 20 + 90 + grey
    file.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(board.astype(np.uint8)).convert("RGB").save(file)
    return file


def data_of(folder: Path) -> dict:
    page = (folder / "index.html").read_text()
    return json.loads(re.search('<script id="data" type="application/json">(.*)</script>', page)[1])


def scores_of(data: dict, photo: int = 0) -> dict[str, dict[str, float]]:
    keys = [column["key"] for column in data["columns"]]
    scores = data["photos"][photo]["scales"]["1"]["scores"]
    return {name: dict(zip(keys, values, strict=True)) for name, values in scores.items()}


@pytest.fixture
def pictures(tmp_path) -> Path:
    for name, grey in {"far.png": 12, "near.tif": 3, "original.png": 0}.items():
        save(tmp_path / name, grey)
    save(tmp_path / "small.png", 0, (18, 12))
    return tmp_path


def test_pictures_get_a_page_and_a_table_of_their_scores(pictures):
    said = superres(pictures, "compare", "far.png", "near.tif", "original.png", "--lr", "small.png")
    data = data_of(pictures / "comparison")
    assert (data["labels"], data["reference"]) == (["LR", "far", "near", "HR"], "far")
    scores = scores_of(data)
    truth, far, near = (np.full((8, 8), level) for level in (0, 12, 3))
    for name, image in (("far", far), ("near", near)):
        expected_db = peak_signal_noise_ratio(truth, image, data_range=255)
        assert scores[name]["psnr_rgb_db"] == pytest.approx(expected_db)
        assert f"{expected_db:.2f}" in said
    # 20 log10(12 / 3)
    assert scores["near"]["gain_rgb_db"] == pytest.approx(12.0412, abs=1e-4)
    assert re.search(r"near +\d+\.\d\d +\+12\.04 ", said)
    files = {"LR": "small.png", "far": "far.png", "near": "near.tif", "HR": "original.png"}
    for label, path in data["photos"][0]["scales"]["1"]["images"].items():
        images = (pictures / "comparison" / path, pictures / files[label])
        own, shown = (np.asarray(Image.open(image)) for image in images)
        assert np.array_equal(own, shown)
    assert not list(pictures.glob(".superres-*"))


def test_folders_are_compared_photo_by_photo(tmp_path):
    for photo, grey in (("a b", 2), ("c", 4), ("alone", 0)):
        save(tmp_path / f"one/{photo}.png", grey)
        if photo != "alone":
            save(tmp_path / f"two/{photo}.bmp", 2 * grey)
            save(tmp_path / f"original/{photo}.png", 0)
    said = superres(tmp_path, "compare", "one", "two/", "original", "-o", "pages/mine")
    assert "left out, as they are not in every folder: alone" in said
    data = data_of(tmp_path / "pages/mine")
    assert [photo["name"] for photo in data["photos"]] == ["a b", "c"]
    assert data["methods"] == ["one", "two"]
    assert "Means over 2 photos." in said
    mean_db = np.mean([scores_of(data, photo)["two"]["psnr_rgb_db"] for photo in (0, 1)])
    assert f"{mean_db:.2f}" in said


def test_pictures_of_one_name_or_of_the_page_s_own_are_told_apart(tmp_path):
    names = ["one/photo.png", "two/photo.png", "HR.png", "<b>.png", "original.png"]
    for number, name in enumerate(names):
        save(tmp_path / name, number)
    superres(tmp_path, "compare", *names)
    assert data_of(tmp_path / "comparison")["methods"] == ["photo", "photo (2)", "HR (2)", "<b>"]


def test_the_same_picture_twice_has_no_gain_and_infinite_scores(tmp_path):
    for name in ("a.png", "b.png", "original.png"):
        save(tmp_path / name, 0)
    said = superres(tmp_path, "compare", "a.png", "b.png", "original.png")
    scores = scores_of(data_of(tmp_path / "comparison"))
    assert scores["b"]["psnr_rgb_db"] == "Infinity" and scores["b"]["gain_rgb_db"] == 0
    assert " inf " in said and "nan" not in said


def test_a_photo_that_a_method_reproduces_exactly_makes_no_mean_infinite(tmp_path):
    for photo, grey in (("a", 2), ("b", 4), ("same", 0)):
        save(tmp_path / f"one/{photo}.png", grey)
        save(tmp_path / f"two/{photo}.png", 8)
        save(tmp_path / f"original/{photo}.png", 0)
    said = superres(tmp_path, "compare", "one", "two", "original")
    assert "reproduced exactly: same (one).\n" in said
    assert "inf" not in said and "nan" not in said
    data = data_of(tmp_path / "comparison")
    for method in ("one", "two"):
        row = next(line for line in said.splitlines() if line.startswith(method))
        mean_db = np.mean([scores_of(data, photo)[method]["psnr_rgb_db"] for photo in (0, 1)])
        assert f"{mean_db:.2f}" in row


def test_only_photos_that_are_reproduced_exactly_have_no_mean(tmp_path):
    for photo in ("a", "b"):
        for folder in ("one", "original"):
            save(tmp_path / f"{folder}/{photo}.png", 0)
    said = superres(tmp_path, "compare", "one", "original")
    assert "inf" not in said and "nan" not in said
    assert " - " in next(line for line in said.splitlines() if line.startswith("one"))


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["far.png"], "give at least two pictures"),
        (["far.png", "none.png"], "'none.png': no such file or folder"),
        (["small.png", "original.png"], "18 x 12 pixels, but 'original.png' has 36 x 24"),
        (["far.png", "."], "'.': is a folder"),
        (["text.png", "original.png"], "text.png"),
        (["far.png", "original.png", "--most-megapixels", "0.0001"], "far.png|original.png"),
        (["far.png", "original.png", "-o", "."], "'.': is there and no comparison page"),
        (["far.png", "original.png", "-o", "original.png"], "is there and no comparison page"),
        (["far.png", "original.png", "-o", "original.png/x"], "original.png"),
    ],
)
def test_what_cannot_be_compared_is_named_in_a_line(pictures, monkeypatch, words, message):
    (pictures / "text.png").write_text("no picture")
    before = sorted(pictures.rglob("*"))
    monkeypatch.chdir(pictures)
    monkeypatch.setattr(sys, "argv", ["superres", "compare", *words])
    with pytest.raises(SystemExit, match=f"^error: .*{message}") as ended:
        main.main()
    assert "\n" not in str(ended.value)
    assert sorted(pictures.rglob("*")) == before


def test_a_page_that_is_there_stays_unless_overwritten(pictures):
    superres(pictures, "compare", "far.png", "original.png")
    assert "--overwrite" in superres(pictures, "compare", "near.tif", "original.png", status=1)
    assert data_of(pictures / "comparison")["methods"] == ["far"]
    superres(pictures, "compare", "near.tif", "original.png", "--overwrite")
    assert data_of(pictures / "comparison")["methods"] == ["near"]


def test_without_its_packages_a_line_says_what_to_install(pictures):
    missing = "raise ModuleNotFoundError(name='cv2')"
    (pictures / "cv2.py").write_text(missing)
    # Python looks in the folder it runs in before it looks for installed packages.
    said = superres(pictures, "compare", "far.png", "original.png", status=1)
    assert re.fullmatch(r"error: .* cv2, which is not installed.*\[compare\]'\n", said)
