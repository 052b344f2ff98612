"""Ways to disturb a step, each at a moment or place that chance decides."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ground import OWN, RESUMING, STEPS, Site

MB = 10**6
# As little as Python starts with. What is denied some 200 MB may never end: OpenBLAS, of NumPy and
# SciPy, asks again and again.
DENIED_MB = (60, 160)
# Of resident memory: all steps hold the one, few the other.
HELD_MB = (20, 300)


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
        clear = self.clear_message is not False
        return clear and not (self.hung or self.lost or self.damaged) and self.recovered


def killed(site: Site, outcome: Outcome, how: signal.Signals, took_s: float) -> None:
    """All processes of the command at once, at any moment."""
    delay_s = site.random.uniform(0.2, 1) * took_s
    outcome.moment = f"{delay_s:.2f} s"
    process = site.start()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=delay_s)
    end(process, how, outcome)
    outcome.log = site.output()
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
    """All processes get SIGTERM, as from a scheduler, at any moment."""
    killed(site, outcome, signal.SIGTERM, took_s)


def hung_up(site: Site, outcome: Outcome, took_s: float) -> None:
    """All processes get SIGHUP, as from a terminal that is closed, at any moment."""
    killed(site, outcome, signal.SIGHUP, took_s)


def interrupted(site: Site, outcome: Outcome, took_s: float) -> None:
    """All processes get SIGINT, as by Ctrl-C, at any moment."""
    killed(site, outcome, signal.SIGINT, took_s)


def snakemake_killed(site: Site, outcome: Outcome, took_s: float) -> None:
    """Snakemake alone is killed, at any moment; its jobs have to end by themselves."""
    delay_s = site.random.uniform(0.2, 1) * took_s
    outcome.moment = f"{delay_s:.2f} s"
    process = site.start()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=delay_s)
    process.kill()
    outcome.exit_code = process.wait()
    until_s = time.monotonic() + 60
    while steps := steps_of(process.pid):
        outcome.hung = time.monotonic() > until_s
        if outcome.hung:
            steps[0].kill()
        time.sleep(0.01)
    outcome.log = site.output()


def folder_removed(site: Site, outcome: Outcome, took_s: float) -> None:
    """The folder where the step writes is removed while it runs; other steps' files come back."""
    folder, aside = (site.folder / STEPS[site.step]).parent, site.folder / "aside"
    process = site.start()
    while process.poll() is None and not steps_of(process.pid):
        time.sleep(0.01)
    delay_s = site.random.uniform(0, 0.4) * took_s
    outcome.moment = f"{folder.relative_to(site.folder)}, {delay_s:.2f} s after the step began"
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=delay_s)
    with all_stopped(process):
        # Whoever removes it after the step has ended removes its results.
        if steps_of(process.pid) and folder.exists():
            folder.rename(aside)
    outcome.exit_code = process.wait(timeout=300)
    outcome.log = site.output()
    own = [site.folder / output for output in site.job.outputs]
    for file in (path for path in aside.rglob("*") if path.is_file()):
        back = folder / file.relative_to(aside)
        if not back.exists() and not any(back.is_relative_to(output) for output in own):
            back.parent.mkdir(parents=True, exist_ok=True)
            file.rename(back)
    check_message(outcome, r"[Nn]o such file|[Mm]issing|does not exist|[Nn]ot found")


