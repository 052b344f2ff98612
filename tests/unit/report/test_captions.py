"""Captions of the report, rendered for real configurations as Snakemake renders them."""

from pathlib import Path
from types import SimpleNamespace

import jinja2
import pytest
import yaml

from superres.config import complete
from superres.config.likeness import merged
from superres.config.targets import Targets

ROOT = Path(__file__).parents[3]
# The landing text has other facts, and a test in a browser.
CAPTIONS = sorted(
    set((ROOT / "workflow/report").glob("*.rst")) - {ROOT / "workflow/report/landing.rst"}
)
NEVER = ("none of them trained on", "never trained on", "which no model was trained on")


def configuration(*overlays):
    files = [ROOT / f"config/{name}.yaml" for name in ("config", *overlays)]
    config: dict = {}
    for file in files:
        config = merged(config, yaml.safe_load(file.read_text()))
    return complete(config)


def caption(name, config, dataset):
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined)
    wildcards = SimpleNamespace(dataset=dataset, scale="2", method="m", seed="0", sweep="s")
    facts = Targets(config).caption_facts(dataset)
    snakemake = SimpleNamespace(wildcards=wildcards, params=SimpleNamespace(facts=facts))
    template = environment.from_string((ROOT / f"workflow/report/{name}.rst").read_text())
    return " ".join(template.render(snakemake=snakemake).split())


@pytest.fixture(scope="module")
def default():
    return configuration()


@pytest.fixture(scope="module")
def paper():
    return configuration("paper")


@pytest.mark.parametrize("file", CAPTIONS, ids=lambda file: file.stem)
def test_every_caption_uses_only_what_snakemake_gives_it(file, default, paper):
    for config, dataset in ((default, "bundled"), (paper, "paper"), (paper, "clean")):
        text = caption(file.stem, config, dataset)
        assert len(text) > 50 and "{" not in text


@pytest.mark.parametrize("name", ["crops", "comparison", "learning_curves"])
def test_photos_are_said_to_be_unknown_to_models_only_where_they_are(name, default, paper):
    for config, dataset, unknown in (
        (default, "bundled", True),
        (paper, "clean", True),
        (paper, "paper", False),
    ):
        text = caption(name, config, dataset)
        assert any(words in text for words in NEVER) == unknown
        assert ("also learned from at other scales" in text) != unknown


@pytest.mark.parametrize("name", ["crops", "comparison", "front", "benchmark"])
def test_the_split_that_was_measured_is_named(name, default, paper):
    assert "test photo" in caption(name, default, "bundled").lower()
    measured = caption(name, paper, "paper").lower()
    assert "validation photo" in measured and "test photo" not in measured


@pytest.mark.parametrize("name", ["benchmark", "comparisons", "gains", "answer"])
def test_trainings_are_part_of_an_interval_only_where_there_are_several(name, default):
    assert "trainings' means" not in caption(name, default, "bundled")
    several = default.model_copy(update={"run": default.run.model_copy(update={"seeds": [0, 1]})})
    assert "trainings' means" in caption(name, several, "bundled")
