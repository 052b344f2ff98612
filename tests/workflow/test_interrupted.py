"""A workflow that is killed continues where it was."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import ground
import pytest
import yaml
from conftest import PATIENCE_S, SMOKE, Checkout, pictures

from superres.core.parents import steps_of

TRAINED = "bundled/x2/lr_autoencoder/seed0"
RESULTS = ("model.keras", "history.csv", "summary.json")


def kill_when(
    reached: Callable[[], bool],
    project: Checkout,
    *options: str,
    number: signal.Signals = signal.SIGKILL,
    alone: bool = False,
) -> int:
    """Run Snakemake and end it, alone or with all its jobs, as soon as something is reached.

    Returns:
        The number that its process had.
    """
    # Whatever runs the tests may ignore them, and a program would take that over.
    heeding = ("env", "--default-signal=HUP,TERM")
    snakemake = subprocess.Popen(
        [*heeding, sys.executable, "-m", "snakemake", *options, "--cores", "2"],
        cwd=project.folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    waiting_until_s = time.monotonic() + PATIENCE_S
    while not reached():
        assert snakemake.poll() is None
        assert time.monotonic() < waiting_until_s
        time.sleep(0.005)
    os.kill(snakemake.pid, number) if alone else os.killpg(snakemake.pid, number)
    snakemake.wait(timeout=PATIENCE_S)
    return snakemake.pid


def test_a_killed_workflow_goes_on_and_ends_with_the_same_bytes(finished):
    results = finished.folder / "results"
    undisturbed = {name: (results / TRAINED / name).read_bytes() for name in RESULTS}
    assert not (results / "resume" / TRAINED / "train").exists()
    target = f"results/{TRAINED}/model.keras"
    (finished.folder / target).unlink()
    states = f"results/resume/{TRAINED}/train/*/*.npz"
    kill_when(lambda: any(finished.folder.glob(states)), finished, target, *SMOKE)
    assert not (finished.folder / target).exists()
    finished.snakemake("--unlock", *SMOKE)
    finished.run(target, *SMOKE)
    log = (results / "logs" / TRAINED / "train.log").read_text()
    assert "continuing after epoch 1" in log
    assert {name: (results / TRAINED / name).read_bytes() for name in RESULTS} == undisturbed
    assert not (results / "resume" / TRAINED / "train").exists()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGHUP, signal.SIGTERM])
def test_a_training_does_not_outlive_a_snakemake_that_is_ended_alone(finished, number):
    target, log = f"results/{TRAINED}/model.keras", f"results/logs/{TRAINED}/train.log"
    (finished.folder / target).unlink()
    epochs = {"models": {"lr_autoencoder": {"training": {"epochs": 500}}}}
    (finished.folder / "long.yaml").write_text(yaml.safe_dump(epochs))
    options = (target, *SMOKE, "long.yaml")
    states = f"results/resume/{TRAINED}/train/*/*.npz"
    process = kill_when(
        lambda: any(finished.folder.glob(states)), finished, *options, number=number, alone=True
    )
    until_s = time.monotonic() + 60
    while list(steps_of(process, "train")):
        assert time.monotonic() < until_s
        time.sleep(0.05)
    *_, last = (finished.folder / log).read_text().splitlines()
    assert "ended by SIGTERM; the next run continues after epoch" in last
    assert any(finished.folder.glob(states))


def test_only_the_shards_that_are_missing_are_done_again(checkout, finished_run):
    config = {"run": {"shards": 5, "methods": ["bicubic", "lanczos"]}}
    (checkout.folder / "many.yaml").write_text(yaml.safe_dump(config))
    options = (*SMOKE, "many.yaml")
    target = "results/bundled/tables/benchmark.csv"
    planned = checkout.jobs(target, *options)
    metrics = "results/bundled/x2/*/seed0/metrics/*.csv"
    kill_when(lambda: len(list(checkout.folder.glob(metrics))) > 2, checkout, target, *options)
    checkout.snakemake("--unlock", *options)
    left = checkout.jobs(target, *options)
    assert 0 < left["metrics"] < planned["metrics"]
    assert left["interpolate"] < planned["interpolate"]
    assert "photos" not in left
    done = {file: file.stat().st_mtime_ns for file in checkout.folder.glob(metrics)}
    checkout.run(target, *options)
    unchanged = [file for file, time_ns in done.items() if file.stat().st_mtime_ns == time_ns]
    assert len(unchanged) >= planned["metrics"] - left["metrics"]
    for method in ("bicubic", "lanczos"):
        assert pictures(checkout, method) == pictures(finished_run, method)


def files(path: Path) -> dict[str, Path]:
    """A file, or those of a folder, by name; without Snakemake's own."""
    found = path.rglob("*") if path.is_dir() else [path]
    return {
        str(file.relative_to(path)): file
        for file in found
        if file.is_file() and file.name != ".snakemake_timestamp"
    }


@pytest.mark.parametrize("step", ["pairs", "interpolate", "predict", "metrics"])
def test_a_killed_step_goes_on_with_the_photo_at_which_it_was(fault_ground, tmp_path, step):
    project = Checkout(tmp_path / "checkout")
    shutil.copytree(fault_ground.folder, project.folder, symlinks=True)
    output = project.folder / ground.STEPS[step]
    name = output.relative_to(project.folder / "results").with_suffix("")
    undisturbed = {name: file.read_bytes() for name, file in files(output).items()}
    shutil.rmtree(output) if output.is_dir() else output.unlink()
    draft = project.folder / "results/resume" / name

    def done() -> int:
        """Photos in the journal."""
        return sum(file.read_bytes().count(b"\n") for file in draft.glob("*/journal"))

    options = (ground.STEPS[step], *ground.CONFIGURED)
    kill_when(lambda: done() > 3, project, *options)
    before = done()
    assert not output.exists()
    assert 3 < before < 15
    written_ns = {
        name: file.stat().st_mtime_ns
        for folder in draft.glob("*/files")
        for name, file in files(folder).items()
    }
    project.snakemake("--unlock", *ground.CONFIGURED)
    project.run(*options)
    log = project.folder / "results/logs" / f"{name}.log"
    assert f"continuing: {before} of 15 photos are done" in log.read_text()
    found = files(output)
    assert {name: file.read_bytes() for name, file in found.items()} == undisturbed
    again = [name for name in written_ns if found[name].stat().st_mtime_ns != written_ns[name]]
    # What the killed photo had left, a pair at most.
    assert len(again) <= 2
    assert not draft.exists()
