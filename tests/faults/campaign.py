"""Break the workflow on purpose, many times, and see what becomes of it: `make faults`.

Every run takes a finished small workflow, deletes what one step has made, disturbs the making of it
in one way, and then lets the same command run again, undisturbed. It asks of the disturbed run
whether it ended with an error and a line that says why, and whether anything that was finished is
damaged; and of the second whether it ends with the bytes of a workflow that was never disturbed.
"""

import argparse
import contextlib
import csv
import hashlib
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import numpy as np
import yaml
from conftest import SMOKE, Checkout, copy_project, export_stand_in
from PIL import Image

from superres import jobs

BUNDLED, MINE = "results/bundled", "results/mine"
# One job of every step, by one of its outputs.
STEPS = {
    "download": "results/downloads/theirs/files.csv",
    "photos": f"{MINE}/photos/1-of-2.csv",
    "split": f"{MINE}/x2/split.csv",
    "pairs": f"{MINE}/x2/pairs/test/1-of-2",
    "train": f"{BUNDLED}/x2/lr_autoencoder/seed0/model.keras",
    "export": f"{BUNDLED}/x2/lr_autoencoder/seed0/model.tflite",
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
PHOTOS, ARCHIVE = Path("results/own/photos"), Path("results/own/theirs.zip")
UPSCALED = Path("results/own/upscaled")
WEIGHTS = Path("results/own/lpips.onnx")
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
# Times, and what is written of them, are no results; nor is what the next run goes on from.
NO_RESULTS = re.compile(
    r"(^|/)(logs|benchmarks|resume)/|timing\.json$|ro-crate-metadata\.json$"
    r"|\.snakemake_timestamp$|\.part($|/)"
)
MB = 10**6
# As little as Python starts with, and as much as the lightest steps need.
MEMORY_MB = (60, 250)


@dataclass
class Outcome:
    """What became of one run. `None`: the question does not arise."""

    fault: str
    step: str
    moment: str
    exit_code: int = 0
    hung: bool = False
    clear_message: bool | None = None
    lost: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)
    recovered: bool = False
    log: str = ""

    def fine(self) -> bool:
        """Whether all is as it should be; a run that was done before its fault hit may end well."""
        told = self.clear_message is not False
        return told and not (self.hung or self.lost or self.damaged) and self.recovered


@dataclass(frozen=True)
class Site:
    """A copy of a finished workflow, in which one step is to be made again."""

    folder: Path
    finished: Path
    step: str
    job: jobs.Job
    random: random.Random

    def command(self, *prefix: str) -> list[str]:
        """The command that makes the step again."""
        words = [STEPS[self.step], "--cores", "1", *options(self.step, self.folder)]
        return [*prefix, sys.executable, "-m", "snakemake", *words]

    def run(self, *prefix: str, **environment: str) -> tuple[int, str]:
        """Exit code and output of that command."""
        done = subprocess.run(
            self.command(*prefix),
            cwd=self.folder,
            env=os.environ | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=600,
        )
        return done.returncode, done.stdout

    def start(self) -> subprocess.Popen:
        """That command in a process group of its own; its output goes to a file."""
        with (self.folder / "disturbed.log").open("w") as log:
            return subprocess.Popen(
                self.command(),
                cwd=self.folder,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

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


def killed(site: Site, outcome: Outcome, how: signal.Signals, took_s: float) -> None:
    """All processes at once, at any moment."""
    delay_s = site.random.uniform(0.2, 1) * took_s
    outcome.moment = f"{delay_s:.2f} s"
    process = site.start()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=delay_s)
    end(process, how, outcome)
    outcome.log = (site.folder / "disturbed.log").read_text(errors="replace")
    # Who dies by SIGKILL says nothing; that is left to the next start.
    outcome.clear_message = None


