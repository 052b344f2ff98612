import itertools
import json
import re
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from superres.core import csv_tables
from superres.core.errors import InputError
from superres.report import gallery
from superres.resuming.imports import SCRIPTS
from superres.scoring import photo_scores

TEMPLATE = SCRIPTS.parent / "report/page/index.html"
METHODS = ["bicubic", "mine"]
NAMES = [
    "<img src=x onerror=alert(1)>",
    "<!--<script>",
    "a \"b\" & 'c' #1?x=%41 $data",
    "naïve 写真",
    "two\nlines",
    "photo 10",
    "photo 9",
    "x.y",
]


def scored(psnr_db, scale=2, seed=0):
    """Rows of the schema `metrics` for (method, photo) -> RGB PSNR."""
    rest = {"ssim_rgb": 0.9, "ssim_y": 0.9, "ms_ssim_y": float("nan"), "flip": 0.1, "mse_rgb": 0.1}
    rest |= dict.fromkeys(["rmse_red", "rmse_green", "rmse_blue"], 3.0)
    rest |= {"psnr_field_db": 31.0, "ssim_field": 0.9}
    sums = {"accuracy": 1.0, "hr_sha256": "0" * 64, "prediction_sha256": "0" * 64}
    return pd.DataFrame(
        [
            {"scale": scale, "method": method, "seed": seed, "photo": photo}
            | {"psnr_rgb_db": value, "psnr_y_db": value}
            | rest
            | sums
            for (method, photo), value in psnr_db.items()
        ]
    )


@pytest.fixture
def files(tmp_path):
    """An image of each kind; several photos may share it."""
    colours = {"lr": "red", "hr": "white", "bicubic": "green", "mine": "blue"}
    for name, colour in colours.items():
        size = (10, 8) if name == "lr" else (20, 16)
        Image.new("RGB", size, colour).save(tmp_path / f"{name}.png")
    return {name: tmp_path / f"{name}.png" for name in colours}


def predicted(files, names):
    predictions = {method: files[method] for method in METHODS}
    return [gallery.Photo(name, files["hr"], predictions, files["lr"]) for name in names]


def write(folder, by_scale, table, **wording):
    words = gallery.Wording("t", "photos of t", **wording)
    gallery.write(folder, TEMPLATE, words, by_scale, photo_scores.of_first_seed(table))


def data_of(folder):
    page = (folder / "index.html").read_text()
    (text,) = re.findall('<script id="data" type="application/json">(.*)</script>', page)
    assert "<" not in text
    return json.loads(text)


def test_photos_may_have_any_names_and_their_files_have_safe_ones(files, tmp_path):
    for kind in ("pairs/lr", "pairs/hr", *METHODS):
        (tmp_path / kind).mkdir(parents=True)
        for name in NAMES:
            file = tmp_path / kind / f"{name}.png"
            file.write_bytes(files[kind.rpartition("/")[2]].read_bytes())
    table = scored({(method, name): 30.0 for method in METHODS for name in NAMES})
    csv_tables.write(table, tmp_path / "per_image.csv", "metrics")
    folder = tmp_path / "page"
    command = [sys.executable, SCRIPTS / "figures.py", "comparison-page", "--page", TEMPLATE]
    command += ["--title", "<b>", "--scales", "2", "--methods", *METHODS]
    command += ["--pairs", tmp_path / "pairs"]
    command += ["--predictions", *(tmp_path / method for method in METHODS)]
    command += ["--per-image", tmp_path / "per_image.csv", "--output", folder]
    # A second time, over what the first one left.
    for _ in range(2):
        subprocess.run(command, check=True, capture_output=True)
    photos = data_of(folder)["photos"]
    shown = [photo["name"] for photo in photos]
    assert sorted(shown) == sorted(NAMES)
    assert shown.index("photo 9") < shown.index("photo 10")
    assert "<title>&lt;b&gt;: comparison</title>" in (folder / "index.html").read_text()
    paths = [str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()]
    of_page = [file.name for file in TEMPLATE.parent.iterdir()]
    assert set(of_page) < set(paths)
    assert len(paths) == len(NAMES) * (len(METHODS) + 3) + len(of_page)
    assert all(re.fullmatch(r"[a-z0-9_./]+", path) for path in paths)


def test_every_image_is_that_of_its_label(files, tmp_path):
    table = scored({(method, "a"): 30.0 for method in METHODS})
    write(tmp_path / "page", {2: predicted(files, "a")}, table)
    (photo,) = data_of(tmp_path / "page")["photos"]
    view = photo["scales"]["2"]
    assert (view["width_px"], view["height_px"]) == (20, 16)
    assert list(view["images"]) == ["LR", "bicubic", "mine", "HR"]
    for label, path in view["images"].items():
        assert (tmp_path / "page" / path).read_bytes() == files[label.lower()].read_bytes()
    with Image.open(tmp_path / "page" / photo["thumbnail"]) as image:
        assert list(image.size) == photo["thumbnail_px"] == [20, 16]


