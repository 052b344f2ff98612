"""Every environment file holds what its steps need, at the versions of the lock."""

import os
import re
import runpy
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from conftest import PAPER, TARGETS

from generate import VARIANTS, step_of

ROOT = Path(__file__).parents[2]
ENVIRONMENTS = sorted(file.stem for file in (ROOT / "envs").glob("*.yaml"))
SCRIPTS = sorted(file.stem for file in (ROOT / "workflow/scripts").glob("*.py"))


def test_generated_files_are_up_to_date():
    done = subprocess.run(
        [sys.executable, "tools/generate.py", "--check"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_an_environment_takes_python_from_conda_forge_and_exact_pins_from_pypi(name):
    environment = yaml.safe_load((ROOT / f"envs/{name}.yaml").read_text())
    assert environment["channels"] == ["conda-forge", "nodefaults"]
    python, pip, pins = environment["dependencies"]
    assert (python, pip) == ("python=3.11", "pip")
    lock = (ROOT / "uv.lock").read_text()
    for pin in pins["pip"]:
        name, version = re.match(r"([a-z0-9-]+)==(\S+)", pin).groups()
        assert f'name = "{name}"\nversion = "{version}"' in lock


def test_the_client_of_kaggle_is_in_its_environment_only():
    holding = [
        name for name in ENVIRONMENTS if "kaggle==" in (ROOT / f"envs/{name}.yaml").read_text()
    ]
    assert holding == ["download"]


@pytest.fixture(scope="module")
def commands(finished_paper) -> dict[str, str]:
    """The first shell command of every rule, as Snakemake would run it."""
    options = (*TARGETS, "verify", "--dry-run", "--forceall", "--printshellcmds", *PAPER)
    listed = finished_paper.snakemake(*options).stdout
    found = {}
    for command in re.findall(r"^Shell command: (.*python .*)$", listed, re.MULTILINE):
        # The first option of every command follows its script.
        script = next(word for word in shlex.split(command) if word.endswith(".py"))
        found.setdefault(Path(script).stem, command)
    assert sorted(found) == SCRIPTS
    return found


def test_libraries_of_gpus_are_in_their_environment_only():
    holding = {
        name for name in ENVIRONMENTS if "nvidia" in (ROOT / f"envs/{name}.yaml").read_text()
    }
    assert holding == VARIANTS == {"train_gpu"}


@pytest.mark.parametrize("name", sorted(set(ENVIRONMENTS) - VARIANTS))
def test_the_steps_run_in_a_fresh_environment_with_just_its_pins(
    name, commands, finished_paper, tmp_path
):
    pins = yaml.safe_load((ROOT / f"envs/{name}.yaml").read_text())["dependencies"][-1]["pip"]
    (tmp_path / "pins.txt").write_text("\n".join(pins))
    python = tmp_path / "venv/bin/python"
    uv = [sys.executable, "-m", "uv"]
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    for step in (
        [*uv, "venv", "--quiet", "--python", version, str(tmp_path / "venv")],
        [*uv, "pip", "sync", "--quiet", "--python", str(python), str(tmp_path / "pins.txt")],
    ):
        subprocess.run(step, check=True, cwd=tmp_path)
    scripts = [script for script in commands if step_of(script) == name]
    assert scripts
    folder = tmp_path / "checkout"
    shutil.copytree(finished_paper.folder, folder, symlinks=True)
    if name == "download":
        # Snakemake removes what a step is about to make; this one insists.
        shutil.rmtree(folder / "results/downloads")
        (folder / "results/downloads").mkdir()
    for script in scripts:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", commands[script]],
            cwd=folder,
            env={"PATH": os.pathsep.join([str(python.parent), os.defpath]), "HOME": str(tmp_path)},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("script", SCRIPTS)
def test_every_script_explains_itself(script, monkeypatch, capsys):
    file = ROOT / f"workflow/scripts/{script}.py"
    monkeypatch.setattr(sys, "argv", [file.name, "--help"])
    # In this process, which has most of what they import.
    with pytest.raises(SystemExit) as end:
        runpy.run_path(str(file), run_name="__main__")
    assert end.value.code == 0
    said = capsys.readouterr().out
    assert "usage:" in said
    assert file.read_text().split('"""')[1].split()[0] in said
