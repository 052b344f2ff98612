"""Runs in another folder than the code's, and as a module of another workflow."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from conftest import SHIPPED, Checkout, copy_project, rows
from elsewhere import (
    INTERPOLATED,
    TINY,
    embedded_default,
    insist_on_one_line,
    insist_on_provenance,
    write_yaml,
)

from superres.config.likeness import merged
from superres.images.rgb_files import read_rgb, write_png

ROOT = Path(__file__).parents[2]


@pytest.fixture
def project(tmp_path) -> Checkout:
    """A checkout whose path has a space."""
    return copy_project(tmp_path / "the project")


@pytest.mark.parametrize("way", ["snakefile", "directory", "within"])
def test_a_run_in_another_folder_is_like_one_in_the_checkout(project, tmp_path, way):
    # Snakemake finds the Snakefile in `workflow`, and leaves results below the code.
    elsewhere = project.folder / "workflow" if way == "within" else tmp_path / "my run"
    elsewhere.mkdir(exist_ok=True)
    overlay = str(write_yaml(tmp_path / "overlay.yaml", INTERPOLATED))
    options = {
        "snakefile": ("--snakefile", "../the project/Snakefile"),
        "directory": ("--directory", "../my run"),
        "within": (),
    }[way]
    here = Checkout(project.folder if way == "directory" else elsewhere)
    here.run(*options, "--configfile", overlay)
    insist_on_provenance(elsewhere / "results", project.folder)
    assert (elsewhere / "results/bundled/figures/gains.png").is_file()
    assert not (project.folder / "results").exists()
    done = here.snakemake("verify", *options, "--cores", "1")
    assert done.returncode == 0, done.stdout
    (elsewhere / "results/bundled/tables/benchmark.md").write_text("better than it was")
    assert here.snakemake("verify", *options, "--cores", "1").returncode != 0
    shutil.rmtree(elsewhere / "results/bundled/comparison")
    assert set(here.jobs(*options, "--configfile", overlay)) <= {
        "comparison_page",
        "provenance",
        "all",
        "everything",
    }


def test_the_configuration_of_the_working_directory_is_before_the_embedded_default(
    project, tmp_path
):
    elsewhere = tmp_path / "my run"
    elsewhere.mkdir()
    here = Checkout(elsewhere)
    snakefile = ("--snakefile", "../the project/Snakefile")
    assert here.jobs(*snakefile)["train"] == 2
    write_yaml(elsewhere / "config/config.yaml", merged(embedded_default(), INTERPOLATED))
    assert "train" not in here.jobs(*snakefile)


MODULE = """
configfile: "mine.yaml"


rule all:
    input:
        "summary.md",


module superres:
    snakefile:
        "../the project/workflow/Snakefile"
    config:
        config["for the module"]
    prefix:
        "made by/the module"


use rule * from superres as sr_*


rule summary:
    input:
        rules.sr_everything.input,
        table="made by/the module/results/mine/tables/benchmark.md",
    output:
        "summary.md",
    shell:
        "cp {input.table:q} {output}"
"""


def test_a_module_has_its_own_names_prefix_and_configuration(project, tmp_path):
    mine = tmp_path / "my own"
    (mine / "photos/some").mkdir(parents=True)
    (mine / "pictures").mkdir()
    values = np.random.default_rng(0)
    for name in "abcdef":
        image = values.integers(0, 256, (48, 48, 3)).astype(np.uint8)
        write_png(mine / f"photos/some/{name}.png", image)
    write_png(mine / "pictures/large.png", image)
    dataset = {
        "source": "folder",
        "download": "archive",
        "path": "some",
        "split": {"test": ["a", "b"], "validation": ["c"], "test_share": 0, "validation_share": 0},
    }
    network = mine / "networks/mine.onnx"
    network.parent.mkdir()
    shutil.copyfile(SHIPPED, network)
    overlay = merged(
        TINY,
        {
            "run": {"datasets": ["mine"]},
            "datasets": {"mine": dataset},
            "downloads": {"archive": {"path": "photos"}},
            "upscale": {"input": "pictures", "output": "larger", "network": "networks/mine.onnx"},
        },
    )
    config = merged(embedded_default(), overlay)
    write_yaml(mine / "mine.yaml", {"for the module": config, "another key": 1})
    (mine / "Snakefile").write_text(MODULE)
    here = Checkout(mine)
    # The importing workflow's first rule is still the default.
    here.run()
    results = mine / "made by/the module/results"
    assert (mine / "summary.md").read_bytes() == (results / "mine/tables/benchmark.md").read_bytes()
    assert rows(results / "mine/x2/lr_autoencoder/seed0/history.csv")
    insist_on_provenance(results, project.folder)
    assert here.jobs() == {}
    for target in ("sr_verify", "sr_upscale"):
        done = here.snakemake(target, "--cores", "1")
        assert done.returncode == 0, done.stdout
    assert read_rgb(mine / "larger/large.png").shape == (96, 96, 3)
    assert {entry.name for entry in mine.iterdir() if not entry.name.startswith(".")} == {
        "Snakefile",
        "larger",
        "made by",
        "mine.yaml",
        "networks",
        "photos",
        "pictures",
        "summary.md",
    }


def test_two_copies_in_one_workflow_are_refused(project, tmp_path):
    copy_project(tmp_path / "another")
    modules = [
        f"module {name}:\n    snakefile: '../{folder}/Snakefile'\n    config: {INTERPOLATED}\n"
        f"    prefix: '{name}'\nuse rule * from {name} as {name}_*\n"
        for name, folder in (("one", "the project"), ("two", "another"))
    ]
    here = Checkout(tmp_path / "mine")
    here.folder.mkdir()
    (here.folder / "Snakefile").write_text("".join(modules))
    config = merged(embedded_default(), INTERPOLATED)
    text = "".join(modules).replace(str(INTERPOLATED), str(config))
    (here.folder / "Snakefile").write_text(text)
    insist_on_one_line(here.snakemake("--dry-run"), "give all modules the same snakefile")
    (here.folder / "Snakefile").write_text(text.replace("another", "the project"))
    jobs = here.jobs("one_all", "two_all")
    assert jobs["one_tables"] == jobs["two_tables"] == 1
