"""A live view of a run: `make watch`, in another terminal, also where a cluster runs the jobs.

Reads what Snakemake and the steps write into their logs, and changes nothing.
"""

import argparse
import re
import sys
import time
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from rich import box
from rich.console import Console, Group
from rich.live import Live
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

REFRESH_S = 1.0
# A step writes a line at least every ten seconds while it counts something.
RECENT_S = 60.0
SHOWN_FAILURES = 5
DATE = re.compile(r"\[(\w{3} \w{3} +\d+ [\d:]{8} \d{4})\]")
STARTED = re.compile(r"Job (\d+): (.+)")
FINISHED = re.compile(r"Finished jobid: (\d+) ")
FAILED = re.compile(r"Error in (?:rule|group) (\S+):")
FAILED_JOB = re.compile(r" +jobid: (\d+)")
STEPS = re.compile(r"(\d+) of (\d+) steps")
JOBS = re.compile(r"total +(\d+)")
COUNTED = re.compile(r"[\d:]+ (.+): (\d+)/(\d+) (\w+) \(\d+ %\), (\d+) s left(?:, (.*))?")


@dataclass
class Run:
    """What Snakemake's log says of a run.

    Attributes:
        done: jobs that are finished.
        total: all jobs.
        running: message and time of the start of those that run, by number.
        failures: rules that failed.
        ended: whether Snakemake has ended.
    """

    done: int = 0
    total: int = 0
    running: dict[str, tuple[str, datetime | None]] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    ended: bool = False


@dataclass(frozen=True)
class Count:
    """What a step says of its progress: `train lr_autoencoder x2: 764/6000 steps, 346 s left`."""

    step: str
    done: int
    total: int
    unit: str
    left_s: int
    note: str


def read_run(lines: list[str]) -> Run:
    """The state of a run by the lines of Snakemake's log."""
    run = Run()
    time_of_line = None
    for line in lines:
        if match := DATE.fullmatch(line):
            time_of_line = datetime.strptime(match[1], "%a %b %d %H:%M:%S %Y")
        elif match := STARTED.fullmatch(line):
            run.running[match[1]] = (match[2], time_of_line)
        elif match := FINISHED.match(line):
            run.running.pop(match[1], None)
        elif match := FAILED.fullmatch(line):
            run.failures.append(match[1])
        elif run.failures and (match := FAILED_JOB.fullmatch(line)):
            run.running.pop(match[1], None)
        elif match := STEPS.match(line):
            run.done, run.total = int(match[1]), int(match[2])
        elif match := JOBS.fullmatch(line):
            run.total = int(match[1])
        elif line.startswith(("Complete log", "Nothing to be done")):
            run.ended = True
    return run


def read_counts(logs: Path, now_s: float) -> list[Count]:
    """What the steps count that have written to their logs just now, by step.

    Args:
        logs: folder of all logs of steps.
        now_s: the time, as of files.
    """
    counts = []
    for file in logs.rglob("*.log"):
        try:
            if now_s - file.stat().st_mtime > RECENT_S:
                continue
            lines = file.read_text(errors="replace").splitlines()
        except OSError:  # removed meanwhile, as a step begins anew
            continue
        match = COUNTED.fullmatch(lines[-1]) if lines else None
        if match and match[2] != match[3]:
            step, done, total, unit, left_s, note = match.groups(default="")
            counts.append(Count(step, int(done), int(total), unit, int(left_s), note))
    return sorted(counts, key=lambda count: count.step)


def view(run: Run, counts: list[Count], now: datetime) -> Group:
    """What is drawn of a run."""
    jobs = Table.grid(padding=(0, 2), expand=True)
    jobs.add_column(ratio=3)
    jobs.add_column(justify="right", style="dim")
    for message, start in run.running.values():
        jobs.add_row(message, _duration((now - start).total_seconds()) if start else "")
    steps = Table.grid(padding=(0, 2), expand=True)
    for options in ({"ratio": 3}, {"ratio": 1}, {"justify": "right"}, {"justify": "right"}):
        steps.add_column(**options, no_wrap=True, overflow="ellipsis")
    for count in counts:
        amount = f"{count.done}/{count.total} {count.unit}"
        steps.add_row(
            Text(f"{count.step}  {count.note}".strip()),
            ProgressBar(count.total, count.done),
            amount,
            f"{_duration(count.left_s)} left",
        )
    whole = Table.grid(padding=(0, 2), expand=True)
    whole.add_column(ratio=1)
    whole.add_column(justify="right")
    state = "ended" if run.ended else f"{len(run.running)} running"
    whole.add_row(
        ProgressBar(max(run.total, 1), run.done), f"{run.done} of {run.total} jobs, {state}"
    )
    parts = [_panel("the run", whole)]
    if run.running and not run.ended:
        parts.append(_panel("jobs", jobs))
    if counts and not run.ended:
        parts.append(_panel("steps", steps))
    if run.failures:
        failed = ", ".join(run.failures[-SHOWN_FAILURES:])
        parts.append(_panel("failed", Text(failed, style="bold red")))
    return Group(*parts)


def _panel(title: str, content: Table | Text) -> Panel:
    return Panel(content, title=title, title_align="left", box=box.ROUNDED, border_style="dim")


def _duration(seconds: float) -> str:
    minutes, seconds = divmod(max(int(seconds), 0), 60)
    return f"{minutes}:{seconds:02}"


def newest_log(folder: Path) -> Path | None:
    """The log of the run that began last in a working directory."""
    return max((folder / ".snakemake/log").glob("*.log"), default=None)


def main() -> None:
    """Draw until the run has ended."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=Path(), help="where Snakemake runs")
    folder = parser.parse_args().folder
    log = newest_log(folder)
    if log is None:
        sys.exit(f"error: {folder.resolve()}: no run of Snakemake; begin one with: make results")

    def now() -> tuple[Run, Group]:
        run = read_run(log.read_text(errors="replace").splitlines())
        counts = read_counts(folder / "results/logs", time.time())
        return run, view(run, counts, datetime.now())

    console = Console()
    run, drawn = now()
    if not console.is_terminal:
        console.print(drawn)
        return
    with Live(drawn, console=console, auto_refresh=False) as live:
        while not run.ended:
            time.sleep(REFRESH_S)
            run, drawn = now()
            live.update(drawn, refresh=True)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
