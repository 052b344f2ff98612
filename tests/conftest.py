"""Shared by all tests: throw-away checkouts, and real Snakemake runs in them."""

import contextlib
import csv
import hashlib
import itertools
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import hypothesis
import numpy as np
import onnx
import pytest
import yaml
from filelock import FileLock
from onnx import helper
from PIL import Image

import dataset_layout
from superres.data import photo_sources
from superres.images.rgb_files import read_rgb

ROOT = Path(__file__).parents[1]
PAPER = ("--configfile", "config/paper.yaml", "config/paper_small.yaml", "tiny.yaml")
PARITY = "results/clean/x2/lr_autoencoder/seed0/parity.md"
ROBUSTNESS = "results/clean/x2/lr_autoencoder/seed0/robustness.md"
# A network that comes with the workflow.
SHIPPED = ROOT / "workflow/models/residual_x2.onnx"
TARGETS = ("all", "front", PARITY, ROBUSTNESS, "release", "sweeps", "upscale")
PHOTOS = 12
# For what takes seconds, on a machine that is slow for a while.
PATIENCE_S = 300


# How long an example takes is the machine's affair.
hypothesis.settings.register_profile(
    "untimed", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("untimed")


RNG = np.random.default_rng(0)


@dataclass(frozen=True)
class Checkout:
    """A copy of the project in a folder of its own."""

    folder: Path
    python: Path = Path(sys.executable)

    def snakemake(self, *options: str) -> subprocess.CompletedProcess:
        """Run Snakemake as a user would, targets first; output and errors come in one text."""
        return subprocess.run(
            [self.python, "-m", "snakemake", *options],
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=1800,
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


def nearest(image: np.ndarray) -> np.ndarray:
    """In the place of a network of factor 2."""
    assert image.dtype == np.uint8
    return image.repeat(2, axis=0).repeat(2, axis=1)


def colours(height_px: int = 4, width_px: int = 6) -> np.ndarray:
    """Random RGB of 8 bits."""
    return RNG.integers(0, 256, (height_px, width_px, 3), np.uint8)


def environment(folder: Path, *groups: str) -> Path:
    """The Python of a new environment with everything of this one and further dependency groups."""
    subprocess.run(
        [sys.executable, "-m", "uv", "sync", "--locked", "--quiet", "--python", sys.executable]
        + [f"--group={group}" for group in groups],
        cwd=ROOT,
        env=os.environ | {"UV_PROJECT_ENVIRONMENT": str(folder)},
        check=True,
    )
    return folder / "bin/python"


def needs(program: str) -> str:
    """Path of a program that tests do not install; without it, the test is skipped."""
    path = shutil.which(program)
    if path is None:
        pytest.skip(f"{program} is not installed: run .ci/install-programs")
    return path


def rows(file: Path) -> list[dict]:
    with file.open() as lines:
        return list(csv.DictReader(lines))


def pictures(project: Checkout, method: str) -> dict[str, bytes]:
    """What a method of the bundled photos predicted, by photo, whatever its shard."""
    files = project.folder.glob(f"results/bundled/x2/{method}/seed0/predictions/*/*.png")
    return {file.stem: file.read_bytes() for file in files}


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
            copy_or_link(ROOT / name, folder / name)
    return Checkout(folder)


def copy_or_link(source: str | Path, target: str | Path) -> None:
    """Copy a file; photographs, which no test changes, are linked where that is possible."""
    if Path(source).suffix == ".webp":
        with contextlib.suppress(OSError):
            os.link(source, target)
            return
    shutil.copy2(source, target)


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: much of a test is waiting, for programs or for Slurm."""
    return len(os.sched_getaffinity(0)) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start with the test that mostly waits, for Slurm, so that nothing waits for it at the end."""
    items.sort(key=lambda item: "submitting" not in item.fixturenames)


@pytest.fixture(scope="session")
def unsplash_sample() -> Path:
    """A part of the real dataset, in its own layout; beside the repository, if it is there."""
    folder = Path(os.environ.get("UNSPLASH_SAMPLE", ROOT.parent / "shared/unsplash-sample"))
    if not (folder / dataset_layout.LAYOUT).is_dir():
        pytest.skip(f"no sample of the dataset in {folder}; set UNSPLASH_SAMPLE to its folder")
    return folder


SMOKE = ("--configfile", "config/smoke.yaml")


@pytest.fixture
def checkout(tmp_path) -> Checkout:
    """A fresh checkout without results."""
    return copy_project(tmp_path / "checkout")


def once(
    tmp_path_factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]
) -> Checkout:
    """A checkout that one process of the test run makes, and all others wait for and use."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / name
    with FileLock(f"{folder}.lock"):
        if not folder.exists():
            draft = tmp_path_factory.mktemp(name) / "checkout"
            make(draft)
            draft.rename(folder)
    return Checkout(folder)


@pytest.fixture(scope="session")
def finished_run(tmp_path_factory) -> Checkout:
    """A checkout in which the smoke configuration has run to the end; do not change it."""
    return once(tmp_path_factory, "smoke", lambda folder: copy_project(folder).run(*SMOKE))


@pytest.fixture
def finished(finished_run, tmp_path) -> Checkout:
    """A copy of the finished run that a test may change."""
    copy = tmp_path / "finished"
    shutil.copytree(finished_run.folder, copy, symlinks=True, copy_function=copy_or_link)
    return Checkout(tmp_path / "finished")


@pytest.fixture(scope="session")
def fault_ground(finished_run, tmp_path_factory) -> Checkout:
    """A finished run with photos of the user's own, whose light steps are there to be broken."""
    import ground

    def make(folder: Path) -> None:
        shutil.copytree(finished_run.folder, folder, symlinks=True)
        light = ["pairs", "interpolate", "predict", "metrics", "split", "tables", "figures"]
        ground.prepare(Checkout(folder), light)

    return once(tmp_path_factory, "faults", make)


def make_dataset(folder: Path) -> Path:
    """Regions of the bundled photos, with LR files made by the dataset's own recipe."""
    dataset_layout.make_folders(folder)
    dataset_layout.write_table(folder, PHOTOS)
    photos = [read_rgb(source.file) for source in photo_sources.from_packages()]
    for number, image in zip(range(1, PHOTOS + 1), itertools.cycle(photos), strict=False):
        top = 100 if number > len(photos) else 0
        hr = Image.fromarray(image[top : top + 240, 40:400]).resize((90 - number % 3, 60))
        dataset_layout.write_pairs(folder, number, np.asarray(hr))
    return folder


def export_stand_in(file: Path, inputs: tuple[str, ...] = ("truth", "predicted")) -> str:
    """Write an ONNX file in the place of LPIPS, the mean absolute difference; give its SHA-256."""
    image = ("N", 3, "height", "width")
    nodes = [
        helper.make_node("Sub", [inputs[0], inputs[-1]], ["difference"]),
        helper.make_node("Abs", ["difference"], ["absolute"]),
        helper.make_node("ReduceMean", ["absolute"], ["distance"]),
    ]
    graph = helper.make_graph(
        nodes,
        "stand-in",
        [helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, image) for name in inputs],
        [helper.make_tensor_value_info("distance", onnx.TensorProto.FLOAT, (1, 1, 1, 1))],
    )
    opset = helper.make_opsetid("", 18)
    onnx.save(helper.make_model(graph, opset_imports=[opset], ir_version=9), file)
    return hashlib.sha256(file.read_bytes()).hexdigest()


