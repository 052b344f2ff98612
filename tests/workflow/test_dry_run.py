"""Every shipped configuration, seen whole without running anything."""

from pathlib import Path

import pytest
import yaml
from conftest import export_stand_in

ROOT = Path(__file__).parents[2]

# What every run ends with.
END = {"configuration": 1, "provenance": 1, "all": 1, "table_training": 1}
# Two models, four interpolations, one scale, one seed, two shards.
DEFAULT = {
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
    "figure_gains": 1,
    "figure_crops": 1,
    "figure_slider": 1,
    "figure_learning_curves": 1,
    "comparison_page": 1,
    **END,
}
# Two tracks of one download: 4 methods at 1 scale, 5 at 3; the paper's model once for all scales.
PAPER = {
    "download": 1,
    "photos": 8,
    "split": 6,
    "pairs": 60,
    "train": 5,
    "export": 7,
    "predict": 28,
    "interpolate": 48,
    "metrics": 76,
    "collect": 19,
    "tables": 2,
    "figure_gains": 2,
    "figure_crops": 4,
    "figure_slider": 4,
    "figure_learning_curves": 2,
    "comparison_page": 2,
    "table_quarantine": 2,
    "architecture": 1,
    "table_layers": 1,
    "table_results": 1,
    "table_leakage": 1,
    "table_time": 1,
    "figure_architecture": 1,
    "figure_triptych": 1,
    "figure_training_time": 1,
    "figure_paper_curves": 1,
    "answer": 1,
    **END,
    "table_training": 2,
}
# Given after paper.yaml, it has half the shards.
SMALL = PAPER | {"photos": 4, "pairs": 30, "predict": 14, "interpolate": 24, "metrics": 38}
# Twelve models trained alike and one for longer at x2, one model at x4.
FRONT = DEFAULT | {
    "photos": 4,
    "split": 2,
    "pairs": 12,
    "train": 14,
    "export": 14,
    "predict": 28,
    "interpolate": 8,
    "metrics": 36,
    "collect": 18,
    "tables": 2,
    "table_training": 2,
    "figure_gains": 2,
    "figure_crops": 2,
    "figure_slider": 2,
    "figure_learning_curves": 2,
    "comparison_page": 2,
    "table_test_sets": 1,
}
# Five more datasets of test photos alone, whose models are those of the first.
STANDARD_SETS = DEFAULT | {
    "photos": 12,
    "split": 6,
    "pairs": 16,
    "predict": 24,
    "interpolate": 48,
    "metrics": 72,
    "collect": 36,
    "tables": 6,
    "figure_gains": 6,
    "figure_crops": 6,
    "figure_slider": 6,
    "comparison_page": 6,
    "table_test_sets": 1,
    "table_training": 6,
}
# Three models at three scales, one teaching the others, and one for photographs at two, with two
# interpolations, on the free photographs and on the default's test photos.
RELEASE = DEFAULT | {
    "photographs": 1,
    "photos": 8,
    "split": 10,
    "pairs": 40,
    "train": 11,
    "teach": 6,
    "export": 11,
    "predict": 44,
    "interpolate": 40,
    "metrics": 84,
    "collect": 42,
    "tables": 4,
    "figure_gains": 4,
    "figure_crops": 10,
    "figure_slider": 10,
    "figure_learning_curves": 2,
    "comparison_page": 4,
    "table_test_sets": 1,
    "table_training": 4,
}
# Trained on the free photographs, measured on their own test photos and on the default's.
FREE = DEFAULT | {
    "photographs": 1,
    "photos": 4,
    "split": 2,
    "pairs": 8,
    "interpolate": 8,
    "tables": 2,
    "figure_gains": 2,
    "figure_crops": 2,
    "figure_slider": 2,
    "comparison_page": 2,
    "table_test_sets": 1,
    "table_training": 2,
}
# Two models, three seeds.
IDEA = FREE | {"train": 6, "export": 6, "predict": 24, "metrics": 32, "collect": 16}
FRONT_FREE = FREE | {"train": 12, "export": 12, "predict": 48, "metrics": 56, "collect": 28}
# Four models, three seeds; one interpolation.
ABLATIONS = DEFAULT | {
    "train": 12,
    "export": 12,
    "predict": 24,
    "interpolate": 2,
    "metrics": 26,
    "collect": 13,
}
JOBS = {
    ("ablations.yaml",): ABLATIONS,
    ("config.yaml",): DEFAULT,
    ("training_set.yaml",): DEFAULT | {"photographs": 1},
    ("smoke.yaml",): DEFAULT,
    ("front.yaml",): FRONT,
    ("front.yaml", "training_set.yaml", "front_free.yaml"): FRONT_FREE,
    ("training_set.yaml", "idea.yaml"): IDEA,
    ("training_set.yaml", "release.yaml"): RELEASE,
    ("sweep.yaml",): DEFAULT,
    ("standard_sets.yaml",): STANDARD_SETS,
    ("paper.yaml",): PAPER,
    ("paper.yaml", "paper_small.yaml"): SMALL,
    ("paper.yaml", "paper_small.yaml", "paper_free.yaml"): SMALL,
}


def add_standard_sets(folder: Path) -> None:
    """A photo in every folder that config/standard_sets.yaml names."""
    sets = yaml.safe_load((ROOT / "config/standard_sets.yaml").read_text())["datasets"]
    for dataset in sets.values():
        (folder / dataset["path"]).mkdir(parents=True)
        (folder / dataset["path"] / "photo.png").touch()