@contextlib.contextmanager
def all_stopped(process: subprocess.Popen) -> Iterator[None]:
    """Nothing of a run goes on meanwhile."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGCONT)


def shot(site: Site, outcome: Outcome, took_s: float) -> None:
    """All processes are killed, at any moment."""
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
    check_message(outcome, r"No space left on device|no room|disk is full")


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
    check_message(outcome, r"Permission denied|Read-only|not writable|write-protected")


def unreadable_input(site: Site, outcome: Outcome, took_s: float) -> None:
    """One of the files that the step reads may not be read."""
    file = site.an_input()
    outcome.moment = str(file.relative_to(site.folder))
    file.chmod(0)
    outcome.exit_code, outcome.log = site.run(*obeying())
    file.chmod(0o644)
    check_message(
        outcome, rf"Permission denied.*{re.escape(file.name)}|{re.escape(file.name)}.*ermission"
    )


def corrupt_input(site: Site, outcome: Outcome, took_s: float) -> None:
    """One of the files that the step reads is cut off, or holds noise, unnoticed by its time."""
    file = site.an_input(".png", ".jpg", ".csv", ".keras", ".tflite", ".onnx", ".json", ".zip")
    content = file.read_bytes()
    outcome.moment = damage(site, file)
    outcome.exit_code, outcome.log = site.run()
    check_message(outcome, rf"error: .*{re.escape(file.stem)}|{re.escape(file.name)}")
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
    """Killed with work half done; and a file is damaged from which the next run would continue."""
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
    outcome.log = site.output()


def clock_back(site: Site, outcome: Outcome, took_s: float) -> None:
    """The clock has gone back since all other results were made, and comes right again later."""
    by_s = site.random.uniform(60, 10**6)
    outcome.moment = f"by {by_s:.0f} s"
    shift_times(site.folder / "results", by_s)
    outcome.exit_code, outcome.log = site.run()
    shift_times(site.folder / "results", -by_s)
    check_message(outcome, r"clock skew")


def shift_times(folder: Path, by_s: float) -> None:
    """Let all files, but those that the user brought along, have been written so much later."""
    for file in set(folder.rglob("*")) - set((folder / OWN).rglob("*")):
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
        check_message(outcome, r"locked")
    if first.wait(timeout=600) != 0:
        outcome.damaged.append("the first run")


def out_of_memory(site: Site, outcome: Outcome, took_s: float) -> None:
    """A step is denied memory, or killed for what it holds, as by the kernel of a full machine."""
    denied = site.random.random() < 0.5
    limit_mb = site.random.uniform(*(DENIED_MB if denied else HELD_MB))
    outcome.moment = f"{'denied' if denied else 'killed'} at {limit_mb:.0f} MB"
    if denied:
        limit = site.folder / "limit.sh"
        # Read by every shell that Snakemake starts for a step.
        limit.write_text(f"ulimit -v {int(limit_mb * 1000)}\n")
        outcome.exit_code, outcome.log = site.run(BASH_ENV=str(limit))
    else:
        process = site.start()
        while process.poll() is None:
            for step in steps_of(process.pid):
                if step.held_mb() > limit_mb:
                    step.kill()
            time.sleep(0.005)
        outcome.exit_code, outcome.log = process.wait(), site.output()
    check_message(outcome, r"[Mm]emory|allocate|failed to map segment|bad_alloc|new thread|Killed")


@dataclass(frozen=True)
class Process:
    """One that Linux runs."""

    folder: Path

    def held_mb(self) -> float:
        """Resident memory; 0 where it has ended."""
        with contextlib.suppress(OSError):
            pages = int((self.folder / "statm").read_text().split()[1])
            return pages * os.sysconf("SC_PAGE_SIZE") / MB
        return 0

    def kill(self) -> None:
        """Send SIGKILL, if it is still there."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(self.folder.name), signal.SIGKILL)


def steps_of(group: int) -> list[Process]:
    """The scripts of the workflow that run in a process group."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            in_group = os.getpgid(int(folder.name)) == group
            words = (folder / "cmdline").read_bytes().split(b"\0")
            if in_group and words[1:2] and words[1].startswith(b"workflow/scripts/"):
                found.append(Process(folder))
    return found


FAULTS = {
    "SIGKILL": shot,
    "SIGTERM": terminated,
    "SIGHUP": hung_up,
    "Ctrl-C": interrupted,
    "Snakemake killed": snakemake_killed,
    "folder removed": folder_removed,
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


def check_message(outcome: Outcome, pattern: str) -> None:
    """Whether a run that failed says why; one that was not hit has nothing to say."""
    if outcome.exit_code != 0:
        outcome.clear_message = bool(re.search(pattern, outcome.log))


def size(path: Path) -> int:
    """Bytes of a file, or of all files of a folder."""
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file())
