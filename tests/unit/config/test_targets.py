from pathlib import Path

import pytest
import yaml

from superres.config import complete, step_options
from superres.config.likeness import merged
from superres.config.targets import Targets

ROOT = Path(__file__).parents[3]


def targets_of(*overlays):
    config = yaml.safe_load((ROOT / "config/config.yaml").read_text())
    for overlay in overlays:
        if isinstance(overlay, str):
            overlay = yaml.safe_load((ROOT / f"config/{overlay}.yaml").read_text())
        config = merged(config, overlay)
    return Targets(complete(config))


@pytest.fixture(scope="module")
def default():
    return targets_of()


@pytest.fixture(scope="module")
def paper():
    return targets_of("paper")


def test_only_models_have_seeds():
    targets = targets_of({"run": {"seeds": [3, 4]}})
    (dataset,) = targets.datasets
    results = targets.results(dataset, "{method} {seed}")
    assert {"bicubic 0", "lr_autoencoder 3", "lr_autoencoder 4"} <= set(results)
    assert "bicubic 3" not in results
    assert len(results) == len(set(results))


def test_references_are_those_that_the_dataset_has(default):
    (dataset,) = default.datasets
    assert set(default.references_of(dataset)) <= set(default.methods_of(dataset))
    config = default.config.model_copy(deep=True)
    config.datasets[dataset].methods = ["lanczos"]
    config.statistics.against = ["bicubic", "lanczos"]
    assert Targets(config).references_of(dataset) == ["lanczos"]


def test_a_dataset_that_trains_has_no_other_home(default):
    (dataset,) = default.datasets
    assert default.home_of(dataset) == dataset
    assert default.trains(dataset)
    assert default.of_home(dataset, "2", ["x/{dataset}/{scale}"]) == []


def test_models_of_another_dataset_are_found_where_they_were_trained(default):
    config = default.config.model_copy(deep=True)
    (home,) = default.datasets
    config.datasets["guest"] = config.datasets[home].model_copy(update={"trained_on": home})
    config.run.datasets = [home, "guest"]
    targets = Targets(config)
    assert not targets.trains("guest")
    assert targets.of_home("guest", "2", ["x/{dataset}/{scale}"]) == [f"x/{home}/2"]
    assert targets.trainings("guest", "{dataset}") == targets.trainings(home, "{dataset}")
    assert targets.model_file("guest", 2, targets.models[0], 0).startswith(f"results/{home}/")
    assert targets.test_sets == [home, "guest"]


def test_one_model_for_all_scales_is_trained_once(default):
    config = default.config.model_copy(deep=True)
    (dataset,) = default.datasets
    model = default.models[0]
    config.models[model].training.scales = "all"
    config.datasets[dataset].scales = [2, 4]
    config.datasets[dataset].evaluate.scales = [2, 4]
    targets = Targets(config)
    assert targets.trained_scales(dataset, model) == ["all"]
    assert targets.model_file(dataset, 4, model, 0) == targets.model_file(dataset, 2, model, 0)
    learned = targets.pairs_to_train(dataset, "all", model, "0")
    for files in (learned, targets.pairs_to_validate(dataset, "all")):
        assert {Path(path).parts[2] for path in files} == {"x2", "x4"}


def test_a_model_with_a_teacher_learns_from_what_it_made_and_is_validated_on_hr():
    taught = {"training": {"teacher": "paper_autoencoder"}}
    targets = targets_of({"models": {"lr_autoencoder": taught}})
    (dataset,) = targets.datasets
    for method, folder in (
        ("lr_autoencoder", "paper_autoencoder/seed1/taught"),
        ("paper_autoencoder", "pairs/train"),
    ):
        for file in targets.pairs_to_train(dataset, "2", method, "1"):
            assert file.startswith(f"results/{dataset}/x2/{folder}/")
    assert all("/pairs/validation/" in file for file in targets.pairs_to_validate(dataset, "2"))


@pytest.mark.parametrize(
    ("trained", "runtime", "teaches"),
    [
        ("auto", "openvino", "bfloat16"),
        ("float32", "openvino", "float32"),
        ("auto", "keras", "float32"),
    ],
)
def test_a_teacher_predicts_in_the_precision_that_it_was_trained_in(trained, runtime, teaches):
    training = {"training": {"precision": trained}}
    overlay = {"models": {"paper_autoencoder": training}, "prediction": {"runtime": runtime}}
    assert targets_of(overlay).teaching_precision("paper_autoencoder") == teaches


