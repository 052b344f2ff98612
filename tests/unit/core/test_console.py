import logging
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from superres.core import console
from superres.core.errors import InputError


def test_bad_input_ends_in_one_line():
    def step() -> None:
        raise InputError("photo 'a': too small")

    with pytest.raises(SystemExit) as end:
        console.run(step)
    assert end.value.code == "error: photo 'a': too small"


@pytest.fixture(autouse=True)
def no_command_line(monkeypatch):
    monkeypatch.setattr("sys.argv", ["step"])


def test_progress_shows_the_end_and_not_every_step(caplog):
    caplog.set_level(logging.INFO)
    assert list(console.tracked(range(50), "photos")) == list(range(50))
    assert [record.message for record in caplog.records] == ["50/50 photos (100 %), 0 s left"]


def test_progress_tells_the_time_left(caplog, monkeypatch):
    caplog.set_level(logging.INFO)
    clock = iter([0.0, 5.0, 12.0])
    monkeypatch.setattr("time.monotonic", lambda: next(clock))
    progress = console.Progress(4, "steps", every_s=10)
    progress.update(1)
    progress.update(2, "loss 0.5")
    assert [record.message for record in caplog.records] == [
        "2/4 steps (50 %), 12 s left, loss 0.5"
    ]


STEP = """
import sys, time
from superres.core import console

def step() -> None:
    for photo in console.tracked(range(4), "photos"):
        time.sleep(0.15)
        if photo == 1:
            console.log.warning("photo 1 is grey")

sys.argv = ["step"]
console.run(step)
"""
SCRIPTS = Path(console.__file__).parents[2]


def test_a_terminal_shows_live_progress_which_lines_of_the_log_replace():
    own, terminal = pty.openpty()
    subprocess.run([sys.executable, "-c", STEP], stderr=terminal, cwd=SCRIPTS, check=True)
    os.close(terminal)
    shown = os.read(own, 10_000).decode()
    os.close(own)
    drawn = shown.split(console.CLEAR)
    assert drawn[1].startswith("[#####               ] 1/4 photos (25 %), ")
    assert [line.strip()[9:] for line in drawn if line.endswith("\n")] == [
        "step: photo 1 is grey",
        "step: 4/4 photos (100 %), 0 s left",
    ]


def test_elsewhere_only_lines_are_written():
    done = subprocess.run(
        [sys.executable, "-c", STEP], cwd=SCRIPTS, check=True, capture_output=True, text=True
    )
    assert [line[9:] for line in done.stderr.splitlines()] == [
        "step: photo 1 is grey",
        "step: 4/4 photos (100 %), 0 s left",
    ]
    assert console.CLEAR not in done.stderr


def test_of_several_steps_the_first_word_picks_one(monkeypatch):
    calls = []

    def first_step(scale: int) -> None:
        calls.append(("first", scale))

    def second_step(files: list[Path], overwrite: bool = False) -> None:
        calls.append(("second", files, overwrite))

    for line in ("first-step --scale 2", "second-step --files a b --overwrite"):
        monkeypatch.setattr("sys.argv", ["step", *line.split()])
        console.run(first_step, second_step)
    assert calls == [("first", 2), ("second", [Path("a"), Path("b")], True)]
