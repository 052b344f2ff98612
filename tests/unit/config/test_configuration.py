import copy
from pathlib import Path

import pytest
import yaml

from superres.config import complete, schema
from superres.config.options import TYPES, of_architecture
from superres.core.errors import InputError

ROOT = Path(__file__).parents[3]
DEFAULT = yaml.safe_load((ROOT / "config/config.yaml").read_text())


OPEN_ENDED = {
    "jpeg_quality",
    "path",
    "download",
    "photographs",
    "resize",
    "trained_on",
    "source",
    "like",
    "teacher",
    "published",
    "kaggle",
    "version",
    "sha256",
    "scales",
    "methods",
    "early_stopping_epochs",
    "clip_norm",
    "lr_patch_px",
    "kind",
    "cost",
    "steps",
    "hr_megapixels",
    "minutes",
    "network",
    "memory_mb",
    "scale",
    "upscale",
    "factor",
    "paper",
    "lpips",
    "lr_path",
    "measured_on",
    "threads",
}
UNITLESS = {
    "seed",
    "learning_rate",
    "weight_decay",
    "clip_norm",
    "ema",
    "plateau_factor",
    "plateau_minimum",
}


def changed(path: str, value) -> dict:
    config = copy.deepcopy(DEFAULT)
    *parents, last = path.split(".")
    target = config
    for key in parents:
        target = target[key]
    target[last] = value
    return config


def test_defaults_are_filled_in_and_the_input_is_left_alone():
    before = copy.deepcopy(DEFAULT)
    config = complete(DEFAULT)
    assert before == DEFAULT
    assert config.models["lr_autoencoder"].training.hr_patch_px == 64
    assert config.models["paper_autoencoder"].options == {}
    assert config.datasets["bundled"].degradation == "bicubic"
    assert config.statistics.model_dump() == {
        "confidence": 0.95,
        "resamples": 10000,
        "against": ["bicubic", "paper_autoencoder"],
    }
    assert config.metrics.lpips is None


