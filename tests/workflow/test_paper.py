"""The paper's two tracks, run for real on a small dataset in the layout of the real one."""

import hashlib
import os
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
import yaml
from conftest import (
    PAPER,
    Checkout,
    configure_paper,
    copy_project,
    make_dataset,
    rows,
)
from PIL import Image

from dataset_layout import LAYOUT, SCALES
from superres.images.degradations import recover
from superres.images.rgb_files import read_rgb
from superres.report.pages import plain


def split_of(project: Checkout, dataset: str) -> dict[int, dict[str, str]]:
    return {
        scale: {
            row["photo"]: row["split"]
            for row in rows(project.folder / f"results/{dataset}/x{scale}/split.csv")
        }
        for scale in SCALES
    }


def test_the_paper_track_holds_the_first_rows_out_and_leaks_them_all(finished_paper):
    split = split_of(finished_paper, "paper")
    # int(0.15 x 36) = 5
    validation = {photo for photo, side in split[2].items() if side == "validation"}
    assert validation == {"1", "2", "3", "4", "5"}
    for scale in (4, 6):
        assert set(split[scale].values()) == {"train"}
        assert validation <= set(split[scale])


def test_the_clean_track_keeps_a_photo_on_one_side_at_all_scales(finished_paper):
    split = split_of(finished_paper, "clean")
    assert split[2] == split[4] == split[6]
    assert set(split[2].values()) == {"train", "validation", "test"}


def test_the_paper_track_compares_all_methods_on_its_validation_rows(finished_paper):
    table = rows(finished_paper.folder / "results/paper/tables/per_image.csv")
    methods = {"unchanged", "bicubic", "lanczos", "paper_autoencoder"}
    assert {row["method"] for row in table} == methods
    assert {row["scale"] for row in table} == {"2"}
    for method in methods:
        photos = {row["photo"] for row in table if row["method"] == method}
        assert photos == {"1", "2", "3", "4", "5"}


def test_the_clean_track_has_a_result_for_each_scale(finished_paper):
    table = rows(finished_paper.folder / "results/clean/tables/benchmark.csv")
    methods = ["bicubic", "paper_autoencoder", "lr_autoencoder"]
    assert [(row["scale"], row["method"]) for row in table] == [
        (str(scale), method) for scale in SCALES for method in methods
    ]


def test_lpips_is_that_of_the_network_that_was_given(finished_paper):
    scores = rows(finished_paper.folder / "results/paper/tables/benchmark.csv")
    for row in scores:
        method = finished_paper.folder / f"results/paper/x2/{row['method']}/seed0"
        by_photo = {
            one["photo"]: float(one["lpips"])
            for file in method.glob("lpips/*.csv")
            for one in rows(file)
        }
        assert float(row["lpips"]) == pytest.approx(np.mean(list(by_photo.values())))
        (hr,) = finished_paper.folder.glob("results/paper/x2/pairs/validation/*/hr/1.*")
        (predicted,) = method.glob("predictions/*/1.png")
        truth, image = (read_rgb(file)[2:-2, 2:-2] / 127.5 for file in (hr, predicted))
        assert by_photo["1"] == pytest.approx(np.abs(truth - image).mean(), abs=1e-5)


def test_the_paper_track_sees_the_stored_files_resized_by_nearest(finished_paper):
    pairs = finished_paper.folder / "results/paper/x2/pairs"
    root = finished_paper.folder / f"dataset/{LAYOUT}"
    copied = {file.name for file in pairs.glob("*/*/enlarged/*.jpg")}
    # Numbers that 3 divides have the size already, and keep their bytes.
    assert copied == {"3.jpg", "6.jpg", "9.jpg", "12.jpg"}
    for number in (3, 4):
        for kind, name in (
            ("enlarged", f"low res/{number}_2.jpg"),
            ("hr", f"high res/{number}.jpg"),
        ):
            (file,) = pairs.glob(f"*/*/{kind}/{number}.*")
            with Image.open(root / name) as image:
                expected = image.resize((90, 60), Image.Resampling.NEAREST)
            assert np.array_equal(read_rgb(file), np.asarray(expected))
    (small,) = pairs.glob("*/*/lr/4.png")
    assert np.array_equal(read_rgb(small), recover(read_rgb(root / "low res/4_2.jpg"), 2))


