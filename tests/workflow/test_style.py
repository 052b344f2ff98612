"""Lint, as tests: one command checks everything."""

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPTS = ROOT / "workflow/scripts"


@pytest.mark.parametrize(
    "command",
    [
        ["snakemake", "--lint"],
        ["snakefmt", "--check", "Snakefile", "workflow"],
        ["ruff", "check", "."],
        ["ruff", "format", "--check", "."],
        ["lint-imports", "--no-cache"],
        ["mypy"],
    ],
    ids=lambda command: " ".join(command[:2]),
)
def test_lint(command):
    program = Path(sys.executable).parent / command[0]
    environment = os.environ | {"PYTHONPATH": str(SCRIPTS)}
    done = subprocess.run(
        [program, *command[1:]], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_library_holds_rooms_and_nothing_else():
    library = SCRIPTS / "superres"
    loose = [path.name for path in library.iterdir() if path.is_file()]
    assert sorted(loose) == ["__init__.py", "py.typed"]
    for room in filter(Path.is_dir, library.iterdir()):
        if room.name != "__pycache__":
            assert (room / "__init__.py").read_text().startswith('"""'), room.name


def test_no_module_has_the_name_of_another_or_of_a_script():
    names = [path.stem for path in SCRIPTS.rglob("*.py") if path.stem != "__init__"]
    assert [name for name, count in Counter(names).items() if count > 1] == []


def test_unit_tests_mirror_the_rooms():
    rooms = {path.parent.name for path in (SCRIPTS / "superres").glob("*/__init__.py")}
    tests = [
        path.relative_to(ROOT / "tests/unit") for path in (ROOT / "tests/unit").rglob("test_*")
    ]
    assert {path.parts[0] for path in tests} == rooms


def test_every_rule_asks_a_scheduler_for_memory_and_time():
    text = "".join(file.read_text() for file in (ROOT / "workflow/rules").glob("*.smk"))
    _, *rules = re.split(r"^ *rule\b", text, flags=re.MULTILINE)
    wishes = re.compile(r"\n +resources:\n +mem_mb=\d+,\n +runtime=\d+,\n")
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