def test_every_key_is_described_and_every_optional_key_has_a_default():
    def walk(schema, path):
        for key, child in schema.get("properties", {}).items():
            assert child.get("description"), f"{path}{key} has no description"
            required = key in schema.get("required", [])
            # Left out, these do nothing or follow another key, as their description says.
            open_ended = key in OPEN_ENDED
            assert required or "default" in child or open_ended, f"{path}{key} has no default"
            if child.get("type") in ("number", "integer") and key not in UNITLESS:
                assert "unit" in child, f"{path}{key} has no unit"
            walk(child, f"{path}{key}.")
        if isinstance(schema.get("additionalProperties"), dict):
            walk(schema["additionalProperties"], f"{path}<name>.")

    walk(schema.of_configuration(), "")


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("run.shard", 3, "unknown key 'run.shard'; allowed: datasets, gpu, methods, scales, "),
        (
            "colour",
            1,
            "unknown key 'colour'; allowed: datasets, downloads, figures, front, metrics, ",
        ),
        (
            "models.lr_autoencoder.training.los",
            1,
            "unknown key 'models.lr_autoencoder.training.los'; allowed",
        ),
        ("run.shards", 0, "'run.shards': 0 is less than the minimum of 1; allowed: type integer"),
        ("run.shards", "x", "'run.shards': 'x' is not of type 'integer'; allowed: type integer"),
        ("run.shards", 100000, "'run.shards': 100000 is greater than the maximum of 100; allowed"),
        ("run.scales", [2, 9], r"'run.scales\[1\]': 9 is greater than the maximum of 8"),
        ("run.scales", [], "'run.scales': .* allowed: type array, entries at least 1"),
        ("run.methods", ["nearest"], "'run.methods' lacks 'bicubic'"),
        ("run.methods", ["bicubic", "cubic"], r"'run.methods\[1\]': unknown method 'cubic'; allow"),
        ("statistics.against", ["bicubic", "x"], r"'statistics.against\[1\]': unknown method 'x'"),
        ("statistics.against", ["lanczos"], "'statistics.against' lacks 'bicubic', which every"),
        ("metrics", {"lpips": {"path": "x"}}, "'metrics.lpips.sha256' is missing"),
        (
            "metrics",
            {"lpips": {"path": "x", "sha256": "0"}},
            "'metrics.lpips.sha256': '0' does not",
        ),
        ("run.datasets", ["x"], r"'run.datasets\[0\]': unknown dataset 'x'; allowed: bundled"),
        ("datasets.bundled.source", "web", "'datasets.bundled.source' is 'web'; allowed: bundled,"),
        (
            "datasets.bundled.path",
            "x",
            "'datasets.bundled.path' must be given with source 'folder'",
        ),
        ("datasets.a b", {"source": "bundled"}, "name 'a b' in 'datasets' has characters other"),
        ("downloads", {"a b": {"kaggle": "a/b", "version": 1}}, "name 'a b' in 'downloads' has ch"),
        ("downloads", {"a": {"kaggle": "b", "version": 1}}, "'downloads.a.kaggle': 'b' does not m"),
        ("downloads", {"a": {"kaggle": "a/b"}}, "'downloads.a' needs 'path', or 'kaggle' and 'ver"),
        ("downloads", {"a": {"sha256": "0" * 64}}, "'downloads.a' needs 'path', or"),
        ("downloads", {"a": {"kaggle": "a/b", "version": 0}}, "'downloads.a.version': 0 is less"),
        ("models.bicubic", {"architecture": "residual"}, "name 'bicubic' in 'models' is reserved"),
        (
            "models.lr_autoencoder.architecture",
            "resnet",
            "is 'resnet'; allowed: edsr, espcn, fsrcnn, lr_autoencoder, paper_",
        ),
        (
            "models.lr_autoencoder.training",
            {"devices": "all", "input": "images"},
            "training.devices' is all, which takes 'models.lr_autoencoder.training.input' patches",
        ),
        (
            "models.lr_autoencoder.training.teacher",
            "lr_autoencoder",
            r"teacher': unknown model of 'bundled' to learn from 'lr_autoencoder'; "
            "allowed: paper_autoencoder",
        ),
        (
            "models.lr_autoencoder.training",
            {"teacher": "paper_autoencoder", "input": "images"},
            "training.teacher' takes 'models.lr_autoencoder.training.input' patches",
        ),
        ("models.lr_autoencoder.training.hr_patch_px", 63, "is 63, not a multiple of scale 2"),
        (
            "datasets.bundled.split.test_share",
            1.5,
            "'datasets.bundled.split.test_share': 1.5 is gr",
        ),
        (
            "datasets.bundled.split.validation",
            ["bata_drums"],
            "bata_drums named in both test and validat",
        ),
        ("run", {"datasets": ["bundled"]}, "'run.methods' is missing"),
    ],
)
def test_a_wrong_key_is_named_in_one_line(path, value, message):
    with pytest.raises(InputError, match=message) as error:
        complete(changed(path, value))
    assert "\n" not in str(error.value)


def test_a_teacher_needs_lr_that_stays_the_same():
    config = changed("models.lr_autoencoder.training.teacher", "paper_autoencoder")
    complete(config)
    config["datasets"]["bundled"] |= {"degradation": "realistic", "realistic": {"draws": "patch"}}
    with pytest.raises(InputError, match=r"'datasets.bundled.realistic.draws' is patch"):
        complete(config)


def test_a_sweep_learns_from_a_teacher_that_its_dataset_has():
    config = changed("models.lr_autoencoder.training.teacher", "paper_autoencoder")
    config["sweeps"] = {
        "teachers": {
            "model": "lr_autoencoder",
            "dataset": "bundled",
            "scale": 2,
            "seeds": [0],
            "grid": {"training.learning_rate": [0.001, 0.002]},
        }
    }
    complete(config)
    config["sweeps"]["teachers"]["grid"] = {"training.teacher": ["paper_autoencoder", "teacher"]}
    with pytest.raises(InputError, match=r"grid.training.teacher': unknown model of 'bun"):
        complete(config)


def test_shares_that_exceed_one_are_refused():
    config = changed("datasets.bundled.split.test_share", 0.6)
    config["datasets"]["bundled"]["split"]["validation_share"] = 0.6
    with pytest.raises(InputError, match="together are above 1"):
        complete(config)