def test_the_papers_history_has_its_own_columns(finished_paper):
    history = rows(finished_paper.folder / "results/paper/xall/paper_autoencoder/seed0/history.csv")
    assert [row["epoch"] for row in history] == ["1", "2"]
    for column in ("loss", "accuracy", "val_loss", "val_accuracy", "learning_rate"):
        assert all(float(row[column]) > 0 for row in history)


def test_the_paper_is_held_against_what_was_computed(finished_paper):
    report = finished_paper.folder / "results/report"
    layers = rows(report / "table_1.csv")
    assert {row["agrees"] for row in layers} == {"yes"}
    results = {row["row"]: row for row in rows(report / "table_2.csv")}
    history = rows(finished_paper.folder / "results/paper/xall/paper_autoencoder/seed0/history.csv")
    assert float(results["ours, last epoch"]["val_loss"]) == float(history[-1]["val_loss"])
    assert "epochs are mixed" in results["paper, Table 2"]["disagreement"]
    leakage = {(row["dataset"], row["split"]): row for row in rows(report / "leakage.csv")}
    assert float(leakage["paper", "validation"]["share_percent"]) == 100
    assert float(leakage["clean", "test"]["share_percent"]) == 0
    answer = (report / "answer.md").read_text()
    assert "100 % of the held-out photos (5 of 5)" in answer
    for name in ("table_1", "table_2", "leakage", "time"):
        assert (report / f"{name}.md").read_text().startswith("# ")
        assert "\\toprule" in (report / f"{name}.tex").read_text()
    for name in ("architecture", "triptych", "training_time", "paper_curves"):
        for ending in ("png", "svg"):
            assert (report / f"figures/{name}.{ending}").stat().st_size > 1000
    quarantine = (finished_paper.folder / "results/paper/tables/quarantine.md").read_text()
    assert "12 photos were taken, 8 of them resized; 0 rows or files were left out" in quarantine
    assert re.search(r"\| 1.jpg +\| 89x60 px, is given 90x60 px \| resized", quarantine)


def test_a_second_paper_run_does_nothing(finished_paper):
    assert finished_paper.jobs(*PAPER) == {}


def test_bytes_that_changed_since_the_download_are_refused(finished_paper, tmp_path):
    project = copy_project(tmp_path / "checkout")
    make_dataset(project.folder / "dataset")
    configure_paper(project)
    project.run("results/downloads/unsplash/files.csv", *PAPER)
    (file,) = (project.folder / "results/downloads/unsplash/files").rglob("high res/4.jpg")
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    done = project.snakemake("results/paper/x2/split.csv", "--cores", "2", *PAPER)
    assert done.returncode != 0
    assert "high res/4.jpg: changed since it was recorded" in done.stdout
    assert not (project.folder / "results/paper/x2/split.csv").exists()


@pytest.mark.parametrize("name", ["1.jpg", "lr/1_2.jpg"])
def test_copies_that_changed_since_they_were_made_are_refused(finished_paper, tmp_path, name):
    """A JPEG file has no checksum of its own: with other bytes it is another picture."""
    project = Checkout(tmp_path / "checkout")
    shutil.copytree(finished_paper.folder, project.folder, symlinks=True)
    file = project.folder / "results/paper/photos/1-of-1" / name
    content, before = file.read_bytes(), file.stat()
    middle = len(content) // 2
    file.write_bytes(content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :])
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    target = "results/paper/x2/pairs/validation/1-of-1"
    shutil.rmtree(project.folder / target)
    done = project.snakemake(target, "--cores", "1", *PAPER)
    assert done.returncode != 0
    assert f"photo '1' (1.jpg): {file.relative_to(project.folder)} has changed since" in done.stdout


