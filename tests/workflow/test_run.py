"""A real run of the smoke configuration, and what runs again after a change."""

import json
import re
import shutil
from pathlib import Path

import pytest
from conftest import SMOKE, Checkout, copy_project, rows
from PIL import Image

from superres.core.methods import INTERPOLATIONS, UNCHANGED

FILTERS = [name for name in INTERPOLATIONS if name != UNCHANGED]
MODELS = ("paper_autoencoder", "lr_autoencoder")
TEST_PHOTOS = {"chelsea", "flower", "rocket"}
DATASET = "results/bundled"


def test_every_method_predicts_every_test_photo(finished_run):
    for method in (*FILTERS, *MODELS):
        folder = finished_run.folder / DATASET / "x2" / method / "seed0"
        predictions = {file.stem for file in folder.glob("predictions/*/*.png")}
        assert predictions == TEST_PHOTOS
        assert {row["photo"] for row in rows(folder / "metrics.csv")} == TEST_PHOTOS


def test_no_test_photo_was_ready_to_be_learned_from(finished_run):
    pairs = finished_run.folder / DATASET / "x2/pairs"
    split = {
        row["photo"]: row["split"] for row in rows(finished_run.folder / DATASET / "x2/split.csv")
    }
    for side in ("train", "validation", "test"):
        # Copies at other sizes carry theirs behind an @.
        on_disk = {file.stem.partition("@")[0] for file in (pairs / side).glob("*/hr/*.png")}
        assert on_disk == {photo for photo, where in split.items() if where == side}
    assert {photo for photo, where in split.items() if where == "test"} == TEST_PHOTOS
    # Two views of one scene, found by their looks.
    scenes = {
        row["photo"]: row["scene"] for row in rows(finished_run.folder / DATASET / "x2/split.csv")
    }
    assert scenes["motorcycle_right"] == "motorcycle_left"
    assert len(set(scenes.values())) == 10
    assert len(split) == 11


def test_the_benchmark_has_one_row_a_method_and_the_papers_size(finished_run):
    table = rows(finished_run.folder / DATASET / "tables/benchmark.csv")
    assert [row["method"] for row in table] == [*FILTERS, *MODELS]
    parameters = {row["method"]: int(row["parameters"]) for row in table}
    assert parameters["paper_autoencoder"] == 1_110_403
    assert parameters["lanczos"] == 0
    assert all(row["photos"] == "3" for row in table)
    page = (finished_run.folder / DATASET / "tables/benchmark.md").read_text()
    assert all(row["method"] in page for row in table)
    assert {row["lpips"] for row in table} == {"not run"}
    assert "LPIPS was not run" in page
    assert all(0 < float(row["flip"]) < 1 and 0 < float(row["ms_ssim_y"]) < 1 for row in table)


def test_every_method_is_compared_with_bicubic_and_the_papers_model(finished_run):
    tables = finished_run.folder / DATASET / "tables"
    found = rows(tables / "comparisons.csv")
    methods = [*FILTERS, *MODELS]
    assert [(row["against"], row["method"]) for row in found] == [
        (reference, method) for reference in ("bicubic", "paper_autoencoder") for method in methods
    ]
    # Three photos have eight patterns of signs, and the table has ten comparisons.
    assert {row["verdict"] for row in found} == {"reference", "too few photos to tell"}
    per_image = rows(tables / "per_image.csv")
    assert len(per_image) == len(methods) * len(TEST_PHOTOS)
    assert "Holm" in (tables / "comparisons.md").read_text()


def test_figures_logs_and_benchmarks_are_there(finished_run):
    results = finished_run.folder / "results"
    for name in ("gains", "crops_x2", "learning_curves"):
        for ending in ("png", "svg"):
            assert (results / f"bundled/figures/{name}.{ending}").stat().st_size > 1000
    with Image.open(results / "bundled/figures/slider_x2.webp") as slider:
        assert (slider.n_frames, slider.size) == (40, (480, 480))
    log = (results / "logs/bundled/x2/lr_autoencoder/seed0/train.log").read_text()
    assert "20/20 steps (100 %), 0 s left, loss" in log
    assert "epoch 2, step 20: loss" in log
    record = json.loads(
        (results / "benchmarks/bundled/x2/lr_autoencoder/seed0/train.jsonl").read_text()
    )
    assert record["s"] > 0