SWEEP = {
    "model": "lr_autoencoder",
    "dataset": "bundled",
    "scale": 2,
    "grid": {"training.learning_rate": [0.001, 0.002], "training.augment": [["flip"], []]},
}


def test_a_sweep_has_a_cell_for_every_combination():
    config = complete(changed("sweeps", {"rate": SWEEP}))
    cells = config.sweeps["rate"].cells
    assert list(cells) == [
        "rate~learning_rate=0.001~augment=flip",
        "rate~learning_rate=0.001~augment=",
        "rate~learning_rate=0.002~augment=flip",
        "rate~learning_rate=0.002~augment=",
    ]
    recipe = cells["rate~learning_rate=0.002~augment="].recipe
    assert recipe.training.learning_rate == 0.002
    assert recipe.training.augment == []
    assert recipe.options == config.models["lr_autoencoder"].options
    assert config.models["lr_autoencoder"].training.augment == ["flip", "turn"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"model": "x"}, r"'sweeps\.rate\.model': unknown model 'x'; allowed: "),
        ({"dataset": "x"}, r"'sweeps\.rate\.dataset': unknown dataset 'x'"),
        ({"scale": 3}, "'sweeps.rate.scale': 3 is no scale of 'bundled'"),
        (
            {"grid": {"training.los": [1]}},
            "unknown key 'sweeps.rate.grid.training.los'; allowed: training.input, ",
        ),
        (
            {"grid": {"training.ema": [1]}},
            r"'sweeps\.rate\.grid\.training\.ema\[0\]': 1 is greater than or equal to the maximum",
        ),
        ({"grid": {"learning_rate": [1]}}, r"unknown key 'sweeps\.rate\.grid\.learning_rate'; al"),
        ({"grid": {"options.chanels": [1]}}, r"unknown key 'sweeps\.rate\.grid\.options\.chanels'"),
        ({"grid": {"training.hr_patch_px": [63]}}, "grid.training.hr_patch_px' is 63, not a mult"),
        ({"grid": {"training.scales": ["all"]}}, "grid.training.scales' is all, which takes"),
        ({"grid": {"training.steps": [*range(1, 400)]}}, "asks for 1,197 trainings; allowed: at"),
        (
            {"grid": {f"training.{key}": [*range(1, 4001)] for key in ("steps", "batch_size")}},
            "asks for 48,000,000 trainings; allowed: at most 1,000",
        ),
    ],
)
def test_a_wrong_sweep_is_named_in_one_line(change, message):
    with pytest.raises(InputError, match=message) as error:
        complete(changed("sweeps", {"rate": SWEEP | change}))
    assert "\n" not in str(error.value)


FOLDER = {"source": "folder", "path": "x"}


@pytest.mark.parametrize(
    ("dataset", "message"),
    [
        ({"trained_on": "x"}, r"'datasets\.new\.trained_on': unknown training dataset 'x'; "),
        ({"trained_on": "new"}, "unknown training dataset 'new'; allowed: bundled"),
        ({"trained_on": "bundled", "scales": [3]}, "scales': 3 is not in 'datasets.bundled.scales"),
        (
            {"trained_on": "bundled", "evaluate": {"split": "train"}},
            "'datasets.new.evaluate.split'",
        ),
        ({"trained_on": "bundled", "split": {"test": 3}}, "split.test' is 3, but all its photos"),
        (
            {"trained_on": "bundled", "evaluate": {"split": "validation"}},
            "evaluate.split' is validation, but all its photos are test photos",
        ),
        ({"split": {"by": "test"}}, "leaves nothing to train on; set 'datasets.new.trained_on'"),
        ({"realistic": {"noise_sigma": [3, 1]}}, "'datasets.new.realistic.noise_sigma': lowest ab"),
        ({"published": "set6"}, "'datasets.new.published' is 'set6'; allowed: set5, set14"),
        ({"download": "d"}, r"'datasets\.new\.download': unknown download 'd'"),
    ],
)
def test_a_wrong_test_set_is_named_in_one_line(dataset, message):
    config = changed("datasets.new", FOLDER | dataset)
    config["run"]["datasets"] = ["bundled", "new"]
    with pytest.raises(InputError, match=message) as error:
        complete(config)
    assert "\n" not in str(error.value)


