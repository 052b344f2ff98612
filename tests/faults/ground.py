"""A small finished workflow, and one step of it at a time, for the fault campaign to break."""

import hashlib
import os
import random
import re
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import yaml
from conftest import SMOKE, Checkout, export_stand_in
from PIL import Image

from superres.provenance import snakemake_metadata

BUNDLED, MINE = "results/bundled", "results/mine"
# One job of every step, by one of its outputs.
STEPS = {
    "download": "results/downloads/theirs/files.csv",
    "photos": f"{MINE}/photos/1-of-2.csv",
    "split": f"{MINE}/x2/split.csv",
    "pairs": f"{MINE}/x2/pairs/test/1-of-2",
    "train": f"{BUNDLED}/x2/lr_autoencoder/seed0/model.keras",
    "export": f"{BUNDLED}/x2/lr_autoencoder/seed0/model.onnx",
    "predict": f"{MINE}/x2/lr_autoencoder/seed0/predictions/1-of-2",
    "interpolate": f"{MINE}/x2/bicubic/seed0/predictions/1-of-2",
    "metrics": f"{MINE}/x2/lr_autoencoder/seed0/metrics/1-of-2.csv",
    "lpips": f"{MINE}/x2/bicubic/seed0/lpips/1-of-2.csv",
    "collect": f"{MINE}/x2/bicubic/seed0/metrics.csv",
    "tables": f"{BUNDLED}/tables/benchmark.csv",
    "figures": f"{BUNDLED}/figures/crops_x2.png",
    "comparison page": f"{MINE}/comparison",
    "upscale": "results/upscale.done",
    "provenance": "results/ro-crate-metadata.json",
}
# Those that keep what they have done outside Snakemake's reach.
RESUMING = ("pairs", "train", "predict", "interpolate", "metrics", "lpips")
# What the user gives, of which Snakemake knows nothing, and gets without it.
OWN = Path("own")
PHOTOS, ARCHIVE = "results" / OWN / "photos", "results" / OWN / "theirs.zip"
UPSCALED, WEIGHTS = "results" / OWN / "upscaled", "results" / OWN / "lpips.onnx"
GIVEN = {"photos": PHOTOS, "upscale": PHOTOS, "download": ARCHIVE}
OVERLAY = {
    "run": {"datasets": ["bundled", "mine"]},
    "datasets": {
        "mine": {
            "source": "folder",
            "path": str(PHOTOS),
            "trained_on": "bundled",
            "methods": ["bicubic", "lr_autoencoder"],
        }
    },
    "downloads": {"theirs": {"path": str(ARCHIVE)}},
    "upscale": {"input": str(PHOTOS), "output": str(UPSCALED)},
}
CONFIGURED = [*SMOKE, "campaign.yaml"]
# Times, and what is written of them, are no results; nor is what the next run continues from.
NO_RESULTS = re.compile(
    r"(^|/)(logs|benchmarks|resume)/|(timing|ro-crate-metadata)\.json$|\.snakemake_timestamp$"
)


def _obey_signals() -> None:
    """In a process that is to be started: signals that `nohup` and `&` make it ignore."""
    for number in (signal.SIGHUP, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)


@dataclass(frozen=True)
class Site:
    """A copy of a finished workflow, in which one step is to be made again."""

    folder: Path
    finished: Path
    step: str
    job: snakemake_metadata.Job
    random: random.Random

    def command(self, *prefix: str) -> list[str]:
        """The command that makes the step again."""
        words = [STEPS[self.step], "--cores", "1", *options(self.step, self.folder)]
        # Whatever started the campaign may ignore them, and a program would take that over.
        heeding = ["env", "--default-signal=HUP,INT,TERM"]
        return [*heeding, *prefix, sys.executable, "-m", "snakemake", *words]

    def run(self, *prefix: str, **environment: str) -> tuple[int, str]:
        """Exit code and output of that command, which is killed when it takes far too long."""
        process = self.start(*prefix, log="run.log", **environment)
        try:
            process.wait(timeout=300)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
        return process.wait(), self.output("run.log")

    def start(self, *prefix: str, log: str = "started.log", **environment: str) -> subprocess.Popen:
        """That command in a process group of its own; its output goes to a file."""
        with (self.folder / log).open("w") as file:
            return subprocess.Popen(
                self.command(*prefix),
                cwd=self.folder,
                env=os.environ | environment,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_obey_signals,
            )

    def output(self, log: str = "started.log") -> str:
        """The output of a command."""
        return (self.folder / log).read_text(errors="replace")

    def an_input(self, *endings: str) -> Path:
        """A random input file of the step, with one of some endings if any has it."""
        named = [self.folder / path for path in self.job.inputs if path.parts[0] == "results"]
        files = [
            inner
            for path in named
            for inner in (sorted(path.rglob("*")) if path.is_dir() else [path])
            if inner.is_file() and inner.name != ".snakemake_timestamp"
        ]
        fitting = [file for file in files if file.suffix in endings] or files
        return self.random.choice(fitting)


def prepare(project: Checkout, steps: list[str]) -> None:
    """Let a project have run some steps, with photos enough to break off between two."""
    (project.folder / PHOTOS).mkdir(parents=True)
    rng = np.random.default_rng(0)
    for number in range(30):
        noise = rng.integers(0, 256, (240, 240, 3)).astype(np.uint8)
        Image.fromarray(noise).save(project.folder / PHOTOS / f"{number}.png")
    shutil.make_archive(
        str(project.folder / ARCHIVE.with_suffix("")), "zip", project.folder / PHOTOS
    )
    export_stand_in(project.folder / WEIGHTS)
    (project.folder / CONFIGURED[-1]).write_text(yaml.safe_dump(OVERLAY))
    project.run(*(STEPS[step] for step in steps if step != "lpips"), *CONFIGURED)
    if "lpips" in steps:
        project.run(STEPS["lpips"], *options("lpips", project.folder))


def options(step: str, folder: Path) -> list[str]:
    """The configuration of a step's command."""
    if step != "lpips":
        return CONFIGURED
    checksum = hashlib.sha256((folder / WEIGHTS).read_bytes()).hexdigest()
    return [*CONFIGURED, "--config", f"metrics={{lpips: {{path: {WEIGHTS}, sha256: {checksum}}}}}"]


def job_of(finished: Path, step: str) -> snakemake_metadata.Job:
    """The job that makes a step's output, with paths relative to the workflow's folder."""
    found = snakemake_metadata.read(finished / ".snakemake/metadata", Path("results"))
    job = next(job for job in found if Path(STEPS[step]) in job.outputs)
    job = replace(job, inputs=(*job.inputs, *([GIVEN[step]] if step in GIVEN else [])))
    return replace(job, outputs=(*job.outputs, UPSCALED)) if step == "upscale" else job


def contents(folder: Path) -> dict[str, str]:
    """SHA-256 of every result by its path."""
    return {
        name: hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted((folder / "results").rglob("*"))
        if file.is_file()
        and not NO_RESULTS.search(name := str(file.relative_to(folder / "results")))
    }