def end(process: subprocess.Popen, how: signal.Signals, outcome: Outcome) -> None:
    """Send a signal to all processes of a command, and wait for them."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, how)
    try:
        outcome.exit_code = process.wait(timeout=120)
    except subprocess.TimeoutExpired:
        outcome.hung = True
        os.killpg(process.pid, signal.SIGKILL)
        outcome.exit_code = process.wait()


def terminated(site: Site, outcome: Outcome, took_s: float) -> None:
    """SIGTERM, as a scheduler sends it."""
    killed(site, outcome, signal.SIGTERM, took_s)


def shot(site: Site, outcome: Outcome, took_s: float) -> None:
    """SIGKILL."""
    killed(site, outcome, signal.SIGKILL, took_s)


@contextlib.contextmanager
def small_disk(site: Site, free_bytes: int) -> Iterator[Path]:
    """The results on a file system of their own with so much room left."""
    results, elsewhere = site.folder / "results", site.folder / "elsewhere"
    results.rename(elsewhere)
    results.mkdir()
    mount("-t", "tmpfs", "-o", "size=1g", "tmpfs", str(results))
    try:
        subprocess.run(["cp", "-a", f"{elsewhere}/.", results], check=True)
        used = shutil.disk_usage(results).used
        mount("-o", f"remount,size={used + free_bytes}", str(results))
        yield results
    finally:
        shutil.rmtree(elsewhere)
        subprocess.run(["cp", "-a", f"{results}/.", elsewhere], check=True)
        subprocess.run(["umount", "--lazy", results], check=True)
        results.rmdir()
        elsewhere.rename(results)


def mount(*options: str) -> None:
    """Mount something, which takes root."""
    subprocess.run(["mount", *options], check=True, capture_output=True)


def full_disk(site: Site, outcome: Outcome, took_s: float) -> None:
    """No room on the disk, or not enough, for what the step writes."""
    needed = sum(size(site.finished / path) for path in site.job.outputs)
    # Logs and times take a page or two as well.
    free_bytes = site.random.randrange(0, max(needed // 2, 1))
    outcome.moment = f"{free_bytes} bytes left"
    with small_disk(site, free_bytes):
        outcome.exit_code, outcome.log = site.run()
    told(outcome, r"No space left on device|no room|disk is full")


def size(path: Path) -> int:
    """Bytes of a file, or of all files of a folder."""
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file())


def obeying(*more: str) -> list[str]:
    """A prefix that makes even root obey the modes of files."""
    return ["setpriv", "--bounding-set=-dac_override,-dac_read_search", *more]


def read_only_folder(site: Site, outcome: Outcome, took_s: float) -> None:
    """Nothing can be written where the step writes."""
    folder = (site.folder / STEPS[site.step]).parent
    # Snakemake would remove an empty one and make it again.
    while not any(folder.iterdir()):
        folder = folder.parent
    outcome.moment = str(folder.relative_to(site.folder))
    folder.chmod(0o555)
    outcome.exit_code, outcome.log = site.run(*obeying())
    folder.chmod(0o755)
    told(outcome, r"Permission denied|Read-only|not writable|write-protected")


def unreadable_input(site: Site, outcome: Outcome, took_s: float) -> None:
    """One of the files that the step reads may not be read."""
    file = site.an_input()
    outcome.moment = str(file.relative_to(site.folder))
    file.chmod(0)
    outcome.exit_code, outcome.log = site.run(*obeying())
    file.chmod(0o644)
    told(outcome, rf"Permission denied.*{re.escape(file.name)}|{re.escape(file.name)}.*ermission")


def corrupt_input(site: Site, outcome: Outcome, took_s: float) -> None:
    """One of the files that the step reads is cut off, or holds noise, unnoticed by its time."""
    file = site.an_input(".png", ".jpg", ".csv", ".keras", ".tflite", ".onnx", ".json", ".zip")
    content = file.read_bytes()
    outcome.moment = damage(site, file)
    outcome.exit_code, outcome.log = site.run()
    told(outcome, rf"error: .*{re.escape(file.stem)}|{re.escape(file.name)}")
    # Brought back, as from a backup: with the time at which that was done.
    file.write_bytes(content)


def damage(site: Site, file: Path) -> str:
    """Cut a file off, or put noise into it, and say what was done."""
    content, before = file.read_bytes(), file.stat()
    at = site.random.randrange(len(content) // 4, len(content))
    cut = site.random.random() < 0.5
    noise = site.random.randbytes(min(64, len(content) - at))
    file.write_bytes(content[:at] if cut else content[:at] + noise + content[at + len(noise) :])
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    return f"{file.relative_to(site.folder)}, {'cut at' if cut else 'noise at'} byte {at}"


def corrupt_state(site: Site, outcome: Outcome, took_s: float) -> None:
    """SIGKILL with work half done, and of what the next run would go on from a file is damaged."""
    kept = site.folder / "results/resume"

    def left() -> list[Path]:
        return sorted(file for file in kept.rglob("*") if file.is_file() and file.stat().st_size)

    process = site.start()
    while process.poll() is None and not left():
        time.sleep(0.002)
    time.sleep(site.random.uniform(0, 0.1) * took_s)
    end(process, signal.SIGKILL, outcome)
    files = left()
    outcome.moment = damage(site, site.random.choice(files)) if files else "done before"
    outcome.log = (site.folder / "disturbed.log").read_text(errors="replace")


def clock_back(site: Site, outcome: Outcome, took_s: float) -> None:
    """The clock has gone back since all other files were written, and comes right again later."""
    by_s = site.random.uniform(60, 10**6)
    outcome.moment = f"by {by_s:.0f} s"
    shift_times(site.folder / "results", by_s)
    outcome.exit_code, outcome.log = site.run()
    shift_times(site.folder / "results", -by_s)
    told(outcome, r"clock skew")


def shift_times(folder: Path, by_s: float) -> None:
    """Let all files have been written so much later."""
    for file in folder.rglob("*"):
        time_ns = file.stat().st_mtime_ns + int(by_s * 1e9)
        os.utime(file, ns=(time_ns, time_ns))


def two_at_once(site: Site, outcome: Outcome, took_s: float) -> None:
    """A second run of the same command while the first one is busy."""
    delay_s = site.random.uniform(0.4, 0.8) * took_s
    outcome.moment = f"{delay_s:.2f} s"
    first = site.start()
    with contextlib.suppress(subprocess.TimeoutExpired):
        first.wait(timeout=delay_s)
    busy = first.poll() is None
    outcome.exit_code, outcome.log = site.run()
    if busy and first.poll() is None:
        told(outcome, r"locked")
    if first.wait(timeout=600) != 0:
        outcome.damaged.append("the first run")


def out_of_memory(site: Site, outcome: Outcome, took_s: float) -> None:
    """No step gets more memory than a limit that Snakemake itself does not have."""
    limit_mb = site.random.uniform(*MEMORY_MB)
    outcome.moment = f"{limit_mb:.0f} MB"
    limit = site.folder / "limit.sh"
    # Read by every shell that Snakemake starts for a step.
    limit.write_text(f"ulimit -v {int(limit_mb * 1000)}\n")
    outcome.exit_code, outcome.log = site.run(BASH_ENV=str(limit))
    told(outcome, r"[Mm]emory|allocate|failed to map segment|bad_alloc|can't start new thread")


FAULTS = {
    "SIGKILL": shot,
    "SIGTERM": terminated,
    "full disk": full_disk,
    "read-only folder": read_only_folder,
    "unreadable input": unreadable_input,
    "corrupt input": corrupt_input,
    "corrupt checkpoint": corrupt_state,
    "clock going back": clock_back,
    "two runs at once": two_at_once,
    "out of memory": out_of_memory,
}


def fits(step: str, fault: str) -> bool:
    """Whether a fault can hit a step."""
    if fault == "corrupt checkpoint":
        return step in RESUMING
    # Provenance writes down what is there, whatever it is.
    return (step, fault) != ("provenance", "corrupt input")


def told(outcome: Outcome, pattern: str) -> None:
    """Whether a run that failed says why; one that was not hit has nothing to say."""
    if outcome.exit_code != 0:
        outcome.clear_message = bool(re.search(pattern, outcome.log))


def contents(folder: Path) -> dict[str, str]:
    """SHA-256 of every result by its path."""
    return {
        name: hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted((folder / "results").rglob("*"))
        if file.is_file()
        and not NO_RESULTS.search(name := str(file.relative_to(folder / "results")))
    }


def disturb(finished: Path, step: str, fault: str, seed: str, took_s: float) -> Outcome:
    """One run of the campaign.

    Args:
        finished: folder of a finished smoke workflow, which is copied.
        step: a key of STEPS.
        fault: a key of FAULTS.
        seed: decides all that is left to chance.
        took_s: how long the step's command takes undisturbed.
    """
    outcome = Outcome(fault, step, "")
    with tempfile.TemporaryDirectory(prefix="fault-") as temporary:
        folder = Path(temporary) / "work"
        subprocess.run(["cp", "-a", finished, folder], check=True)
        undisturbed = contents(folder)
        site = Site(folder, finished, step, job_of(finished, step), random.Random(seed))
        made = set()
        for path in site.job.outputs:
            gone = folder / path
            inside = gone.rglob("*") if gone.is_dir() else [gone]
            made |= {str(file.relative_to(folder / "results")) for file in inside}
            shutil.rmtree(gone) if gone.is_dir() else gone.unlink()
        FAULTS[fault](site, outcome, took_s)
        after = contents(folder)
        others = set(undisturbed) - made
        outcome.lost += sorted(others - set(after))
        outcome.damaged += sorted(
            name for name in others & set(after) if after[name] != undisturbed[name]
        )
        if outcome.exit_code == 0:
            # Nothing may look whole that is not.
            wrong = {name for name in made if after.get(name) != undisturbed.get(name)}
            outcome.damaged += sorted(wrong)
        subprocess.run(
            [sys.executable, "-m", "snakemake", "--unlock", *options(step, folder)],
            cwd=folder,
            capture_output=True,
            check=True,
        )
        code, log = site.run()
        outcome.recovered = code == 0 and contents(folder) == undisturbed
        if not outcome.recovered:
            outcome.log += f"\n--- run again ---\n{log}"
    return outcome


def job_of(finished: Path, step: str) -> jobs.Job:
    """The job that makes a step's output, with paths relative to the workflow's folder."""
    before = Path.cwd()
    os.chdir(finished)
    try:
        found = jobs.read(Path(".snakemake/metadata"))
    finally:
        os.chdir(before)
    job = next(job for job in found if Path(STEPS[step]) in job.outputs)
    job = replace(job, inputs=(*job.inputs, *([GIVEN[step]] if step in GIVEN else [])))
    return replace(job, outputs=(*job.outputs, UPSCALED)) if step == "upscale" else job


def options(step: str, folder: Path) -> list[str]:
    """The configuration of a step's command."""
    if step != "lpips":
        return CONFIGURED
    checksum = hashlib.sha256((folder / WEIGHTS).read_bytes()).hexdigest()
    return [*CONFIGURED, "--config", f"metrics={{lpips: {{path: {WEIGHTS}, sha256: {checksum}}}}}"]


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


