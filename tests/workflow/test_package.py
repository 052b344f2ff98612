"""The program `superres` from a wheel, in an environment that has nothing else."""

import os
import subprocess
import zipfile
from pathlib import Path

import pytest
from conftest import SHIPPED
from PIL import Image

ROOT = Path(__file__).parents[2]
UV = ROOT / ".venv/bin/uv"


def run(*command: str | Path, cwd: Path = ROOT) -> str:
    variables = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [*map(str, command)], cwd=cwd, env=variables, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(UV, "build", "--wheel", "--quiet", "--out-dir", folder, ROOT)
    (file,) = folder.glob("*.whl")
    return file


@pytest.fixture(scope="module")
def superres(wheel, tmp_path_factory) -> Path:
    """The installed program."""
    environment = tmp_path_factory.mktemp("environment") / "own"
    run(UV, "venv", "--quiet", environment)
    run(UV, "pip", "install", "--quiet", "--python", environment / "bin/python", wheel)
    return environment / "bin/superres"


def test_the_wheel_holds_the_library_and_the_networks_alone(wheel):
    with zipfile.ZipFile(wheel) as files:
        names = files.namelist()
    assert f"superres/resources/models/{SHIPPED.name}" in names
    assert {name.split("/")[0].split("-")[0] for name in names} == {
        "superres",
        "super_resolution_workflow",
    }
    assert wheel.stat().st_size < 4 * 10**6


def test_the_installed_program_upscales_a_photo(superres, tmp_path):
    Image.effect_mandelbrot((40, 30), (-2, -1, 1, 1), 50).convert("RGB").save(tmp_path / "a.png")
    said = run(superres, "a.png", cwd=tmp_path)
    assert said.startswith("'a_x2.png': 80 x 60 pixels by residual_x2 (")
    with Image.open(tmp_path / "a_x2.png") as image:
        assert image.size == (80, 60)
    assert f"{SHIPPED.stem}: x2, clean, standard, +" in run(superres, "--list-networks")
    assert run(superres, "--version").strip()[0].isdigit()


def test_compare_says_what_it_needs_and_works_with_it(superres, wheel, tmp_path):
    for number, name in enumerate(("a.png", "b.png", "original.png")):
        Image.new("RGB", (40, 30), (number, 0, 0)).save(tmp_path / name)
    command = (superres, "compare", "a.png", "b.png", "original.png")
    refused = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert refused.returncode == 1
    (line,) = refused.stderr.splitlines()
    assert line.endswith("pip install 'super-resolution-workflow[compare]'")
    environment = tmp_path / "environment"
    run(UV, "venv", "--quiet", environment)
    package = f"{wheel}[compare]"
    run(UV, "pip", "install", "--quiet", "--python", environment / "bin/python", package)
    said = run(environment / "bin/superres", *command[1:], cwd=tmp_path)
    assert "PSNR RGB (dB)" in said
    assert (tmp_path / "comparison/index.html").is_file()


def test_it_runs_once_without_being_installed(tmp_path):
    """As `uvx --from . superres photo.jpg` does in a clone."""
    Image.new("RGB", (20, 10)).save(tmp_path / "photo.jpg")
    run(UV, "tool", "run", "--from", ROOT, "superres", "photo.jpg", cwd=tmp_path)
    with Image.open(tmp_path / "photo_x2.jpg") as image:
        assert image.size == (40, 20)


def test_the_environment_stays_light(superres):
    installed = run(UV, "pip", "freeze", "--python", superres.with_name("python")).lower()
    heavy = ("tensorflow", "keras", "pandas", "snakemake", "scipy", "matplotlib", "torch")
    assert not [line for line in installed.splitlines() if line.startswith(heavy)]
    assert len(installed.splitlines()) < 20