def spoil(root: Path) -> dict[str, str]:
    """One fault of every kind; returns the reason that is expected for each file."""
    low, high = root / "low res", root / "high res"
    (low / "1_2.jpg").unlink()
    (high / "4.jpg").unlink()
    good = (high / "6.jpg").read_bytes()
    (high / "6.jpg").write_bytes(good[: len(good) // 2])
    (low / "7_4.jpg").write_bytes(b"no image")
    Image.new("RGB", (50, 50)).save(low / "8_2.jpg")
    with (root / "image_data.csv").open("ab") as table:
        table.write(b"9_2.jpg,9.jpg\r\nnonsense\r\n")
    # Truly small LR files are as good as HR-sized ones.
    for scale in SCALES:
        file = low / f"12_{scale}.jpg"
        Image.fromarray(recover(read_rgb(file), scale)).save(file, quality=95)
    return {
        "1_2.jpg": "cannot be read (no such file); check the path",
        "4.jpg": "cannot be read (no such file); check the path",
        "6.jpg": "cannot be read (",
        "7_4.jpg": "cannot be read (",
        "8_2.jpg": "LR is 50x50 px and HR 88x60 px: neither the same size nor smaller by x2",
        "9_2.jpg": "listed before, in row 8",
        "image_data.csv": "is no pair <photo>_<scale>.jpg, <photo>.jpg",
    }


def test_what_cannot_be_used_is_quarantined_with_its_reason_and_the_rest_goes_on(tmp_path):
    project = copy_project(tmp_path / "checkout")
    expected = spoil(make_dataset(project.folder / "dataset") / LAYOUT)
    configure_paper(project, shards=2)
    targets = [f"results/paper/x2/pairs/train/{shard}-of-2" for shard in (1, 2)]
    page = "results/paper/tables/quarantine.md"
    project.run(*targets, page, "results/paper/x4/split.csv", *PAPER)
    found = [
        row
        for shard in (1, 2)
        for row in rows(project.folder / f"results/paper/photos/{shard}-of-2.quarantine.csv")
    ]
    # A photo without HR takes its three rows along.
    assert len(found) == 7 + 2 + 2
    shown = (project.folder / page).read_text()
    for file, reason in expected.items():
        assert re.search(
            rf"\| {re.escape(plain(file))} +\| [^|]*{re.escape(plain(reason))}[^|]*\| left out",
            shown,
        )
        assert all(reason in row["reason"] for row in found if row["file"] == file)
        assert any(row["file"] == file for row in found)
    # 36 rows less 9 bad ones and those that came on top: int(0.15 x 27) = 4
    split = {
        row["photo"]: row["split"] for row in rows(project.folder / "results/paper/x2/split.csv")
    }
    assert [photo for photo, side in split.items() if side == "validation"] == ["2", "3", "5", "7"]
    assert "7" not in {row["photo"] for row in rows(project.folder / "results/paper/x4/split.csv")}
    (small,) = (project.folder / "results/paper/x2/pairs").glob("*/*/lr/12.png")
    root = project.folder / f"dataset/{LAYOUT}"
    assert np.array_equal(read_rgb(small), read_rgb(root / "low res/12_2.jpg"))
    (large,) = (project.folder / "results/paper/x2/pairs").glob("*/*/enlarged/12.png")
    assert read_rgb(large).shape == (60, 90, 3)


def test_what_cannot_be_used_stops_the_run_where_that_is_asked_for(tmp_path):
    project = copy_project(tmp_path / "checkout")
    root = make_dataset(project.folder / "dataset") / LAYOUT
    (root / "low res/1_2.jpg").unlink()
    configure_paper(project, bad_input="refuse")
    done = project.snakemake("results/paper/x2/split.csv", "--cores", "2", *PAPER)
    assert done.returncode != 0
    (error,) = [line for line in done.stdout.splitlines() if line.startswith("error: ")]
    assert "low res/1_2.jpg: cannot be read (no such file); check the path; or set " in error


def test_the_real_photos_go_through_the_download_and_both_splits(unsplash_sample, tmp_path):
    project = copy_project(tmp_path / "checkout")
    overlay = {"downloads": {"unsplash": {"path": str(unsplash_sample)}}}
    (project.folder / "tiny.yaml").write_text(yaml.safe_dump(overlay))
    targets = [
        f"results/{dataset}/x{scale}/split.csv"
        for dataset in ("paper", "clean")
        for scale in SCALES
    ]
    project.run(*targets, *PAPER)
    record = rows(project.folder / "results/downloads/unsplash/files.csv")
    assert len(record) >= 12 + 36 + 1
    for row in record:
        content = (project.folder / "results/downloads/unsplash/files" / row["file"]).read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (
            int(row["bytes"]),
            row["sha256"],
        )
    split = split_of(project, "paper")
    assert [photo for photo, side in split[2].items() if side == "validation"] == [
        "1",
        "2",
        "5",
        "7",
        "8",
    ]
    clean = split_of(project, "clean")
    assert clean[2] == clean[4] == clean[6]
    assert set(clean[2].values()) == {"train", "validation", "test"}