def configure_paper(project: Checkout, shards: int = 1, **paper) -> None:
    """Write tiny.yaml, which makes the paper's two tracks tiny and adds all else there is."""
    (project.folder / "more").mkdir()
    for number, source in enumerate(photo_sources.from_packages()[:2]):
        region = read_rgb(source.file)[200:260, 300:390][:, ::-1]
        Image.fromarray(region).save(project.folder / f"more/{number}.png")
    size_px = {"size_px": [90, 60]}
    as_run = {
        "degradation": "provided",
        "resize": size_px | {"filter": "nearest"},
        "split": {"validation_share": 0.15},
    }
    overlay = {
        "run": {"datasets": ["paper", "clean", "more"], "shards": shards},
        "downloads": {"unsplash": {"path": "dataset"}},
        "datasets": {
            "more": {
                "source": "folder",
                "path": "more",
                "degradation": "realistic",
                "trained_on": "clean",
                "scales": [2],
                "methods": ["bicubic", "lr_autoencoder"],
            },
            "paper": as_run | paper,
            "clean": {
                "resize": size_px,
                "split": {"test": ["1", "2"], "validation": ["3"]},
                "methods": ["bicubic", "paper_autoencoder", "lr_autoencoder"],
            },
        },
        "models": {
            "paper_autoencoder": {"training": {"epochs": 2}},
            "lr_autoencoder": {
                "options": {"channels": 4, "inner_channels": 4, "encoder_blocks": 1},
                "training": {
                    "epochs": 1,
                    "steps_per_epoch": 5,
                    "hr_patch_px": 24,
                    "teacher": "paper_autoencoder",
                },
            },
        },
        "sweeps": {
            "rates": {
                "model": "lr_autoencoder",
                "dataset": "clean",
                "scale": 2,
                "seeds": [0],
                "grid": {"training.learning_rate": [0.001, 0.002]},
            }
        },
        "front": {"hr_size_px": [24, 24], "turns": 1},
        "upscale": {
            "input": "more",
            "output": "upscaled",
            "network": "results/clean/x2/lr_autoencoder/seed0/model.onnx",
            "factor": 2.5,
        },
        "release": {"lr_autoencoder": {"dataset": "clean", "scales": [2]}},
        "statistics": {"resamples": 200},
        "metrics": {
            "lpips": {
                "path": "lpips.onnx",
                "sha256": export_stand_in(project.folder / "lpips.onnx"),
            }
        },
    }
    (project.folder / "tiny.yaml").write_text(yaml.safe_dump(overlay))


@pytest.fixture(scope="session")
def finished_paper(tmp_path_factory) -> Checkout:
    """A checkout in which every rule has run, both of the paper's tracks with them; leave it so."""

    def make(folder: Path) -> None:
        project = copy_project(folder)
        make_dataset(project.folder / "dataset")
        configure_paper(project)
        project.run(*TARGETS, *PAPER)

    return once(tmp_path_factory, "paper", make)
