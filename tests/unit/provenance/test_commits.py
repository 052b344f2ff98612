"""Origin of results: the commit of the code, whatever folder that is in."""

import subprocess
from pathlib import Path

from superres.provenance import origin, ro_crate


def git(folder: Path, *command: str) -> str:
    identity = ("-c", "user.name=tests", "-c", "user.email=tests@localhost")
    return subprocess.run(
        ["git", "-C", folder, *identity, *command], check=True, capture_output=True, text=True
    ).stdout.strip()


def project(folder: Path) -> Path:
    folder.mkdir()
    (folder / "Snakefile").write_text("rule all:")
    return folder


def test_the_commit_is_that_of_the_checkout(tmp_path):
    folder = project(tmp_path / "project")
    git(folder, "init")
    git(folder, "add", ".")
    git(folder, "commit", "--message", "first")
    head = git(folder, "rev-parse", "HEAD")
    assert origin.commit(folder) == head
    (folder / "Snakefile").write_text("rule none:")
    assert origin.commit(folder) == f"{head} with changes"


def test_the_commit_is_not_that_of_a_checkout_around_the_project(tmp_path):
    git(tmp_path, "init")
    git(tmp_path, "commit", "--allow-empty", "--message", "somebody's own")
    folder = project(tmp_path / "project")
    assert origin.commit(folder) == "unknown: no git checkout"


def test_hosted_code_has_its_commit_beside_it(tmp_path):
    folder = project(tmp_path / "project")
    (folder / origin.COMMIT).write_text("a" * 40)
    assert origin.commit(folder) == "a" * 40


def test_a_copy_of_the_code_is_not_copied_into_itself(tmp_path):
    results = tmp_path / "workflow/results"
    for name in ("Snakefile", "scripts/train.py", "results/old.csv"):
        (tmp_path / "workflow" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "workflow" / name).touch()
    ro_crate.copy_code(tmp_path, results / "code")
    copied = {file.relative_to(results) for file in results.rglob("*") if file.is_file()}
    assert copied == {
        Path("old.csv"),
        Path("code/workflow/Snakefile"),
        Path("code/workflow/scripts/train.py"),
    }
