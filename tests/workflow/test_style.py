"""Lint, as tests: one command checks everything."""

import os
import re
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


def test_every_rule_asks_a_scheduler_for_memory_and_time():
    text = "".join(file.read_text() for file in (ROOT / "workflow/rules").glob("*.smk"))
    _, *rules = re.split(r"^rule ", text, flags=re.MULTILINE)
    wishes = re.compile(r"\n    resources:\n        mem_mb=\d+,\n        runtime=\d+,\n")
    assert len(rules) > 20
    assert [rule.partition(":")[0] for rule in rules if not wishes.search(rule)] == []


def test_conda_would_find_every_environment(checkout):
    if shutil.which("conda") is None:
        pytest.skip("conda is not installed, and Snakemake asks for it even in a dry run")
    done = checkout.snakemake("--dry-run", "--use-conda")
    assert done.returncode == 0, done.stdout
    assert "envs/train.yaml" in done.stdout


def test_a_missing_conda_is_named_with_another_way(checkout, monkeypatch):
    folders = [folder for folder in os.get_exec_path() if not Path(folder, "conda").exists()]
    monkeypatch.setenv("PATH", os.pathsep.join(folders))
    done = checkout.snakemake("--dry-run", "--use-conda")
    assert done.returncode != 0
    *_, last = done.stdout.splitlines()
    assert last.startswith("error: --use-conda: conda is not installed; install Miniforge, or run")