def test_every_shipped_configuration_is_expected_here():
    assert {file.name for file in (ROOT / "config").glob("*.yaml")} == {files[-1] for files in JOBS}


@pytest.mark.parametrize("names", JOBS, ids=" ".join)
def test_a_dry_run_shows_the_whole_dag(checkout, names):
    if "standard_sets.yaml" in names:
        add_standard_sets(checkout.folder)
    assert checkout.jobs("--configfile", *(f"config/{name}" for name in names)) == JOBS[names]


def test_a_gpu_changes_no_job(checkout):
    (checkout.folder / "gpu.yaml").write_text("run: {gpu: true}")
    assert checkout.jobs("--configfile", "gpu.yaml") == DEFAULT


def test_the_workflow_folder_has_the_same_workflow(checkout):
    jobs = checkout.jobs("--snakefile", "workflow/Snakefile")
    assert jobs | {"all": jobs.pop("everything")} == DEFAULT


def test_figures_alone_leave_out_nothing_they_need_and_the_page(checkout):
    assert checkout.jobs("figures") == {
        **{rule: count for rule, count in DEFAULT.items() if rule not in END},
        "figures": 1,
    }


def test_one_target_makes_the_front(checkout):
    jobs = checkout.jobs("front", "--configfile", "config/front.yaml")
    assert jobs["costs"] == 1
    assert jobs["speed"] == jobs["table_front"] == jobs["figure_front"] == 2
    assert jobs["train"] == 14


def test_one_target_compares_the_runtimes_of_every_model_of_the_first_seed(checkout):
    trainings = {rule: DEFAULT[rule] for rule in ("photos", "split", "pairs", "train")}
    compared = {"export": 4, "parity": 2, "table_parity": 2}
    overlay = checkout.folder / "overlay.yaml"
    overlay.write_text(yaml.safe_dump({"run": {"seeds": [3, 4]}}))
    jobs = checkout.jobs("runtimes", "--configfile", str(overlay))
    assert jobs == trainings | {"pairs": 4} | compared | {"runtimes": 1}


def test_one_target_measures_every_model_on_all_kinds_of_lr(checkout):
    jobs = checkout.jobs("robustness")
    trainings = {rule: DEFAULT[rule] for rule in ("photos", "split", "pairs", "train")}
    measured = {"export": 2, "gains_by_lr": 2, "table_robustness": 2, "robustness": 1}
    assert jobs == trainings | measured


def test_a_sweep_is_a_training_a_cell_and_seed_and_predicts_nothing(checkout):
    assert checkout.jobs("sweeps", "--configfile", "config/sweep.yaml") == {
        "photos": 2,
        "split": 1,
        "pairs": 4,
        "train": 9 * 3,
        "table_sweep": 1,
        "figure_sweep": 1,
        "sweeps": 1,
    }


def test_scales_seeds_and_shards_multiply(checkout):
    overlay = checkout.folder / "overlay.yaml"
    overlay.write_text(yaml.safe_dump({"run": {"scales": [2, 4], "seeds": [0, 1], "shards": 3}}))
    jobs = checkout.jobs("--configfile", str(overlay))
    assert jobs["photos"] == 3
    assert jobs["pairs"] == 3 * 2 * 3
    assert jobs["train"] == 2 * 2 * 2
    assert jobs["predict"] == 2 * 2 * 2 * 3
    # Interpolations have nothing to seed.
    assert jobs["interpolate"] == 4 * 2 * 3
    assert jobs["figure_crops"] == 2
    # One page has all scales.
    assert jobs["comparison_page"] == 1


def test_the_dag_does_not_grow_with_the_photos(checkout):
    overlay = checkout.folder / "overlay.yaml"
    config = {
        "run": {"datasets": ["mine"]},
        "datasets": {"mine": {"source": "folder", "path": "p"}},
    }
    overlay.write_text(yaml.safe_dump(config))
    (checkout.folder / "p").mkdir()
    counts = []
    for photos in (3, 3000):
        for number in range(photos):
            (checkout.folder / f"p/{number}.png").touch()
        counts.append(checkout.jobs("--configfile", str(overlay)))
    assert counts == [DEFAULT, DEFAULT]


def test_only_interpolations_need_no_training(checkout):
    jobs = checkout.jobs("--config", "run={datasets: [bundled], methods: [bicubic, lanczos]}")
    assert "train" not in jobs
    assert "figure_learning_curves" not in jobs
    assert jobs["pairs"] == 2
    assert jobs["interpolate"] == 4


def test_lpips_runs_where_its_weights_are(checkout):
    overlay = checkout.folder / "overlay.yaml"
    weights = checkout.folder / "lpips.onnx"
    lpips = {"path": weights.name, "sha256": export_stand_in(weights)}
    overlay.write_text(yaml.safe_dump({"metrics": {"lpips": lpips}}))
    assert checkout.jobs("--configfile", str(overlay)) == DEFAULT | {"lpips": 12}
    weights.unlink()
    assert checkout.jobs("--configfile", str(overlay)) == DEFAULT


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("results/bundled/x3/bicubic/seed0/metrics.csv", "MissingRuleException"),
        ("results/bundled/x2/cubic/seed0/metrics.csv", "MissingRuleException"),
        ("results/bundle/tables/benchmark.md", "MissingRuleException"),
        ("results/downloads/unsplash/files.csv", "MissingRuleException"),
    ],
)
def test_a_typo_in_a_target_fails_at_once(checkout, target, message):
    done = checkout.snakemake("--dry-run", target)
    assert done.returncode != 0
    assert message in done.stdout
    assert target in done.stdout