def test_every_line_of_a_log_is_one_of_its_step(finished_run):
    """No library writes between them while it starts."""
    logs = sorted((finished_run.folder / "results/logs").rglob("*.log"))
    assert len(logs) > 40
    for log in logs:
        for line in log.read_text().splitlines():
            assert re.match(r"\d\d:\d\d:\d\d [a-z]\w*[^:]*: ", line), (log, line)
    train = finished_run.folder / "results/logs/bundled/x2/lr_autoencoder/seed0/train.log"
    assert " train lr_autoencoder x2: 20/20 steps" in train.read_text()


def test_a_run_ends_with_its_answer_and_where_to_look(finished):
    table = finished.folder / DATASET / "tables/benchmark.txt"
    table.unlink()
    done = finished.snakemake(*SMOKE, "--cores", "1", f"{DATASET}/tables/benchmark.txt")
    assert done.returncode == 0, done.stdout
    shown = table.read_text()
    assert shown in done.stdout
    assert "At x2, 3 photos are too few to judge lr_autoencoder by" in " ".join(shown.split())
    assert "Look at results/bundled/tables/benchmark.html, results/bundled/figures," in done.stdout
    assert max(map(len, shown.splitlines())) <= 80
    # Host, and reasons of single jobs, are in Snakemake's own log.
    assert "Reason: " not in done.stdout and "Platform: " not in done.stdout
    again = finished.snakemake(*SMOKE, "--cores", "1", "results/bundled/figures/gains.png")
    assert shown not in again.stdout


def test_a_second_run_does_nothing(finished):
    assert finished.jobs(*SMOKE) == {}


END = {"provenance": 1, "all": 1}
PLOTS = {"figure_gains": 1, "figure_crops": 1, "figure_learning_curves": 1, **END}
FIGURES = {"figure_slider": 1, **PLOTS}
PAGE = {"comparison_page": 1, **END}
TRAININGS = {"table_training": 1}
FROM_TABLES = {"tables": 1, "figure_gains": 1, "figure_crops": 1, "figure_slider": 1, **PAGE}
FROM_METRICS = {"metrics": 12, "collect": 6, **FROM_TABLES}
FROM_ONE_MODEL = {
    "train": 1,
    "export": 1,
    "predict": 2,
    "metrics": 2,
    "collect": 1,
    "tables": 1,
    **TRAININGS,
    **FIGURES,
    **PAGE,
}
FROM_TRAINING = {
    "train": 2,
    "export": 2,
    "predict": 4,
    "metrics": 4,
    "collect": 2,
    "tables": 1,
    **TRAININGS,
    **FIGURES,
    **PAGE,
}
EVERYTHING = {
    "photos": 2,
    "split": 1,
    "pairs": 6,
    "train": 2,
    "export": 2,
    "predict": 4,
    "interpolate": 8,
    "metrics": 12,
    "collect": 6,
    "tables": 1,
    **TRAININGS,
    **FIGURES,
    **PAGE,
}
# Trainings too, which watch bicubic's score.
FROM_INTERPOLATIONS = {
    rule: count for rule, count in EVERYTHING.items() if rule not in ("photos", "split", "pairs")
}
FROM_SPLIT = {rule: count for rule, count in EVERYTHING.items() if rule != "photos"}
LIBRARY = "workflow/scripts/superres"


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        (f"{LIBRARY}/report/plots.py", PLOTS),
        (f"{LIBRARY}/scoring/photo_scores.py", FROM_TABLES | TRAININGS),
        (f"{LIBRARY}/report/gallery.py", PAGE),
        (f"{LIBRARY}/scoring/statistics.py", FROM_TABLES | TRAININGS),
        (f"{LIBRARY}/scoring/image_quality.py", FROM_METRICS),
        (f"{LIBRARY}/images/interpolations.py", FROM_INTERPOLATIONS),
        (f"{LIBRARY}/networks/architectures/lr_autoencoder.py", FROM_ONE_MODEL),
        (f"{LIBRARY}/training/losses.py", FROM_TRAINING),
        (f"{LIBRARY}/networks/prediction.py", FROM_TRAINING),
        (f"{LIBRARY}/data/splits.py", FROM_SPLIT),
        (f"{LIBRARY}/core/console.py", EVERYTHING),
        (f"{LIBRARY}/config/values.py", {}),
        ("workflow/scripts/figures.py", {**FIGURES, **PAGE}),
        ("workflow/scripts/collect.py", {"collect": 6, **FROM_TABLES}),
        ("workflow/report/page/page.js", PAGE),
        ("workflow/report/own/worker.js", PAGE),
        ("README.md", {}),
    ],
)
def test_changed_code_runs_what_stands_on_it_and_no_more(finished, changed, expected):
    file = finished.folder / changed
    file.write_text(file.read_text() + "\n# changed\n")
    assert finished.jobs(*SMOKE) == expected


