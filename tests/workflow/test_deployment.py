"""The workflow taken from a host: deployed by Snakedeploy, or as a module."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import PATIENCE_S, Checkout, copy_project, rows
from elsewhere import (
    INTERPOLATED,
    TINY,
    embedded_default,
    insist_on_one_line,
    insist_on_provenance,
    write_yaml,
)
from PIL import Image

from superres.config.likeness import merged
from superres.data import photo_sources
from superres.images.rgb_files import read_rgb

ROOT = Path(__file__).parents[2]
ADDRESS = "https://github.com/owner/super-resolution"


@dataclass(frozen=True)
class Host:
    """A stand-in for GitHub: a bare clone at its address, with the tags v1 and v2."""

    source: Path
    folder: Path
    commits: dict[str, str]


def git(folder: Path, *command: str | Path) -> str:
    identity = ("-c", "user.name=tests", "-c", "user.email=tests@localhost")
    done = subprocess.run(
        ["git", "-C", folder, *identity, *command], check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


@pytest.fixture(scope="module")
def host(tmp_path_factory):
    """The working tree on a host; git and Snakemake look there instead of at GitHub."""
    folder = tmp_path_factory.mktemp("host")
    with pytest.MonkeyPatch.context() as patch:
        address = f'[url "file://{folder}/"]\n    insteadOf = https://github.com/\n'
        (folder / "gitconfig").write_text(address)
        patch.setenv("GIT_CONFIG_GLOBAL", str(folder / "gitconfig"))
        patch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
        source = copy_project(folder / "source").folder
        git(source, "init", "--initial-branch", "main")
        commits = {}
        for tag in ("v1", "v2"):
            if tag == "v2":
                with (source / "workflow/scripts/superres/report/plots.py").open("a") as module:
                    module.write("# This changes figures alone.\n")
                (source / "docs/paper.md").unlink()
            git(source, "add", ".")
            git(source, "commit", "--message", tag)
            git(source, "tag", tag)
            commits[tag] = git(source, "rev-parse", "HEAD")
        bare = folder / "owner/super-resolution"
        git(folder, "clone", "--quiet", "--bare", source, bare)
        yield Host(source, bare, commits)


def deploy(folder: Path, tag: str) -> Checkout:
    """What the catalog tells its readers to do."""
    program = Path(sys.executable).parent / "snakedeploy"
    subprocess.run(
        [program, "deploy-workflow", ADDRESS, folder, "--tag", tag], check=True, timeout=PATIENCE_S
    )
    # Not everybody has these.
    shutil.rmtree(folder / "profiles")
    (folder / "LICENSE").unlink()
    files = {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()}
    assert {file for file in files if not file.startswith("config/")} == {"workflow/Snakefile"}
    write_yaml(folder / "tiny.yaml", TINY)
    return Checkout(folder)


@pytest.fixture(scope="module")
def deployed_run(host, tmp_path_factory) -> Checkout:
    """A deployment in which the default has run to its end; do not change it."""
    deployment = deploy(tmp_path_factory.mktemp("deployed") / "my run", "v1")
    # The deployment in somebody's own repository.
    git(deployment.folder, "init")
    git(deployment.folder, "commit", "--allow-empty", "--message", "somebody's own")
    deployment.run("--configfile", "tiny.yaml")
    return deployment


@pytest.fixture
def deployed(deployed_run, tmp_path) -> Checkout:
    """A copy of that deployment that a test may change."""
    shutil.copytree(deployed_run.folder, tmp_path / "deployed", symlinks=True)
    return Checkout(tmp_path / "deployed")


def set_version(deployment: Checkout, old: str, new: str) -> None:
    file = deployment.folder / "workflow/Snakefile"
    assert old in file.read_text()
    file.write_text(file.read_text().replace(old, new))


def test_a_deployed_workflow_runs_to_its_tables(host, deployed_run):
    results = deployed_run.folder / "results"
    benchmark = rows(results / "bundled/tables/benchmark.csv")
    assert {row["method"] for row in benchmark} == {"bicubic", "lr_autoencoder"}
    assert rows(results / "bundled/x2/lr_autoencoder/seed0/history.csv")
    # Code was run as it is in the repository, to the byte.
    git(host.source, "checkout", "--quiet", "v1")
    crate = insist_on_provenance(results, host.source)
    assert crate["code/Snakefile"]["version"] == host.commits["v1"]
    assert deployed_run.jobs("--configfile", "tiny.yaml") == {}
    done = deployed_run.snakemake("verify", "--cores", "1", "--configfile", "tiny.yaml")
    assert done.returncode == 0, done.stdout


def test_a_deployed_workflow_upscales_with_the_network_that_it_brings(deployed):
    (deployed.folder / "my pictures").mkdir()
    small = read_rgb(photo_sources.from_packages()[0].file)[:40, :60]
    Image.fromarray(small).save(deployed.folder / "my pictures/small.png")
    write_yaml(
        deployed.folder / "pictures.yaml", {"upscale": {"input": "my pictures", "output": "large"}}
    )
    deployed.run("upscale", "--configfile", "pictures.yaml")
    assert read_rgb(deployed.folder / "large/small.png").shape == (80, 120, 3)


def test_a_deployed_workflow_finds_the_photographs_that_it_brings(deployed):
    overlay = {"run": {"shards": 1}, "datasets": {"bundled": {"source": "bundled"}}}
    write_yaml(deployed.folder / "photographs.yaml", overlay)
    table = "results/bundled/photos/1-of-1.csv"
    deployed.run(table, "--configfile", "photographs.yaml")
    listed = {row["photo"]: row["sha256"] for row in rows(deployed.folder / table)}
    carried = rows(ROOT / "workflow/photographs/photographs.csv")
    assert {row["photo"]: row["sha256"] for row in carried}.items() <= listed.items()
    assert len(listed) == len(carried) + 11


def test_a_deployed_workflow_makes_a_report(deployed):
    done = deployed.snakemake("--report", "report.zip", "--configfile", "tiny.yaml")
    assert done.returncode == 0, done.stdout
    assert (deployed.folder / "report.zip").stat().st_size > 10_000


def test_another_version_runs_again_only_what_it_changed(deployed):
    options = ("--configfile", "tiny.yaml")
    code = deployed.folder / ".snakemake/workflows/github.com/owner/super-resolution"
    assert (code / "docs/paper.md").exists()
    set_version(deployed, 'tag="v1"', 'tag="v2"')
    figures = {"figure_gains", "figure_crops", "figure_learning_curves"}
    assert set(deployed.jobs(*options)) == {*figures, "provenance", "everything"}
    assert not (code / "docs/paper.md").exists()
    set_version(deployed, 'tag="v2"', 'tag="v1"')
    assert deployed.jobs(*options) == {}
    # Code that was edited or lost is what it was at the next start.
    for name in ("tables", "metrics"):
        script = code / f"workflow/scripts/{name}.py"
        before = script.read_bytes()
        script.write_text("broken") if name == "tables" else script.unlink()
        deployed.jobs(*options)
        assert script.read_bytes() == before
    shutil.rmtree(code)
    assert deployed.jobs(*options) == {}


def test_a_deployment_without_its_configuration_says_what_is_missing(deployed):
    shutil.rmtree(deployed.folder / "config")
    # Snakemake's own words, about the line of Snakedeploy that reads the file.
    done = deployed.snakemake("--dry-run")
    assert done.returncode != 0
    assert "configfile config/config.yaml but it is not present" in done.stdout
    assert "Traceback" not in done.stdout
    write_yaml(deployed.folder / "mine.yaml", {"figures": {"dpi": 100}})
    done = deployed.snakemake("--dry-run", "--configfile", "mine.yaml")
    insist_on_one_line(done, "'run' is missing; copy the folder config/ of the workflow here")


def test_without_a_network_the_cache_is_enough(deployed, host, tmp_path, monkeypatch):
    offline = tmp_path / "gitconfig"
    offline.write_text('[url "file:///nowhere/"]\n    insteadOf = https://github.com/\n')
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(offline))
    assert deployed.jobs("--configfile", "tiny.yaml") == {}
    cache = tmp_path / "cache"
    shutil.copytree(os.environ["XDG_CACHE_HOME"], cache)
    (clones,) = cache.rglob("snakemake-git-cache")
    shutil.rmtree(clones)
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    done = deployed.snakemake("--dry-run", "--configfile", "tiny.yaml")
    insist_on_one_line(done, "github.com/owner/super-resolution: ")


@pytest.mark.parametrize("kind", ["branch", "commit", "git+file"])
def test_a_module_may_name_a_version_in_other_ways(deployed, host, kind):
    tag = 'github("owner/super-resolution", path="workflow/Snakefile", tag="v1")'
    folder = "source" if kind == "git+file" else "github.com/owner/super-resolution"
    snakefile = {
        "branch": tag.replace('tag="v1"', 'branch="main"'),
        "commit": tag.replace('tag="v1"', f'commit="{host.commits["v2"]}"'),
        "git+file": f'"git+file://{host.source}/workflow/Snakefile@v2"',
    }[kind]
    set_version(deployed, tag, snakefile)
    jobs = deployed.jobs("--configfile", "tiny.yaml", "--forceall")
    assert jobs["train"] == jobs["tables"] == 1
    code = deployed.folder / ".snakemake/workflows" / folder
    assert (code / ".commit").read_text() == host.commits["v2"]


def test_the_module_of_the_docs_works(host, tmp_path):
    page = (ROOT / "docs/deploy.md").read_text()
    (snakefile,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    for placeholder, there in (("OWNER/REPOSITORY", "owner/super-resolution"), ("v0.2.0", "v1")):
        assert placeholder in snakefile
        snakefile = snakefile.replace(placeholder, there)
    (tmp_path / "Snakefile").write_text(snakefile)
    config = merged(embedded_default(), INTERPOLATED)
    write_yaml(tmp_path / "config.yaml", {"super_resolution": config})
    here = Checkout(tmp_path)
    jobs = here.jobs()
    assert jobs["all"] == jobs["summary"] == jobs["super_resolution_tables"] == 1
    assert here.jobs("super_resolution_all")["super_resolution_provenance"] == 1
    assert here.jobs("super_resolution_verify") == {"super_resolution_verify": 1}
