"""Lint, as tests: one command checks everything."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    "command",
    [
        ["snakemake", "--lint"],
        ["snakefmt", "--check", "Snakefile", "workflow"],
        ["ruff", "check", "."],
        ["ruff", "format", "--check", "."],
    ],
    ids=lambda command: " ".join(command[:2]),
)
def test_lint(command):
    program = Path(sys.executable).parent / command[0]
    done = subprocess.run([program, *command[1:]], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_conda_would_find_every_environment(checkout):
    if shutil.which("conda") is None:
        pytest.skip("conda is not installed, and Snakemake asks for it even in a dry run")
    done = checkout.snakemake("--dry-run", "--use-conda")
    assert done.returncode == 0, done.stdout
    assert "envs/train.yaml" in done.stdout
