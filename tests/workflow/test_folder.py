"""The user's own photos: a change is noticed, and bad input harms nothing."""

import hashlib

import numpy as np
import pytest
import yaml
from conftest import SMOKE, Checkout, rows

from superres.images.rgb_files import write_png

RUN = {"datasets": ["mine"], "methods": ["nearest", "bicubic"]}
OVERLAY = ("--configfile", "mine.yaml")


def photo(seed: int, side: int = 24) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (side, side, 3)).astype(np.uint8)


def configure(project: Checkout, path: str = "photos", run: dict = RUN) -> None:
    config = {
        "run": run,
        "datasets": {
            "mine": {
                "source": "folder",
                "path": path,
                "split": {"test": ["a b;c", "d"], "validation": ["e"], "test_share": 0},
            }
        },
    }
    (project.folder / "mine.yaml").write_text(yaml.safe_dump(config))


def add_photos(project: Checkout) -> None:
    """A folder of four photos, one with an awkward name."""
    (project.folder / "photos").mkdir()
    for seed, name in enumerate(["a b;c", "d", "e", "f"]):
        write_png(project.folder / f"photos/{name}.png", photo(seed))


@pytest.fixture
def mine(checkout) -> Checkout:
    """A checkout with photos of its user."""
    add_photos(checkout)
    configure(checkout)
    return checkout


def scores(project: Checkout) -> dict[str, str]:
    table = rows(project.folder / "results/mine/tables/per_image.csv")
    return {row["photo"]: row["psnr_rgb_db"] for row in table if row["method"] == "nearest"}


def fingerprint(project: Checkout) -> dict[str, str]:
    results = project.folder / "results"
    return {
        str(file.relative_to(results)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in results.rglob("*")
        if file.is_file() and "logs" not in file.parts and "benchmarks" not in file.parts
    }


def test_a_changed_photo_is_computed_again_and_only_it_differs(mine):
    mine.run(*OVERLAY)
    before = scores(mine)
    assert set(before) == {"a b;c", "d"}
    assert mine.jobs(*OVERLAY) == {}

    write_png(mine.folder / "photos/d.png", photo(99))
    assert set(mine.jobs(*OVERLAY)) == {
        "photos",
        "split",
        "pairs",
        "interpolate",
        "metrics",
        "collect",
        "tables",
        "figure_gains",
        "figure_crops",
        "comparison_page",
        "provenance",
        "all",
    }
    mine.run(*OVERLAY)
    after = scores(mine)
    assert after["a b;c"] == before["a b;c"]
    assert after["d"] != before["d"]

    write_png(mine.folder / "photos/g.png", photo(100))
    assert mine.jobs(*OVERLAY)["photos"] == 2


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (
            lambda folder: (folder / "photos/f.png").write_text("no image"),
            "f.png: cannot be read (not a JPEG, PNG",
        ),
        (
            lambda folder: [file.unlink() for file in (folder / "photos").iterdir()],
            "photos: holds no photo; put at least one image file there",
        ),
        (
            lambda folder: write_png(folder / "photos/d.png", photo(0, side=1)),
            "photo 'd' (d.png): 1x1 px is smaller than the scale x2; remove the photo or choose",
        ),
        (
            lambda folder: (folder / "photos/e.png").unlink(),
            "split.validation: photo 'e' does not exist; photos: a b;c, d, f",
        ),
    ],
)
def test_bad_input_ends_in_one_line_and_harms_no_other_result(finished, spoil, message):
    add_photos(finished)
    configure(finished, run={"datasets": ["mine", "bundled"]})
    figure = finished.folder / "results/bundled/figures/crops_x2.png"
    figure.unlink()
    before = fingerprint(finished)
    # Another configuration is written down, whatever becomes of the photos.
    del before["config.yaml"]
    spoil(finished.folder)
    done = finished.snakemake("--cores", "2", *SMOKE, "mine.yaml")
    assert done.returncode != 0
    errors = [line for line in done.stdout.splitlines() if line.startswith("error: ")]
    assert any(message in line for line in errors), done.stdout
    assert "Traceback" not in done.stdout
    assert not (finished.folder / "results/mine/tables").exists()
    after = fingerprint(finished)
    assert {name: after.get(name) for name in before} == before
    # What does not depend on the bad photo was finished.
    assert figure.exists()


def test_a_repaired_photo_lets_the_run_finish(mine):
    good = (mine.folder / "photos/d.png").read_bytes()
    (mine.folder / "photos/d.png").write_bytes(good[:50])
    assert mine.snakemake("--cores", "2", *OVERLAY).returncode != 0
    (mine.folder / "photos/d.png").write_bytes(good)
    mine.run(*OVERLAY)
    assert set(scores(mine)) == {"a b;c", "d"}


def test_the_number_of_shards_changes_no_score(mine):
    mine.run(*OVERLAY)
    tables = mine.folder / "results/mine/tables"
    before = {file.name: file.read_bytes() for file in tables.iterdir()}
    configure(mine, run=RUN | {"shards": 5})
    mine.run(*OVERLAY)
    assert {file.name: file.read_bytes() for file in tables.iterdir()} == before


def test_snakemake_looks_for_jobs_only_when_one_has_ended(mine):
    done = mine.snakemake(*OVERLAY, "--cores", "1", "--verbose")
    assert done.returncode == 0, done.stdout
    jobs = done.stdout.count("Finished jobid: ")
    assert jobs > 12
    # Once at the start, and once or twice a job: for its core, and for what needs its output.
    assert done.stdout.count("Ready jobs: ") <= 2 * jobs + 1


def test_names_of_files_and_folders_are_never_obeyed(checkout):
    folder = "$(touch pwned); `touch pwned` & touch pwned #'\"\\"
    names = ["a; touch pwned", "$(touch pwned)", "`touch pwned`", "d", "e", "'|touch pwned"]
    (checkout.folder / folder).mkdir()
    for seed, name in enumerate(names):
        write_png(checkout.folder / folder / f"{name}.png", photo(seed))
    configure(checkout, folder)
    overlay = yaml.safe_load((checkout.folder / "mine.yaml").read_text())
    overlay["datasets"]["mine"]["split"] = {"test": names[:3], "validation": names[3:4]}
    (checkout.folder / "mine.yaml").write_text(yaml.safe_dump(overlay))
    checkout.run(*OVERLAY)
    assert set(scores(checkout)) == set(names[:3])
    assert list(checkout.folder.rglob("*pwned")) == []


def test_values_of_the_configuration_are_never_obeyed(mine):
    for key, value in {
        "title": {"datasets": {"$(touch pwned)": {"source": "bundled"}}},
        "method": {"run": {"methods": ["bicubic", "$(touch pwned)"]}},
        "model": {"models": {"; touch pwned": {"architecture": "espcn"}}},
        "architecture": {"models": {"mine": {"architecture": "../$(touch pwned)"}}},
    }.items():
        (mine.folder / "hostile.yaml").write_text(yaml.safe_dump(value))
        done = mine.snakemake("--cores", "1", *OVERLAY, "hostile.yaml")
        assert done.returncode != 0, key
        *_, last = done.stdout.splitlines()
        assert last.startswith("error: configuration: "), done.stdout
    assert not (mine.folder / "pwned").exists()