def test_a_sweep_of_a_test_set_is_refused():
    config = changed("datasets.new", FOLDER | {"trained_on": "bundled"})
    config["run"]["datasets"] = ["bundled", "new"]
    config["sweeps"] = {"rate": SWEEP | {"dataset": "new"}}
    with pytest.raises(InputError, match=r"'sweeps\.rate\.dataset': 'new' has only test photos"):
        complete(config)


PAPER = {"as_run": "old", "clean": "bundled", "model": "paper_autoencoder"}


@pytest.mark.parametrize(
    ("section", "value", "message"),
    [
        ("paper", PAPER | {"model": "x"}, r"'paper\.model': unknown model 'x'"),
        ("paper", PAPER | {"clean": "old"}, "'paper.as_run' and 'paper.clean' are both 'old'"),
        ("paper", PAPER | {"as_run": "new"}, "'paper.as_run': 'new' has models of 'bundled'"),
        ("paper", PAPER, "'datasets.old.evaluate.split' is test, but the paper compared on val"),
        (
            "paper",
            PAPER | {"model": "espcn"},
            "'paper.model' needs the method 'espcn', which 'data",
        ),
        (
            "release",
            {"espcn": {"dataset": "bundled"}},
            "'release.espcn' needs the method 'espcn', which 'datasets.bundled.methods' lacks",
        ),
        (
            "release",
            {"lr_autoencoder": {"dataset": "bundled", "scales": [2, 3]}},
            r"'release\.lr_autoencoder\.scales': 3 is not in 'datasets\.bundled\.evaluate\.scales'",
        ),
        (
            "release",
            {"lr_autoencoder": {"dataset": "bundled", "measured_on": "old"}},
            "'release.lr_autoencoder.measured_on' is 'old', which has other models than "
            r"'release\.lr_autoencoder\.dataset'; set 'datasets\.old\.trained_on' to 'bundled'",
        ),
        (
            "upscale",
            {"input": "a", "output": "b", "network": "c.onnx", "kind": "photo"},
            "'upscale.kind' is 'photo', which chooses one of the networks that come with the",
        ),
        (
            "upscale",
            {"input": "a", "output": "b", "network": "c.onnx", "cost": "small"},
            "'upscale.cost' is 'small', which chooses one of the networks that come with the",
        ),
        (
            "upscale",
            {"input": "a", "output": "b", "network": "c.keras"},
            "'upscale.scale' is missing; the network 'c.keras' does not tell it",
        ),
        (
            "upscale",
            {"input": "a", "output": "b", "network": "c.h5"},
            "'upscale.network': 'c.h5' d",
        ),
        ("upscale", {"input": "a", "output": "b", "factor": 1e9}, "greater than the maximum of 64"),
    ],
)
def test_sections_that_do_not_fit_the_others_are_named_in_one_line(section, value, message):
    config = changed("datasets.new", FOLDER | {"trained_on": "bundled"})
    config["datasets"]["old"] = config["datasets"]["bundled"] | {
        "methods": ["unchanged", "bicubic", "paper_autoencoder"]
    }
    config["models"]["espcn"] = {"architecture": "espcn"}
    config["run"]["datasets"] = ["bundled", "new", "old"]
    config[section] = value
    with pytest.raises(InputError, match=message) as error:
        complete(config)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"chanels": 8},
            r"unknown key 'models\.lr_autoencoder\.options\.chanels'; allowed: channels,",
        ),
        ({"scale": 2}, r"unknown key 'models\.lr_autoencoder\.options\.scale'"),
        ({"channels": 2.5}, r"options\.channels': 2\.5 is not of type 'integer'"),
        ({"channels": 10**9}, "greater than the maximum of 4096"),
        ({"dropout": "much"}, "'much' is not of type 'number'"),
    ],
)
def test_options_are_those_of_the_architecture(options, message):
    with pytest.raises(InputError, match=message):
        complete(changed("models.lr_autoencoder.options", options))