def plan(runs: int) -> list[tuple[str, str]]:
    """Pairs of step and fault: each as often as any other, as far as that goes."""
    pairs = [(step, fault) for fault in FAULTS for step in STEPS if fits(step, fault)]
    return (pairs * (runs // len(pairs) + 1))[: max(runs, len(pairs))]


def durations(finished: Path) -> dict[str, float]:
    """Seconds that each step's command takes, measured once."""
    took_s = {}
    for step in STEPS:
        with tempfile.TemporaryDirectory(prefix="fault-") as temporary:
            folder = Path(temporary) / "work"
            subprocess.run(["cp", "-a", finished, folder], check=True)
            site = Site(folder, finished, step, job_of(finished, step), random.Random(0))
            for path in site.job.outputs:
                gone = folder / path
                shutil.rmtree(gone) if gone.is_dir() else gone.unlink()
            start_s = time.monotonic()
            code, log = site.run()
            assert code == 0, log
            took_s[step] = time.monotonic() - start_s
    return took_s


def report(outcomes: list[Outcome], seed: int) -> str:
    """The page of the docs."""

    def row(name: str, group: list[Outcome]) -> str:
        failed = [outcome for outcome in group if outcome.exit_code != 0]
        asked = [outcome for outcome in failed if outcome.clear_message is not None]
        cells = [
            name,
            len(group),
            len(failed),
            f"{sum(outcome.clear_message for outcome in asked)}/{len(asked)}" if asked else "",
            sum(bool(outcome.lost) for outcome in group),
            sum(bool(outcome.damaged) for outcome in group),
            f"{sum(outcome.recovered for outcome in group)}/{len(group)}",
        ]
        return f"| {' | '.join(map(str, cells))} |\n"

    def table(kind: str, names: list[str]) -> str:
        head = f"| {kind} | runs | failed | said why | lost | damaged | recovered |\n"
        rows = [row(name, [o for o in outcomes if getattr(o, kind) == name]) for name in names]
        return head + "| --- " * 7 + "|\n" + "".join(rows)

    exceptions = [outcome for outcome in outcomes if not outcome.fine()]
    listed = "".join(
        f"- {o.step}, {o.fault} ({o.moment}): "
        + "; ".join(
            part
            for part, true in (
                ("hung", o.hung),
                ("did not say why", o.clear_message is False),
                (f"lost {len(o.lost)} files", o.lost),
                (f"damaged {', '.join(o.damaged[:3])}", o.damaged),
                ("did not recover", not o.recovered),
            )
            if true
        )
        + "\n"
        for o in exceptions
    )
    return (
        "# Faults\n\n"
        f"Written by `make faults RUNS={len(outcomes)} SEED={seed}`: the small workflow, broken on "
        "purpose. Every run deletes what one\nstep has made, disturbs the making of it at a random "
        "moment or place, and lets the same command run again.\n\n"
        "- failed: the disturbed run ended with an error. One that is killed after its last file, "
        "or has memory enough, does not.\n"
        "- said why: of those that can, how many name the reason in a line.\n"
        "- lost, damaged: runs after which another step's files were gone or different, or which "
        "ended well with other bytes.\n"
        "- recovered: runs after which the same command ended with the bytes of a workflow never "
        "disturbed.\n\n"
        f"{table('fault', list(FAULTS))}\n{table('step', list(STEPS))}\n"
        f"{'Exceptions:' + chr(10) + chr(10) + listed if listed else 'No exceptions.' + chr(10)}"
    )


def main() -> None:
    """Run the campaign, show it as it goes, and write what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=200, help="how many, at least one of each")
    parser.add_argument("--seed", type=int, default=0, help="decides all that is left to chance")
    parser.add_argument("--workers", type=int, default=2, help="runs at a time")
    parser.add_argument("--csv", type=Path, required=True, help="every run, to write")
    parser.add_argument("--page", type=Path, required=True, help="the page, to write")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="finished-") as temporary:
        project = copy_project(Path(temporary) / "checkout")
        prepare(project, list(STEPS))
        outcomes = campaign(project.folder, arguments.runs, arguments.seed, arguments.workers)
    arguments.csv.parent.mkdir(parents=True, exist_ok=True)
    with arguments.csv.open("w", newline="") as file:
        writer = csv.DictWriter(file, [key for key in asdict(outcomes[0]) if key != "log"])
        writer.writeheader()
        writer.writerows(
            {key: value for key, value in asdict(outcome).items() if key != "log"}
            for outcome in outcomes
        )
    arguments.page.write_text(report(outcomes, arguments.seed))


def campaign(finished: Path, runs: int, seed: int, workers: int) -> list[Outcome]:
    """So many runs, some at a time, each with a line; what is not fine with the end of its log."""
    took_s = durations(finished)

    def one(number_and_pair: tuple[int, tuple[str, str]]) -> Outcome:
        number, (step, fault) = number_and_pair
        outcome = disturb(finished, step, fault, f"{seed} {number}", took_s[step])
        verdict = "fine" if outcome.fine() else "NOT FINE"
        print(f"{number + 1}: {step}, {fault} ({outcome.moment}): {verdict}", flush=True)
        if verdict != "fine":
            print(outcome.log[-3000:], flush=True)
        return outcome

    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(one, enumerate(plan(runs))))


if __name__ == "__main__":
    main()
