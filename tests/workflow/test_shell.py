"""What the rules hand to a shell: paths and names of any kind, and none of them obeyed."""

import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from conftest import SHIPPED, Checkout, copy_project
from elsewhere import INTERPOLATED, insist_on_one_line, write_yaml

from superres.config.likeness import merged
from superres.images.rgb_files import read_rgb, write_png

ROOT = Path(__file__).parents[2]
RULES = sorted((ROOT / "workflow/rules").glob("*.smk"))
# A name that is a command, a pattern, an option and a broken quotation, as far as a shell goes.
AWKWARD = "-a b'c\" $(touch pwned) `touch pwned` ;touch pwned & *?[x] \\ # ~"
# Snakemake's own signs; rules name no file by such a name.
PATTERNS = "{dataset} {} <results> <y>"


def shell_templates() -> dict[str, str]:
    """The text of every `shell:` by the place of its rule."""
    common = (ROOT / "workflow/rules/common.smk").read_text()
    step = re.search(r'^STEP = (".*")$', common, re.MULTILINE)[1]
    templates = {}
    for file in RULES:
        lines = file.read_text().splitlines()
        for number, line in enumerate(lines):
            if line.strip() == "shell:":
                inside = []
                for text in lines[number + 1 :]:
                    if not re.match(r'\s+("|#|STEP$)', text):
                        break
                    inside.append(text.strip().replace("STEP", step))
                templates[f"{file.name}:{number + 1}"] = "\n".join(inside)
    return templates


def test_every_rule_quotes_all_that_it_hands_to_a_shell():
    templates = shell_templates()
    rules = [
        rule
        for file in RULES
        for rule in re.findall(r"^ *rule\b.*:$", file.read_text(), re.MULTILINE)
    ]
    assert len(templates) == len(rules) > 20
    for place, template in templates.items():
        fields = re.findall(r"\{([^{}]*)\}", template)
        assert fields, place
        assert [field for field in fields if not field.endswith(":q")] == [], place


def test_no_rule_runs_python_within_snakemake():
    """Snakemake starts such a rule by a command in which it does not quote paths."""
    text = "".join(file.read_text() for file in [*RULES, ROOT / "Snakefile"])
    assert not re.search(r"^ *(run|script|notebook|wrapper|template_engine):", text, re.MULTILINE)
    assert "shell(" not in text


@pytest.fixture
def awkward(tmp_path) -> Checkout:
    """A run in a folder, and of photos, a network and pictures, whose names are awkward."""
    project = copy_project(tmp_path / AWKWARD / "checkout")
    here = Checkout(tmp_path / AWKWARD / f"my {PATTERNS}")
    photos = here.folder / f"{AWKWARD} {PATTERNS}"
    photos.mkdir(parents=True)
    for number, name in enumerate([AWKWARD, PATTERNS, "$x$", "-n", "e", "f"]):
        image = np.random.default_rng(number).integers(0, 256, (48, 48, 3)).astype(np.uint8)
        write_png(photos / f"{name}.png", image)
    shutil.copy(SHIPPED, here.folder / f"{AWKWARD}.onnx")
    overlay = {
        "run": {"datasets": ["mine"]},
        "datasets": {
            "mine": {
                "source": "folder",
                "path": photos.name,
                "split": {
                    "test": [PATTERNS, AWKWARD, "-n"],
                    "validation": ["$x$"],
                    "test_share": 0,
                },
            }
        },
        "upscale": {
            "input": photos.name,
            "output": f"-o {photos.name}",
            "network": f"{AWKWARD}.onnx",
        },
    }
    write_yaml(here.folder / "mine.yaml", merged(INTERPOLATED, overlay))
    (here.folder / "Snakefile").symlink_to(project.folder / "Snakefile")
    return here


def test_names_of_any_kind_are_names_and_no_commands(awkward, tmp_path):
    snakefile = str((awkward.folder / "Snakefile").resolve())
    awkward.run("all", "upscale", "--snakefile", snakefile, "--configfile", "mine.yaml")
    photos = awkward.folder / f"{AWKWARD} {PATTERNS}"
    upscaled = awkward.folder / f"-o {photos.name}"
    assert {file.name for file in upscaled.glob("[!.]*")} == {
        file.name for file in photos.iterdir()
    }
    assert read_rgb(upscaled / f"{PATTERNS}.png").shape == (96, 96, 3)
    assert (awkward.folder / "results/ro-crate-metadata.json").is_file()
    assert list(tmp_path.rglob("pwned")) == []


def test_a_network_whose_name_is_a_pattern_is_refused_in_one_line(awkward):
    name = "my {x}.onnx"
    shutil.copy(SHIPPED, awkward.folder / name)
    overlay = {"upscale": {"input": "x", "output": "y", "network": name}}
    write_yaml(awkward.folder / "mine.yaml", merged(INTERPOLATED, overlay))
    snakefile = str((awkward.folder / "Snakefile").resolve())
    options = ("upscale", "--dry-run", "--snakefile", snakefile, "--configfile", "mine.yaml")
    insist_on_one_line(awkward.snakemake(*options), "'upscale.network' is 'my {x}.onnx', of which")


def test_a_checkout_whose_name_is_a_pattern_is_refused_in_one_line(tmp_path):
    project = copy_project(tmp_path / "my {checkout}")
    insist_on_one_line(project.snakemake("--dry-run"), "rename the folder")