def test_options_are_read_from_any_signature(tmp_path, monkeypatch):
    monkeypatch.setattr("superres.config.options.ARCHITECTURES", tmp_path)
    for name, signature in {
        "many": "scale: int, wide: int, *, deep: float = 1.0, last=None, **others",
        "none": "scale: int",
        "broken": "scale: int = ",
    }.items():
        (tmp_path / f"{name}.py").write_text(f"def build({signature}) -> None:\n    pass\n")
    (tmp_path / "empty.py").touch()
    assert of_architecture("many", ()) == {
        "type": "object",
        "properties": {"wide": TYPES["int"], "deep": TYPES["float"], "last": {}},
        "required": ["wide"],
        "additionalProperties": True,
    }
    assert not of_architecture("none", ())["properties"]
    with pytest.raises(InputError, match=r"broken\.py: line 1: "):
        of_architecture("broken", ())
    with pytest.raises(InputError, match=r"empty\.py: has no function build"):
        of_architecture("empty", ())


def test_more_jobs_than_snakemake_can_plan_are_refused():
    config = changed("run.shards", 100)
    config["run"]["seeds"] = [*range(10)]
    with pytest.raises(InputError, match="'run' asks for about 10,300 jobs") as error:
        complete(config | {"run": config["run"] | {"scales": [2, 4]}})
    assert "lower 'run.shards'" in str(error.value)
    config["run"]["shards"] = 50
    assert complete(config | {"run": config["run"] | {"scales": [2, 4]}})


def test_a_test_set_has_test_photos_alone():
    config = changed("datasets.new", FOLDER | {"trained_on": "bundled"})
    config["run"]["datasets"] = ["new", "bundled"]
    assert complete(config).datasets["new"].split.by == "test"
    del config["datasets"]["new"]["trained_on"]
    config["datasets"]["new"] |= {"methods": ["bicubic"], "split": {"by": "test"}}
    assert complete(config).datasets["new"].methods == ["bicubic"]


@pytest.mark.parametrize("key", [2, True, None, 1.5])
def test_a_key_that_is_no_text_is_named(key):
    config = DEFAULT | {"datasets": DEFAULT["datasets"] | {key: {}}}
    with pytest.raises(InputError, match=rf"'datasets': the key {key!r} is no text; put it into"):
        complete(config)


def test_odd_signs_of_a_key_leave_the_error_on_one_line():
    with pytest.raises(InputError, match=r"unknown key '\\n; touch pwned'; allowed: "):
        complete(DEFAULT | {"\n; touch pwned": 1})


def with_lr(**changes):
    config = copy.deepcopy(DEFAULT)
    section = {"source": "folder", "path": "hr", "lr_path": "lr", "degradation": "provided"}
    section |= {"scales": [3], "methods": ["bicubic"], "split": {"by": "test"}}
    config["datasets"]["new"] = section | changes
    return config


def test_lr_files_of_a_folder_take_one_scale_and_no_degradation_of_ours():
    assert complete(with_lr()).datasets["new"].lr_path == "lr"
    for changes in ({"scales": [2, 3]}, {"degradation": "bicubic"}):
        with pytest.raises(
            InputError, match=r"datasets\.new\.lr_path' takes the source 'folder', "
        ):
            complete(with_lr(**changes))


@pytest.mark.parametrize(
    "other",
    [{"test": ["bata_drums"]}, {"test": 12}, {"validation": ["koala"]}, {"by": "test"}],
)
def test_folds_test_every_photo_once(other):
    config = changed("datasets.bundled.split", {"folds": 5, "validation": 4} | other)
    with pytest.raises(InputError, match=r"bundled\.split\.folds' is 5, which takes 'by: scene'"):
        complete(config)


def test_no_section_takes_the_models_of_a_dataset_with_folds():
    config = changed("datasets.bundled.split", {"folds": 5})
    config["datasets"]["new"] = {"source": "folder", "path": "mine", "trained_on": "bundled"}
    config["run"]["datasets"] = ["bundled", "new"]
    with pytest.raises(InputError, match=r"datasets\.new\.trained_on"):
        complete(config)
    config = changed("datasets.bundled.split", {"folds": 5})
    config["release"] = {"lr_autoencoder": {"dataset": "bundled"}}
    with pytest.raises(InputError, match="'bundled' has folds, each with models of its own"):
        complete(config)


@pytest.mark.parametrize("config", [None, [], "text", {"datasets": None}, {"datasets": [2]}])
def test_what_is_no_configuration_is_refused(config):
    with pytest.raises(InputError, match="configuration: "):
        complete(config)
