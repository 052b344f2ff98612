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
from conftest import PAPER, TARGETS, once

from generate import PIP, PYTHON

ROOT = Path(__file__).parents[2]
ENVIRONMENTS = sorted(file.stem for file in (ROOT / "envs").glob("*.yaml"))
SCRIPTS = sorted(file.stem for file in (ROOT / "workflow/scripts").glob("*.py"))


def test_generated_files_are_up_to_date():
    done = subprocess.run(
        [sys.executable, "tools/generate.py", "--check"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_an_environment_takes_python_and_pip_from_conda_forge_and_checked_pins_from_pypi(name):
    environment = yaml.safe_load((ROOT / f"envs/{name}.yaml").read_text())
    assert environment["channels"] == ["conda-forge", "nodefaults"]
    python, pip, pins = environment["dependencies"]
    assert (python, pip) == (f"python={PYTHON}", f"pip={PIP}")
    lock = (ROOT / "uv.lock").read_text()
    for pin in pins["pip"]:
        # One line each, as conda and mamba write them into a requirements file.
        assert "\n" not in pin
        name, version = re.match(r"([a-z0-9-]+)==(\S+)", pin).groups()
        (entry,) = re.findall(
            rf'name = "{name}"\nversion = "{re.escape(version)}"\n.*?\n\n', lock, re.DOTALL
        )
        digests = re.findall(r" --hash=(sha256:[0-9a-f]{64})", pin)
        assert digests
        assert all(digest in entry for digest in digests)


def test_the_client_of_kaggle_is_in_its_environment_only():
    holding = [
        name for name in ENVIRONMENTS if "kaggle==" in (ROOT / f"envs/{name}.yaml").read_text()
    ]
    assert holding == ["download"]


# What these functions of the rules choose by default.
CHOSEN = {
    "environment_of_training": "train",
    "environment_of_runtime": "predict",
    "upscaling_environment": "predict",
}
# Chosen by `run.gpu` alone.
GPU = "train_gpu"


def environments_by_script() -> dict[str, str]:
    """The environment of every script, as the rules name it."""
    text = "".join(file.read_text() for file in (ROOT / "workflow/rules").glob("*.smk"))
    environments = {}
    for rule in re.split(r"^ *rule ?\w*:$", text, flags=re.MULTILINE)[1:]:
        script = re.search(r'\bcode(?:_of_model)?\(\s*f?"(\w+)', rule)
        named = re.search(r'conda:\s+(?:"../../envs/(\w+)\.yaml"|(\w+)\()', rule)
        if script and named:
            environments[script[1]] = named[1] or CHOSEN[named[2]]
    return environments


ENVIRONMENT_OF = environments_by_script()


def test_every_script_and_every_environment_is_used_by_a_rule():
    assert sorted(ENVIRONMENT_OF) == SCRIPTS
    assert sorted({*ENVIRONMENT_OF.values(), GPU}) == ENVIRONMENTS


@pytest.fixture(scope="module")
def commands(finished_paper) -> dict[str, str]:
    """The first shell command of every step, by script and, where it has several, its command."""
    options = (*TARGETS, "verify", "--dry-run", "--forceall", "--printshellcmds", *PAPER)
    listed = finished_paper.snakemake(*options).stdout
    first = {}
    for command in re.findall(r"^Shell command: (.*python .*)$", listed, re.MULTILINE):
        words = shlex.split(command)
        index = next(index for index, word in enumerate(words) if word.endswith(".py"))
        # Options follow the script, unless the name of a command does.
        step = [Path(words[index]).stem, *words[index + 1 : index + 2]]
        first.setdefault(" ".join(word for word in step if not word.startswith("-")), command)
    assert {step.partition(" ")[0] for step in first} == set(SCRIPTS)
    return first


def test_libraries_of_gpus_are_in_their_environment_only():
    holding = {
        name for name in ENVIRONMENTS if "nvidia" in (ROOT / f"envs/{name}.yaml").read_text()
    }
    assert holding == {GPU}


@pytest.fixture(scope="session")
def bare_environment(tmp_path_factory) -> Path:
    """A new environment of Python and pip in the versions that conda would take."""
    interpreter = shutil.which(f"python{PYTHON}")
    if interpreter is None:
        pytest.skip(f"python{PYTHON}, which the files of envs/ name, is not installed")

    def make(folder: Path) -> None:
        subprocess.run([interpreter, "-m", "venv", folder], check=True)
        pip = [folder / "bin/python", "-m", "pip", "install", "--quiet", f"pip=={PIP}"]
        subprocess.run(pip, check=True)

    return once(tmp_path_factory, "bare", make).folder


@pytest.fixture
def python(bare_environment, tmp_path) -> Path:
    """The Python of an environment that a test may fill."""
    shutil.copytree(bare_environment, tmp_path / "venv", symlinks=True)
    return tmp_path / "venv/bin/python"


def pip_install(python: Path, pins: list[str], folder: Path, *options: str) -> None:
    """Install pins as conda does: each a line of a requirements file for pip."""
    file = folder / "condaenv.requirements.txt"
    file.write_text("\n".join(pins))
    command = [python, "-m", "pip", "install", "-U", "-r", file, "--exists-action=b", *options]
    # Modules that are imported are compiled then, most are never.
    environment = os.environ | {"PIP_NO_COMPILE": "1"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_pip_resolves_the_environment_of_gpus(python, tmp_path):
    # Without checksums, with which pip would download gigabytes even in a dry run.
    pins = [pin.partition(" --hash")[0] for pin in pins_of("train_gpu")]
    pip_install(python, pins, tmp_path, "--dry-run")


def test_pip_refuses_a_package_with_another_checksum(python, tmp_path):
    (pin,) = (pin for pin in pins_of("split") if pin.startswith("six=="))
    digests = re.findall(r"sha256:([0-9a-f]{64})", pin)
    for digest in digests:
        pin = pin.replace(digest, digest[::-1])
    with pytest.raises(AssertionError, match="DO NOT MATCH THE HASHES"):
        pip_install(python, [pin], tmp_path)


def pins_of(name: str) -> list[str]:
    return yaml.safe_load((ROOT / f"envs/{name}.yaml").read_text())["dependencies"][-1]["pip"]


# Files of the same content become one environment, as Snakemake names them by their content.
SAME = {
    (ROOT / f"envs/{name}.yaml").read_text(): [
        other
        for other in ENVIRONMENTS
        if (ROOT / f"envs/{other}.yaml").read_text() == (ROOT / f"envs/{name}.yaml").read_text()
    ]
    for name in ENVIRONMENTS
    if name != GPU
}


@pytest.mark.parametrize("names", SAME.values(), ids="+".join)
def test_the_steps_run_in_a_fresh_environment_that_pip_made(
    names, commands, finished_paper, python, tmp_path
):
    pip_install(python, pins_of(names[0]), tmp_path)
    steps = [step for step in commands if ENVIRONMENT_OF[step.partition(" ")[0]] in names]
    assert {ENVIRONMENT_OF[step.partition(" ")[0]] for step in steps} == set(names)
    folder = tmp_path / "checkout"
    shutil.copytree(finished_paper.folder, folder, symlinks=True)
    if names == ["download"]:
        # Snakemake removes what a step is about to make; this one insists.
        shutil.rmtree(folder / "results/downloads")
        (folder / "results/downloads").mkdir()
    for step in steps:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", commands[step]],
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
    assert "usage:" in capsys.readouterr().out
