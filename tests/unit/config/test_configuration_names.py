"""Names of the configuration, which become folders on any machine."""

from pathlib import Path

import pytest
import yaml

from superres.config import complete
from superres.config.names import check_reserved
from superres.core.errors import InputError

ROOT = Path(__file__).parents[3]
DEFAULT = yaml.safe_load((ROOT / "config/config.yaml").read_text())
ENTRIES = {
    "datasets": {"source": "bundled"},
    "models": {"architecture": "espcn"},
    "downloads": {"path": "x.zip"},
    "sweeps": {
        "model": "lr_autoencoder",
        "dataset": "bundled",
        "scale": 2,
        "grid": {"training.batch_size": [1]},
    },
}


def named(section: str, *names: str) -> dict:
    """The default configuration with further entries of one section."""
    return DEFAULT | {section: DEFAULT.get(section, {}) | dict.fromkeys(names, ENTRIES[section])}


@pytest.mark.parametrize("section", ENTRIES)
@pytest.mark.parametrize(
    "name", ["mine\n", "\nmine", "a b", "a/b", ".", "..", "-n", "", "ü", "a.b", "x" * 65, "~"]
)
def test_what_is_no_folder_everywhere_is_no_name(section, name):
    with pytest.raises(InputError, match=f"in '{section}' has characters other than") as error:
        complete(named(section, name))
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("section", ENTRIES)
@pytest.mark.parametrize("name", ["mine", "2", "A-b_c", "x" * 64, "code", "pairs", "console"])
def test_any_other_name_is_taken(section, name):
    assert name in getattr(complete(named(section, name)), section)


@pytest.mark.parametrize("section", ENTRIES)
def test_names_that_differ_in_case_alone_are_refused(section):
    with pytest.raises(InputError, match=f"'mine' and 'Mine' in '{section}' differ in upper and"):
        complete(named(section, "mine", "Mine"))


@pytest.mark.parametrize("section", ENTRIES)
@pytest.mark.parametrize("name", ["con", "NUL", "Com1"])
def test_names_that_windows_reserves_are_refused(section, name):
    with pytest.raises(InputError, match=f"{name!r} in '{section}' is reserved, as Windows has"):
        complete(named(section, name))


@pytest.mark.parametrize("name", ["bicubic", "Bicubic", "UNCHANGED"])
def test_a_model_cannot_be_called_like_an_interpolation(name):
    with pytest.raises(InputError, match=f"{name!r} in 'models' is reserved, as "):
        complete(named("models", name))


PATTERNS = [
    "results/{dataset}/x{scale}/{method}/model.keras",
    "results/{dataset}/x{scale}/pairs/{shard}",
    "results/{dataset}/x{scale}/split.csv",
    "results/code",
    "results/Report/figures/one.png",
    "results/downloads/{download}/files",
    "results/downloads/cache",
    "results/logs/{dataset}/tables.log",
    "results/logs/own/tables.log",
]


@pytest.mark.parametrize(
    ("section", "name", "path"),
    [
        ("datasets", "code", "results/code"),
        ("datasets", "CODE", "results/code"),
        ("datasets", "report", "results/Report"),
        ("datasets", "logs", "results/logs"),
        ("datasets", "own", "results/logs/own"),
        ("models", "pairs", r"results/\{dataset\}/x\{scale\}/pairs"),
        ("downloads", "cache", "results/downloads/cache"),
    ],
)
def test_a_name_that_a_rule_writes_in_its_place_is_refused(section, name, path):
    with pytest.raises(InputError, match=f"{name!r} in '{section}' is reserved, .* {path}; choose"):
        check_reserved(complete(named(section, name)), PATTERNS)


@pytest.mark.parametrize(
    ("section", "name"),
    [("datasets", "pairs"), ("models", "code"), ("downloads", "code"), ("sweeps", "code")],
)
def test_the_same_name_elsewhere_is_taken(section, name):
    check_reserved(complete(named(section, name)), PATTERNS)


def test_a_cell_of_a_sweep_is_a_folder_too():
    def sweep(name: str, grid: dict) -> dict:
        return DEFAULT | {"sweeps": {name: ENTRIES["sweeps"] | {"grid": grid}}}

    grid = {f"training.{key}": [1] for key in ("plateau_epochs", "early_stopping_epochs", "steps")}
    grid |= {f"training.{key}": [0.12345678901234567] for key in ("learning_rate", "ema")}
    grid |= {f"options.{part}_blocks": [1] for part in ("inner", "encoder", "decoder")}
    assert complete(sweep("s", grid))
    with pytest.raises(InputError, match=r"'sweeps\.s{64}\.grid': 's.*' cannot be a folder's name"):
        complete(sweep("s" * 64, grid))
