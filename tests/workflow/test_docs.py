"""Pages of the documentation, followed to the letter: no command in them is left out."""

import hashlib
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import PATIENCE_S, SMOKE, Checkout, make_dataset, rows
from PIL import Image

from superres.data import photo_sources
from superres.images.rgb_files import read_rgb

ROOT = Path(__file__).parents[2]
# networks.md has a test of its own, below.
PAGES = ["README.md", "CONTRIBUTING.md"]
PAGES += [f"docs/{file.name}" for file in ROOT.glob("docs/*.md") if file.stem != "networks"]
# What needs an environment or a service of its own is run by another file of tests.
ELSEWHERE = {
    "profiles/slurm": "test_slurm.py",
    "profiles/generic": "test_generic.py",
    "profiles/kubernetes": "test_storage.py",
    "default-storage-provider": "test_storage.py",
    "SNAKEMAKE_STORAGE_S3_ACCESS_KEY": "test_storage.py",
    "deploy-workflow": "test_deployment.py",
    "superres photo.jpg": "test_package.py",
}
# Done in seconds. Everything else trains or measures for minutes, and is seen in a dry run.
QUICK = ("snakemake verify", "snakemake upscale", "snakemake --report", ".venv/bin/python workflow")


def blocks(page: str) -> list[tuple[str, str]]:
    """Language and text of every fenced block of a page; those without one are commands."""
    text = (ROOT / page).read_text()
    return re.findall(r"^```(\w*)\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def commands(page: str) -> list[str]:
    """Every command of a page: of its blocks without a language, and within its sentences."""
    shell = "".join(body for language, body in blocks(page) if not language)
    prose = (ROOT / page).read_text()
    for _, body in blocks(page):
        prose = prose.replace(body, "")
    # A sentence may break its line within a command.
    inline = re.findall(r"`((?:snakemake|make|\.venv/bin/[\w-]+) [^`<]+)`", prose)
    lines = shell.replace("\\\n", "").splitlines() + [" ".join(code.split()) for code in inline]
    return [shlex.join(words) for line in lines if (words := shlex.split(line, comments=True))]


def snakemake_of(command: str) -> str:
    """The Snakemake command that a make target runs; any other command as it is."""
    program, *options = shlex.split(command)
    if program.endswith("/.venv/bin/snakemake"):
        return shlex.join(["snakemake", *options])
    if program != "make":
        return command
    recipe = subprocess.run(
        [program, "--dry-run", *options], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.replace("\\\n", "")
    lines = [line for line in recipe.splitlines() if line.startswith(".venv/bin/snakemake")]
    return lines[0].removeprefix(".venv/bin/") if lines else command


# Pods need conda, and have it from their image.
CONDA_ONLY = "profiles/kubernetes"


@pytest.mark.parametrize("page", [*PAGES, "docs/networks.md"])
def test_every_job_has_a_command_with_conda_and_the_same_one_without(page):
    for language, body in blocks(page):
        if language or CONDA_ONLY in body or not re.search(r"^snakemake ", body, re.MULTILINE):
            continue
        lines = [shlex.split(line, comments=True) for line in body.replace("\\\n", "").splitlines()]
        with_conda, without = filter(None, lines)
        assert with_conda[0] == "snakemake", body
        # Reports need no environment of their own.
        assert "--use-conda" in with_conda or "--report" in with_conda, body
        expected = [word for word in with_conda if word != "--use-conda"]
        assert shlex.split(snakemake_of(shlex.join(without))) == expected


@pytest.fixture(scope="module")
def documented(finished_run, tmp_path_factory) -> Checkout:
    """A finished run, with all the files that the pages mention beside it."""
    folder = tmp_path_factory.mktemp("documented") / "checkout"
    shutil.copytree(finished_run.folder, folder, symlinks=True)
    make_dataset(folder / "dataset")
    for name in ("photos", "holiday"):
        (folder / name).mkdir()
        for source in photo_sources.from_packages()[:3]:
            small = Image.fromarray(read_rgb(source.file)[:60, :90])
            small.save(folder / name / f"{source.file.stem}.png")
    shutil.make_archive(str(folder / "Set5"), "zip", folder, "photos")
    return Checkout(folder)


def write_configuration(project: Checkout, page: str) -> None:
    """Save the files that a page shows, with paths that are there."""
    sha256 = hashlib.sha256((project.folder / "Set5.zip").read_bytes()).hexdigest()
    for block in (body for language, body in blocks(page) if language == "yaml"):
        for placeholder, there in (
            ("/where/my/photos/are", "photos"),
            ("/where/it/is/Set5.zip", "Set5.zip"),
            ("path: Set5,", "path: photos,"),
            ("/where/it/is", "dataset"),
            ('"..."', f'"{sha256}"'),
        ):
            block = block.replace(placeholder, there)
        (project.folder / re.match(r"# (\w+\.yaml)\n", block)[1]).write_text(block)


@pytest.mark.parametrize(
    ("page", "command"), sorted({(page, command) for page in PAGES for command in commands(page)})
)
def test_every_command_of_the_docs_works(documented, page, command):
    write_configuration(documented, page)
    for part, file in ELSEWHERE.items():
        if part in command:
            assert part in (ROOT / "tests/workflow" / file).read_text()
            return
    for placeholder, there in (("<module>", "naming"), ("/where/the/workflow/is", ".")):
        command = command.replace(placeholder, there)
    command = snakemake_of(command)
    program, *options = shlex.split(command)
    if program == "conda":
        pytest.skip("conda's channels may be out of reach; the CI on GitHub runs it")
    # Its other half is test_environments.py, as conda's channels may be out of reach.
    options = [option for option in options if option != "--use-conda"]
    own_programs = str(Path(sys.executable).parent)
    environment = os.environ | {"PATH": os.pathsep.join([own_programs, os.environ["PATH"]])}
    if program == "snakemake":
        if not command.startswith(QUICK):
            options += ["--dry-run", "--quiet", "rules"]
        elif "--configfile" not in options:
            options += SMOKE
    elif program == "make" or program.endswith("/uv"):
        options.append("--dry-run")
    elif "pytest" in options:
        options.append("--collect-only")
    done = subprocess.run(
        [program.replace(".venv/bin", own_programs), *options],
        cwd=documented.folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=PATIENCE_S,
    )
    assert done.returncode == 0, done.stdout


def test_a_new_architecture_is_one_file_and_one_entry(checkout):
    found = dict(blocks("docs/networks.md"))
    folder = checkout.folder / "workflow/scripts/superres/networks/architectures"
    (folder / "three_layers.py").write_text(found["python"])
    (checkout.folder / "mine.yaml").write_text(found["yaml"])
    program, *options = shlex.split(found[""].splitlines()[0], comments=True)
    assert program == "snakemake"
    done = checkout.snakemake(*(option for option in options if option != "--use-conda"))
    assert done.returncode == 0, done.stdout
    tables = checkout.folder / "results/bundled/tables"
    benchmark = {row["method"]: row for row in rows(tables / "benchmark.csv")}
    assert float(benchmark["three_layers"]["gain_rgb_db"]) > 0.2
    (front,) = rows(tables / "front.csv")
    # 3x3 kernels, 3 -> 12 -> 12 -> 12 channels, on a quarter of the pixels.
    assert float(front["macs_per_hr_px"]) == 9 * (3 * 12 + 12 * 12 + 12 * 12) / 4
    assert (front["halo_px"], front["period_px"]) == ("3", "1")
    assert (tables.parent / "figures/front.png").exists()