def test_code_that_was_only_touched_runs_nothing(finished):
    (finished.folder / LIBRARY / "report/plots.py").touch()
    assert finished.jobs(*SMOKE) == {}


@pytest.mark.parametrize(
    ("overlay", "expected"),
    [
        ("figures: {dpi: 60}", PLOTS),
        ("statistics: {confidence: 0.9}", FROM_TABLES),
        ("models: {lr_autoencoder: {training: {loss: mse}}}", FROM_ONE_MODEL),
    ],
)
def test_a_changed_key_runs_what_it_concerns(finished, overlay, expected):
    (finished.folder / "overlay.yaml").write_text(overlay)
    assert finished.jobs(*SMOKE, "overlay.yaml") == expected | {"configuration": 1}


def test_figures_come_back_without_training(finished):
    shutil.rmtree(finished.folder / DATASET / "figures")
    before = (finished.folder / DATASET / "x2/lr_autoencoder/seed0/model.keras").stat().st_mtime_ns
    finished.run("figures", *SMOKE)
    assert len(list((finished.folder / DATASET / "figures").iterdir())) == 7
    after = (finished.folder / DATASET / "x2/lr_autoencoder/seed0/model.keras").stat().st_mtime_ns
    assert after == before


MEASURED = [
    ".snakemake_timestamp",
    "timing.json",
    "training.csv",
    "training.html",
    "training.md",
    "training.tex",
    "ro-crate-metadata.json",
    "manifest-sha256.txt",
]


def contents(project: Checkout) -> dict[str, bytes]:
    """Everything but logs, measured times, what was noted of them, and Snakemake's own marks."""
    results = project.folder / "results"
    return {
        str(file.relative_to(results)): file.read_bytes()
        for file in results.rglob("*")
        if file.is_file()
        and file.relative_to(results).parts[0] not in ("logs", "benchmarks")
        and file.name not in MEASURED
    }


def test_two_runs_from_nothing_give_the_same_bytes(finished_run, tmp_path):
    again = copy_project(tmp_path / "again")
    again.run(*SMOKE)
    first, second = contents(finished_run), contents(again)
    assert set(first) == set(second)
    assert {name for name in first if first[name] != second[name]} == set()
    kinds = {Path(name).suffix for name in first if not name.startswith("code/")}
    assert kinds == {
        *(".csv", ".json", ".keras", ".onnx", ".jpg", ".md", ".png", ".svg"),
        *(".html", ".css", ".js", ".txt", ".webp", ".yaml"),
    }


def test_the_report_holds_tables_and_figures(finished):
    done = finished.snakemake("--report", "report.zip", *SMOKE)
    assert done.returncode == 0, done.stdout
    assert (finished.folder / "report.zip").stat().st_size > 100_000