def test_without_lr_there_is_none_to_choose_and_no_mention_of_bicubic(files, tmp_path):
    photo = gallery.Photo("a", files["hr"], {"<1>": files["bicubic"], "_hr": files["mine"]})
    scores = {(1, "a", name): dict.fromkeys(gallery.COLUMNS, 1.0) for name in photo.methods}
    wording = gallery.Wording("t", "two & more", "no border crop", reference="<1>")
    gallery.write(tmp_path / "page", TEMPLATE, wording, {1: [photo]}, scores)
    data = data_of(tmp_path / "page")
    assert (
        data["labels"] == list(data["photos"][0]["scales"]["1"]["images"]) == ["<1>", "_hr", "HR"]
    )
    images = data["photos"][0]["scales"]["1"]["images"].values()
    assert len({(tmp_path / "page" / path).read_bytes() for path in images}) == 3
    page = (tmp_path / "page/index.html").read_text()
    assert "bicubic" not in page and "minus that of &lt;1&gt;" in " ".join(page.split())
    assert "<h1>two &amp; more</h1>" in page and "8-bit images, no border crop." in page


def test_the_largest_difference_of_every_pair_and_a_scale_for_errors_are_part_of_the_data(
    files, tmp_path
):
    rng = np.random.default_rng(0)
    images = {name: rng.integers(100, 110, (90, 200, 3), np.uint8) for name in ("hr", *METHODS)}
    images["mine"][10:74, 120:184] = 200
    for name, image in images.items():
        Image.fromarray(image).save(files[name])
    Image.new("RGB", (100, 45), (105, 105, 105)).save(files["lr"])
    table = scored({(method, "a"): 30.0 for method in METHODS})
    write(tmp_path / "page", {2: predicted(files, "a")}, table)
    data = data_of(tmp_path / "page")
    view = data["photos"][0]["scales"]["2"]
    pairs = list(itertools.combinations(view["images"], 2))
    assert len(pairs) == len(view["places"])
    for pair, place in zip(pairs, view["places"], strict=True):
        assert (place == [152, 42]) == ("mine" in pair)
    # Errors of bicubic are below 10 grey levels.
    assert (data["error_scale"], data["error_scales"][:2]) == (8, [8, 16])


def test_scores_are_those_of_the_first_seed_and_gains_are_over_bicubic(files, tmp_path):
    first = scored({("bicubic", "a"): 30.0, ("mine", "a"): 31.25})
    table = pd.concat([first, scored({("mine", "a"): 99.0}, seed=1)])
    write(tmp_path / "page", {2: predicted(files, "a")}, table)
    data = data_of(tmp_path / "page")
    scores = data["photos"][0]["scales"]["2"]["scores"]
    found = dict(zip([column["key"] for column in data["columns"]], scores["mine"], strict=True))
    assert (found["gain_rgb_db"], found["psnr_rgb_db"], found["ms_ssim_y"]) == (1.25, 31.25, None)
    assert scores["bicubic"][0] == 0


def test_a_perfect_prediction_has_an_infinite_score(files, tmp_path):
    table = scored({("bicubic", "a"): 30.0, ("mine", "a"): float("inf")})
    write(tmp_path / "page", {2: predicted(files, "a")}, table)
    scores = data_of(tmp_path / "page")["photos"][0]["scales"]["2"]["scores"]
    assert scores["mine"][:2] == ["Infinity", "Infinity"]


def test_a_photo_may_be_missing_at_a_scale(files, tmp_path):
    at_2 = scored({(method, name): 30.0 for method in METHODS for name in "ab"})
    at_4 = scored({(method, "b"): 28.0 for method in METHODS}, scale=4)
    both = {2: predicted(files, "ab"), 4: predicted(files, "b")}
    write(tmp_path / "page", both, pd.concat([at_2, at_4]))
    data = data_of(tmp_path / "page")
    assert data["scales"] == [2, 4]
    assert [list(photo["scales"]) for photo in data["photos"]] == [["2"], ["2", "4"]]


def test_a_photo_without_scores_is_named(files, tmp_path):
    table = scored({("bicubic", "a"): 30.0, ("bicubic", "b"): 30.0, ("mine", "a"): 31.0})
    with pytest.raises(InputError, match="photo 'b' has no scores of mine at x2"):
        write(tmp_path / "page", {2: predicted(files, "ab")}, table)


def test_files_are_copied_where_they_cannot_be_linked(files, tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError("another file system")

    monkeypatch.setattr("os.link", refuse)
    table = scored({(method, "a"): 30.0 for method in METHODS})
    write(tmp_path / "page", {2: predicted(files, "a")}, table)
    copy = tmp_path / "page/x2/1/2.png"
    assert copy.read_bytes() == files["mine"].read_bytes()
    assert not copy.samefile(files["mine"])