def test_pairs_are_of_one_shard_or_of_all():
    targets = targets_of({"run": {"shards": 3}})
    (dataset,) = targets.datasets
    assert len(targets.evaluated_pairs(dataset, 2)) == 3
    (one,) = targets.evaluated_pairs(dataset, 2, "2-of-3")
    assert one.endswith("/2-of-3")


@pytest.mark.parametrize(
    ("runtime", "ending"), [("openvino", "onnx"), ("litert", "tflite"), ("keras", "keras")]
)
def test_the_runtime_decides_the_file_that_predicts(default, runtime, ending):
    config = default.config.model_copy(deep=True)
    config.prediction.runtime = runtime
    targets = Targets(config)
    (dataset,) = targets.datasets
    assert targets.network_file(dataset, 2, targets.models[0], 0).endswith(f"/model.{ending}")


def test_without_the_paper_nothing_of_it_is_made(default, paper):
    assert default.of_paper("{track}") == []
    assert default.splits_of_paper("{track}/{scale}") == []
    tracks = paper.of_paper("{track}")
    assert tracks == [paper.config.paper.as_run, paper.config.paper.clean]
    assert len(paper.of_paper("{as_run}/{method}")) == 1
    assert len(paper.splits_of_paper("{track}/{scale}")) == len(
        {(track, scale) for track in tracks for scale in paper.config.datasets[track].scales}
    )


def test_a_sweep_has_every_cell_with_every_seed():
    targets = targets_of("sweep")
    for sweep, section in targets.config.sweeps.items():
        files = targets.of_sweep(sweep, "{dataset}/x{scale}/{method}/seed{seed}")
        assert len(set(files)) == len(section.cells) * len(section.seeds) > 0
        assert all(cell in targets.recipes for cell in section.cells)


def test_the_shortest_side_of_a_photo_is_that_of_patches_at_the_smallest_size():
    overlay = {
        "run": {"scales": [2, 4]},
        "datasets": {"bundled": {"train_sizes": [1, 0.5]}},
        "models": {"lr_autoencoder": {"training": {"hr_patch_px": 100}}},
    }
    assert targets_of(overlay).least_photo_px("bundled") == 200
    overlay["models"]["lr_autoencoder"]["training"]["lr_patch_px"] = 30
    assert targets_of(overlay).least_photo_px("bundled") == 240
    overlay["run"]["methods"] = ["bicubic"]
    assert targets_of(overlay).least_photo_px("bundled") == 4
    overlay["datasets"]["bundled"]["resize"] = {"size_px": [64, 64]}
    assert targets_of(overlay).least_photo_px("bundled") == 0


def test_rows_order_the_pairs_of_a_dataset_that_has_a_table(default, paper):
    (dataset,) = default.datasets
    assert default.rows_of(dataset) == []
    assert paper.rows_of("paper") == [
        f"results/paper/photos/{shard}.rows.csv" for shard in paper.shards
    ]
    assert paper.scales_to_train("paper", "all") == [2, 4, 6]


@pytest.fixture(scope="module")
def folded():
    split = {"test": [], "validation": 4, "folds": 3}
    return targets_of({"datasets": {"bundled": {"split": split}}})


def test_every_fold_of_a_dataset_is_a_dataset_of_its_own(folded):
    assert folded.datasets == ["bundled_fold1", "bundled_fold2", "bundled_fold3"]
    splits = [folded.config.datasets[name].split for name in folded.datasets]
    assert [(split.fold, split.folds) for split in splits] == [(1, 3), (2, 3), (3, 3)]
    assert step_options.split(folded.config.datasets["bundled_fold2"])["fold"] == 2


def test_tables_of_a_dataset_with_folds_have_the_photos_of_all(folded, default):
    assert folded.folded == ["bundled"] and default.folded == []
    pattern = "{dataset}/{scale}/{method}/{seed}"
    for kind in ("results", "trainings"):
        files = getattr(folded, kind)("bundled", pattern)
        assert len(set(files)) == len(files) == 3 * len(getattr(default, kind)("bundled", pattern))
        assert {file.split("/")[0] for file in files} == set(folded.datasets)
    # All of a method together, as the tables have them.
    methods = [file.split("/")[2] for file in folded.results("bundled", pattern)]
    assert methods == sorted(methods, key=methods.index)
