"""The user's own pictures, upscaled with a trained model."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import yaml
from conftest import PAPER, ROOT, SHIPPED, SMOKE, Checkout, rows
from PIL import Image

from superres.core import csv_tables
from superres.core.checksums import sha256
from superres.data import photo_sources, training_set
from superres.images.degradations import degrade, draw, mod_crop
from superres.images.lr_kinds import KINDS
from superres.images.rgb_files import read_rgb, write_png
from superres.networks.prediction import predict
from superres.networks.runtimes import open_network
from superres.program import shipped
from superres.scoring import image_quality, lr_gains

NETWORKS = shipped.networks()


def picture(*size_px: int, seed: int = 0) -> Image.Image:
    values = np.random.default_rng(seed).integers(0, 256, (size_px[1], size_px[0], 3))
    return Image.fromarray(values.astype(np.uint8))


def visible(folder: Path) -> list[Path]:
    """The pictures of an output folder, without the record of what made them."""
    return [file for file in folder.iterdir() if not file.name.startswith(".")]


@pytest.fixture
def mine(finished) -> Checkout:
    """A finished smoke run, and a folder of pictures with awkward names."""
    folder = finished.folder / "my pictures"
    folder.mkdir()
    picture(31, 17).save(folder / "a; touch pwned.png")
    picture(1, 1).save(folder / "$(touch pwned).jpg")
    chosen = {"network": "results/bundled/x2/lr_autoencoder/seed0/model.onnx"}
    overlay = {"upscale": {"input": folder.name, "output": "out 'put'", **chosen}}
    (finished.folder / "mine.yaml").write_text(yaml.safe_dump(overlay))
    return finished


def test_pictures_come_out_twice_as_large_under_their_names(mine):
    mine.run("upscale", *SMOKE, "mine.yaml")
    output = mine.folder / "out 'put'"
    sizes_px = {file.name: Image.open(file).size for file in visible(output)}
    assert sizes_px == {"a; touch pwned.png": (62, 34), "$(touch pwned).jpg": (2, 2)}
    assert not (mine.folder / "pwned").exists()
    assert mine.jobs("upscale", *SMOKE, "mine.yaml") == {}
    picture(8, 8).save(mine.folder / "my pictures/new.png")
    assert mine.jobs("upscale", *SMOKE, "mine.yaml") == {"upscale": 1}


@pytest.mark.parametrize("network", NETWORKS, ids=lambda network: network.name)
def test_a_bundled_network_says_where_it_comes_from(network):
    origin = json.loads(network.file.with_suffix(".json").read_text())
    assert sha256(network.file) == origin["sha256"]
    assert network.file.stat().st_size == origin["bytes"]
    assert sum(one.file.stat().st_size for one in NETWORKS) < 4_000_000
    assert set(default_test_photos()).isdisjoint(row["photo"] for row in origin["photos"])
    listed = csv_tables.read([training_set.TABLE], "training_set").set_index("photo")
    assert {row["photo"] for row in origin["photos"]} == set(listed.index)
    assert network.photos == len(default_test_photos())
    assert (ROOT / f"docs/bundled/{network.name}.md").read_text().count(origin["sha256"]) == 1


def default_test_photos() -> list[str]:
    config = yaml.safe_load((ROOT / "config/config.yaml").read_text())
    return config["datasets"]["bundled"]["split"]["test"]


@pytest.mark.parametrize("network", NETWORKS, ids=lambda network: network.name)
def test_a_bundled_network_gains_what_it_says(network, tmp_path):
    """On photos that it did not learn from: the score of the release, within rounding."""
    origin = json.loads(network.file.with_suffix(".json").read_text())
    (score,) = [row for row in origin["benchmark"] if row["method"] == origin["method"]]
    held_out, scale, recipe = default_test_photos(), network.scale, origin["recipe"]
    truths = {s.photo: mod_crop(read_rgb(s.file), scale) for s in photo_sources.bundled()}
    (tmp_path / "small").mkdir()
    for photo in held_out:
        drawn = draw(recipe["realistic"], photo) if "realistic" in recipe else None
        small, _ = degrade(recipe["degradation"], truths[photo], scale, drawn)
        write_png(tmp_path / f"small/{photo}.png", small)
    # The score of the release is that in float32.
    options = ["--input", tmp_path / "small", "--output", tmp_path / "large"]
    options += ["--precision", "float32"]
    script = ROOT / "workflow/scripts/upscale.py"
    subprocess.run([sys.executable, script, "--network", network.file, *options], check=True)
    psnr_db = [
        image_quality.score(truths[photo], read_rgb(tmp_path / f"large/{photo}.png"), scale)[
            "psnr_rgb_db"
        ]
        for photo in held_out
    ]
    assert np.mean(psnr_db) == pytest.approx(score["psnr_rgb_db"], abs=0.001)


@pytest.mark.parametrize("photo_network", [one for one in NETWORKS if one.kind == "photo"])
def test_on_average_bicubic_is_better_at_no_kind_of_photograph(photo_network):
    opened, scale = open_network(photo_network.file, 1), photo_network.scale
    # Every other one takes half a minute.
    held_out = default_test_photos()[::2]
    photos = [
        (source.photo, mod_crop(read_rgb(source.file), scale))
        for source in photo_sources.bundled()
        if source.photo in held_out
    ]
    scores = lr_gains.gains(lambda image: predict(opened, image, scale), photos, scale)
    gains_db = {row["kind"]: row["gain_db"] for row in lr_gains.summary(scores)}
    assert list(gains_db) == list(KINDS)
    assert min(gains_db.values()) > 0, gains_db


def test_pictures_are_upscaled_right_after_set_up(checkout):
    (checkout.folder / "mine").mkdir()
    picture(30, 20).save(checkout.folder / "mine/a.png")
    overlay = {"upscale": {"input": "mine", "output": "large", "factor": 3}}
    (checkout.folder / "mine.yaml").write_text(yaml.safe_dump(overlay))
    assert checkout.jobs("upscale", "--configfile", "mine.yaml") == {"upscale": 1}
    checkout.run("upscale", "--configfile", "mine.yaml")
    assert Image.open(checkout.folder / "large/a.png").size == (90, 60)


def test_a_bad_picture_fails_the_run_and_harms_no_other(mine):
    (mine.folder / "my pictures/bad.png").write_bytes(b"no picture")
    done = mine.snakemake("upscale", "--cores", "1", *SMOKE, "mine.yaml")
    assert done.returncode != 0
    assert "1 pictures failed, for the reasons above" in done.stdout
    assert "failed: " in done.stdout
    assert len(visible(mine.folder / "out 'put'")) == 2


def test_what_no_longer_fits_is_made_again_and_what_a_person_made_is_kept(checkout):
    """Outputs deleted or edited, sources edited, also behind a link, and another factor."""
    source, output = checkout.folder / "in", checkout.folder / "out"
    for folder in (source / "2020", checkout.folder / "disk"):
        folder.mkdir(parents=True)
    for number, name in enumerate(["in/a.png", "in/2020/b.png", "disk/c.png", "in/d.png"]):
        picture(12, 8, seed=number).save(checkout.folder / name)
    (source / "c.png").symlink_to(checkout.folder / "disk/c.png")
    (source / "Thumbs.db").write_bytes(b"no picture")

    def configure(factor: int) -> None:
        overlay = {"upscale": {"input": "in", "output": "out", "factor": factor}}
        (checkout.folder / "mine.yaml").write_text(yaml.safe_dump(overlay))

    def upscaled() -> set[str]:
        """Names of what a run wrote; a second one has nothing to do."""
        before = {file: file.stat().st_mtime_ns for file in output.rglob("*.png")}
        checkout.run("upscale", "--configfile", "mine.yaml")
        assert checkout.jobs("upscale", "--configfile", "mine.yaml") == {}
        after = {file: file.stat().st_mtime_ns for file in output.rglob("*.png")}
        return {file.name for file, time in after.items() if before.get(file) != time}

    configure(3)
    assert upscaled() == {"a.png", "b.png", "c.png", "d.png"}
    (output / "2020/b.png").unlink()
    assert upscaled() == {"b.png"}
    picture(12, 8, seed=9).save(checkout.folder / "disk/c.png")
    assert upscaled() == {"c.png"}
    picture(1, 1).save(output / "a.png")
    configure(2)
    assert upscaled() == {"b.png", "c.png", "d.png"}
    sizes_px = {file.name: Image.open(file).size for file in output.rglob("*.png")}
    assert sizes_px.pop("a.png") == (1, 1)
    assert set(sizes_px.values()) == {(24, 16)}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--factor", "0"], "--factor 0: give a number above 0"),
        (["--factor", "-2"], "--factor -2: give a number above 0"),
        (["--factor", "nan"], "--factor nan: give a number above 0"),
        (["--factor", "inf"], "--factor inf: give a number above 0"),
        (["--scale", "-2"], "--scale -2: give a whole factor of at least 2"),
        (["--scale", "0"], "--scale 0: give a whole factor of at least 2"),
        (["--scale", "3"], "has the scale 2; leave the option out"),
        (["--memory-mb", "0"], "--memory-mb 0: give a number above 0"),
        (["--threads", "0"], "--threads 0: give a number above 0"),
        (["--most-megapixels", "0"], "--most-megapixels 0: give a number above 0"),
        (["--factor", "5000"], "MB are free; lower the factor"),
    ],
    ids=" ".join,
)
def test_options_that_cannot_be_are_refused_by_name(tmp_path, options, message):
    (tmp_path / "in").mkdir()
    picture(100, 100).save(tmp_path / "in/a.png")
    done = subprocess.run(
        [
            *(sys.executable, ROOT / "workflow/scripts/upscale.py"),
            *("--network", SHIPPED),
            *("--input", tmp_path / "in", "--output", tmp_path / "out", *options),
        ],
        capture_output=True,
        text=True,
    )
    assert done.returncode != 0
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_the_script_alone_gives_the_same_bytes_in_tiles(mine):
    mine.run("upscale", *SMOKE, "mine.yaml")
    network = mine.folder / "results/bundled/x2/lr_autoencoder/seed0/model.onnx"
    options = ["--network", network, "--input", mine.folder / "my pictures"]
    subprocess.run(
        [
            sys.executable,
            ROOT / "workflow/scripts/upscale.py",
            *options,
            *("--output", mine.folder / "alone", "--memory-mb", "0.5"),
        ],
        check=True,
    )
    for file in visible(mine.folder / "out 'put'"):
        assert (mine.folder / "alone" / file.name).read_bytes() == file.read_bytes()


def test_a_target_without_pictures_says_what_is_missing(checkout):
    done = checkout.snakemake("upscale", "--dry-run")
    assert done.returncode != 0
    assert "nothing to upscale; set the section 'upscale'" in done.stdout


def test_any_factor_by_composing_and_resizing(finished_paper):
    sizes_px = {Image.open(file).size for file in visible(finished_paper.folder / "upscaled")}
    assert sizes_px == {(225, 150)}


def test_what_was_drawn_for_a_degradation_is_recorded(finished_paper):
    folders = (finished_paper.folder / "results/more/x2/pairs/test").iterdir()
    found = [row for folder in folders for row in rows(folder / "degradation.csv")]
    assert sorted(row["photo"] for row in found) == ["0", "1"]
    assert all(0.2 <= float(row["blur_sigma_px"]) <= 1.5 for row in found)


def test_several_test_sets_stand_in_one_table(finished_paper):
    table = rows(finished_paper.folder / "results/report/test_sets.csv")
    assert {(row["dataset"], row["scale"]) for row in table} == {
        ("clean", "2"),
        ("clean", "4"),
        ("clean", "6"),
        ("more", "2"),
    }


def test_a_test_photo_that_was_learned_from_is_refused(finished_paper, tmp_path):
    project = Checkout(tmp_path / "leak")
    shutil.copytree(finished_paper.folder, project.folder, symlinks=True)
    learned = next(
        row["photo"]
        for row in rows(project.folder / "results/clean/x2/split.csv")
        if row["split"] == "train"
    )
    (photo,) = (project.folder / "dataset").rglob(f"high res/{learned}.jpg")
    shutil.copy(photo, project.folder / "more/leak.jpg")
    done = project.snakemake("results/more/x2/split.csv", "--cores", "1", *PAPER)
    assert done.returncode != 0
    assert f"photo 'leak' looks like '{learned}', which the models learned from" in done.stdout


def test_a_sweep_ranks_its_cells(finished_paper):
    table = rows(finished_paper.folder / "results/sweeps/rates.csv")
    assert {row["training.learning_rate"] for row in table} == {"0.001", "0.002"}
    scores = [float(row["val_psnr_rgb_db"]) for row in table]
    assert scores == sorted(scores, reverse=True)
    assert not list((finished_paper.folder / "results/clean/x2").glob("rates~*/*/predictions"))
