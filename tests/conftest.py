"""Shared by all tests: throw-away checkouts, and real Snakemake runs in them."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Checkout:
    """A copy of the project in a folder of its own."""

    folder: Path

    def snakemake(self, *options: str) -> subprocess.CompletedProcess:
        """Run Snakemake as a user would, targets first; output and errors come in one text."""
        return subprocess.run(
            [sys.executable, "-m", "snakemake", *options],
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=900,
        )

    def run(self, *options: str) -> None:
        """Run Snakemake on two cores and insist on success."""
        done = self.snakemake(*options, "--cores", "2")
        assert done.returncode == 0, done.stdout

    def jobs(self, *options: str) -> dict[str, int]:
        """Number of jobs by rule that a dry run would start."""
        done = self.snakemake(*options, "--dry-run", "--quiet", "rules")
        assert done.returncode == 0, done.stdout
        table = re.search(r"^-+ +-+\n(.*?)^total", done.stdout, re.MULTILINE | re.DOTALL)
        lines = table[1].splitlines() if table else []
        return {rule: int(count) for rule, count in map(str.split, lines)}


def copy_project(folder: Path) -> Checkout:
    """Copy what git tracks, and what is new and not ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split("\0")
    for name in filter(None, listed):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    return Checkout(folder)


@pytest.fixture(scope="session")
def unsplash_sample() -> Path:
    """A piece of the real dataset, in its own layout; it lies beside the repository, if at all."""
    folder = Path(os.environ.get("UNSPLASH_SAMPLE", ROOT.parent / "shared/unsplash-sample"))
    if not (folder / "Image Super Resolution - Unsplash").is_dir():
        pytest.skip(f"no sample of the dataset in {folder}; set UNSPLASH_SAMPLE to its folder")
    return folder


SMOKE = ("--configfile", "config/smoke.yaml")


@pytest.fixture
def checkout(tmp_path) -> Checkout:
    """A fresh checkout without results."""
    return copy_project(tmp_path / "checkout")


@pytest.fixture(scope="session")
def finished_run(tmp_path_factory) -> Checkout:
    """A checkout in which the smoke configuration has run to the end; do not change it."""
    project = copy_project(tmp_path_factory.mktemp("finished") / "checkout")
    project.run(*SMOKE)
    return project


@pytest.fixture
def finished(finished_run, tmp_path) -> Checkout:
    """A copy of the finished run that a test may change."""
    shutil.copytree(finished_run.folder, tmp_path / "finished", symlinks=True)
    return Checkout(tmp_path / "finished")
