"""The live view of a run, by the logs of a real one."""

import io
import os
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

from conftest import PATIENCE_S, ROOT, needs
from rich.console import Console

import watch

SNAKEMAKE = """\
total             53
[Sat Nov 28 06:32:39 2026]
Job 7: Copying photos of bundled, shard 2-of-2
[Sat Nov 28 06:32:40 2026]
Job 8: Training m on bundled, x2, seed 2
[Sat Nov 28 06:32:44 2026]
Finished jobid: 7 (Rule: photos)
1 of 53 steps (2%) done
Error in rule split:
    message: Splitting bundled
    jobid: 9
"""
LINE = "06:33:49 train m x2 seed 2: 695/6000 steps (11 %), 230 s left, loss 0.02313\n"


def drawn(run: watch.Run, counts: list[watch.Count], now: datetime) -> str:
    console = Console(width=100, record=True, file=io.StringIO())
    console.print(watch.view(run, counts, now))
    return console.export_text()


def test_it_shows_jobs_steps_and_failures():
    run = watch.read_run(SNAKEMAKE.splitlines())
    start = datetime(2026, 11, 28, 6, 32, 40)
    assert (run.done, run.total, run.ended) == (1, 53, False)
    assert run.running == {"8": ("Training m on bundled, x2, seed 2", start)}
    count = watch.Count("train m x2 seed 2", 695, 6000, "steps", 230, "loss 0.02313")
    text = drawn(run, [count], start + timedelta(seconds=75))
    for part in ("1 of 53 jobs, 1 running", "Training m on bundled, x2, seed 2", "1:15", "split"):
        assert part in text
    for part in ("train m x2 seed 2  loss 0.02313", "695/6000 steps", "3:50 left"):
        assert part in text


def test_it_counts_what_was_written_just_now_and_is_not_complete(tmp_path):
    lines = {"new": LINE, "old": LINE, "done": LINE.replace("695", "6000"), "other": "hello\n"}
    for name, line in lines.items():
        (tmp_path / f"{name}.log").write_text(f"06:33:40 train m: begins\n{line}")
    (tmp_path / "empty.log").touch()
    now_s = time.time()
    os.utime(tmp_path / "old.log", (now_s - 100, now_s - 100))
    (count,) = watch.read_counts(tmp_path, now_s)
    assert (count.step, count.done, count.left_s) == ("train m x2 seed 2", 695, 230)


def test_a_finished_run_is_told_from_one_that_goes_on(finished_run):
    log = watch.newest_log(finished_run.folder)
    # The newest may be that of a later command; the first made everything.
    first = min(log.parent.glob("*.log"))
    lines = first.read_text().splitlines()
    run = watch.read_run(lines)
    assert run.done == run.total > 50
    assert run.ended and not run.running and not run.failures
    half = watch.read_run(lines[: len(lines) // 2])
    assert not half.ended and 0 < half.done < half.total == run.total


def watched(folder: Path) -> subprocess.CompletedProcess:
    command = [sys.executable, ROOT / "tools/watch.py"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=PATIENCE_S)


def test_without_a_terminal_it_prints_the_state_once(finished_run, tmp_path):
    assert " jobs, " in watched(finished_run.folder).stdout
    refused = watched(tmp_path)
    assert refused.returncode == 1 and refused.stderr.count("\n") == 1


def test_in_a_terminal_it_ends_with_the_run(tmp_path):
    script = needs("script")
    log = tmp_path / ".snakemake/log/1.snakemake.log"
    log.parent.mkdir(parents=True)
    log.write_text(SNAKEMAKE)
    command = [script, "-qec", f"{sys.executable} {ROOT / 'tools/watch.py'}", "/dev/null"]
    process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True)
    time.sleep(4)
    assert process.poll() is None
    log.write_text(f"{SNAKEMAKE}Complete log(s): here\n")
    out, _ = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0
    assert "1 running" in out and "ended" in out
