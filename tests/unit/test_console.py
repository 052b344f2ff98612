import argparse
import logging

import pytest

from superres import console
from superres.errors import InputError


def test_bad_input_ends_in_one_line():
    def step(arguments):
        raise InputError("photo 'a': too small")

    with pytest.raises(SystemExit) as end:
        console.run(step, argparse.ArgumentParser(prog="step", conflict_handler="resolve"))
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
