"""Checkpoints: a killed training continues and ends with the same bytes."""

import hashlib
import io
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
import pytest
from conftest import PATIENCE_S

from superres.config import complete
from superres.data import pair_files
from superres.networks import keras_files
from superres.resuming import fingerprints
from superres.training import callbacks, epoch_checkpoints, fit, recipe
from superres.training.batches import enlarge
from superres.training.epoch_checkpoints import States

# `make check` leaves it out.
pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
SCRIPT = ROOT / "workflow/scripts/train.py"
# Equal to the byte; measured times are not.
RESULTS = ("model.keras", "history.csv", "summary.json")

EVERYTHING = {
    "architecture": "lr_autoencoder",
    "options": {
        "channels": 4,
        "inner_channels": 4,
        "encoder_blocks": 1,
        "decoder_blocks": 1,
        "dropout": 0.2,
    },
    "training": {
        "augment": ["flip", "turn", "channels", "mixup"],
        "batch_size": 2,
        "clip_norm": 0.1,
        "early_stopping_epochs": 4,
        "ema": 0.9,
        "hr_patch_px": 24,
        "keep": "best",
        "learning_rate": 0.01,
        "optimizer": "muon",
        "steps": 165,
        "steps_per_epoch": 20,
        "warmup_steps": 10,
        "weight_decay": 0.01,
    },
}
# Batches do not end with the epoch; the rate falls, and training stops, before the budget ends.
AS_THE_PAPER = {
    "architecture": "paper_autoencoder",
    "options": {},
    "training": {
        "batch_size": 2,
        "early_stopping_epochs": 4,
        "epochs": 12,
        "input": "images",
        "keep": "best",
        "learning_rate": 0.02,
        "loss": "mse",
        "plateau_epochs": 1,
        "schedule": "plateau",
    },
}


def completed(recipe, **changed):
    """A recipe with its defaults, as the configuration gives it."""
    model = recipe | {"training": recipe["training"] | changed}
    run = {"datasets": ["d"], "methods": ["bicubic", "m"], "scales": [2], "seeds": [0], "shards": 1}
    config = {"run": run, "datasets": {"d": {"source": "bundled"}}, "models": {"m": model}}
    return complete(config).models["m"].model_dump(exclude_none=True)


def typed(settings):
    """The same, as the training takes it."""
    return recipe.read(json.dumps(settings))


@pytest.fixture(scope="module")
def photos(tmp_path_factory) -> Path:
    """Five pairs to learn from and one to watch."""
    folder = tmp_path_factory.mktemp("photos")
    rng = np.random.default_rng(0)
    for number in range(6):
        side = "train" if number else "validation"
        lr = rng.integers(0, 256, (24, 24, 3)).astype(np.uint8)
        pair_files.write(folder / side, str(number), lr, enlarge(lr, 2))
    return folder


@dataclass(frozen=True)
class Training:
    """The script, as the workflow calls it."""

    folder: Path
    photos: Path
    recipe: dict

    def start(self) -> subprocess.Popen:
        self.folder.mkdir(exist_ok=True)
        outputs = {
            name: self.folder / file
            for name, file in zip(("model", "history", "summary"), RESULTS, strict=True)
        } | {"timing": self.folder / "timing.json", "resume": self.folder / "resume"}
        options = [word for name, file in outputs.items() for word in (f"--{name}", file)]
        sides = ["--train", self.photos / "train", "--validation", self.photos / "validation"]
        sides += ["--scales", "2"]
        recipe = ["--recipe", json.dumps(self.recipe), "--method", "m", "--scale", "2"]
        command = [sys.executable, SCRIPT, *sides, *recipe, *options]
        return subprocess.Popen(command, stderr=subprocess.PIPE, text=True)

    def finish(self) -> str:
        """Run to the end, and give what it logs."""
        process = self.start()
        _, log = process.communicate(timeout=PATIENCE_S)
        assert process.returncode == 0, log
        return log

    def end(self, number: int, moments: random.Random) -> tuple[int, str]:
        """Send a signal at some moment of its third epoch, and give exit status and log."""
        process, lines, ended_s = self.start(), [], [time.monotonic()]
        for line in process.stderr:
            lines.append(line)
            if re.search(r"epoch \d+, step|pairs to train on", line):
                ended_s.append(time.monotonic())
            # The line on the pairs, two epochs.
            if len(ended_s) == 4:
                break
        time.sleep(moments.random() * (ended_s[-1] - ended_s[-2]))
        process.send_signal(number)
        lines.append(process.communicate(timeout=PATIENCE_S)[1])
        return process.returncode, "".join(lines)

    def states(self) -> list[Path]:
        return sorted(self.folder.glob("resume/*/*.npz"))

    def results(self) -> dict[str, bytes]:
        return {name: (self.folder / name).read_bytes() for name in RESULTS}


def trained(photos, folder, **changed):
    """The paper's model in this process: weights, history, number of steps."""
    # A new process counts layer names from zero.
    keras.utils.clear_session()
    keras.utils.set_random_seed(0)
    sides = [pair_files.photos([photos / side]) for side in ("train", "validation")]
    model, history, timing = fit.train(
        typed(completed(AS_THE_PAPER, **{"epochs": 3} | changed)), *sides, 2, 0, States(folder)
    )
    keras_files.save(model, folder.with_suffix(".keras"))
    return folder.with_suffix(".keras").read_bytes(), history.to_csv(), timing["steps"]


def test_of_two_states_one_may_be_damaged(tmp_path, photos, caplog):
    caplog.set_level("INFO")
    undisturbed = trained(photos, tmp_path / "resume")
    old, new = sorted(tmp_path.glob("resume/*/*.npz"))
    old_content, new_content = old.read_bytes(), new.read_bytes()
    assert old.name.startswith("00000002.")
    new.write_bytes(new_content[:-1])
    assert trained(photos, tmp_path / "resume") == undisturbed
    assert f"{new} is damaged; not used" in caplog.text
    assert "continuing after epoch 2" in caplog.text
    assert old.read_bytes() == old_content
    caplog.clear()
    for file in tmp_path.glob("resume/*/*.npz"):
        file.write_bytes(b"")
    assert trained(photos, tmp_path / "resume") == undisturbed
    assert "no state is whole; training starts from the beginning" in caplog.text
    assert "continuing" not in caplog.text
    assert len(list(tmp_path.glob("resume/*/*.npz"))) == 2


def test_a_callback_that_does_not_say_its_state_cannot_be_forgotten(tmp_path):
    class Counting(keras.callbacks.Callback):
        pass

    class Unnamed(callbacks.Resumable):
        pass

    for callback in (Counting(), Unnamed()):
        (tmp_path / "kept").write_bytes(b"")
        resume = epoch_checkpoints.Resume(States(tmp_path), None, tmp_path / "kept", [callback])
        model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
        model.compile("sgd", "mse")
        with pytest.raises(AttributeError, match=r"state|remembered"):
            model.fit(np.ones((1, 1)), np.ones((1, 1)), verbose=0, callbacks=[callback, resume])


def test_a_training_that_had_stopped_early_does_not_go_on(tmp_path, photos):
    stops = {"learning_rate": 1e-30, "early_stopping_epochs": 1, "plateau_minimum": 0, "epochs": 9}
    stopped = trained(photos, tmp_path / "resume", **stops)
    assert trained(photos, tmp_path / "resume", **stops) == stopped
    assert stopped[2] == 4


class Ticking:
    """A clock that moves on by 10 ms whenever it is read."""

    now_s = 0.0

    def monotonic(self) -> float:
        self.now_s += 0.01
        return self.now_s


def test_minutes_before_the_kill_count(tmp_path, photos, monkeypatch):
    monkeypatch.setattr("superres.training.callbacks.time", Ticking())
    budget = {"minutes": 0.01, "early_stopping_epochs": 10**6}
    _, _, steps = trained(photos, tmp_path / "resume", **budget)
    # As if killed in the last epoch.
    sorted(tmp_path.glob("resume/*/*.npz"))[-1].unlink()
    assert trained(photos, tmp_path / "resume", **budget)[2] < 1.5 * steps


def test_another_training_does_not_use_the_state(tmp_path, photos, caplog):
    caplog.set_level("INFO")
    trained(photos, tmp_path / "resume")
    (before,) = (tmp_path / "resume").iterdir()
    other = trained(photos, tmp_path / "resume", learning_rate=0.01)
    assert "ignored: saved with different settings, data or code" in caplog.text
    assert "continuing" not in caplog.text
    assert other == trained(photos, tmp_path / "fresh", learning_rate=0.01)
    assert before.exists()


def test_what_decides_the_result_is_in_the_key(tmp_path, photos, monkeypatch):
    mine = shutil.copytree(photos, tmp_path / "photos")
    settings = completed(AS_THE_PAPER) | {"seed": 0}

    def key(**changed):
        sides = [pair_files.photos([mine / side]) for side in ("train", "validation")]
        return epoch_checkpoints.key(settings | changed, *sides)

    assert key() == key()
    keys = {key(), key(seed=1), key(architecture="edsr"), key(learning_rate=0.01)}
    (mine / "validation/hr/0.png").write_bytes((mine / "train/hr/1.png").read_bytes())
    keys.add(key())
    for kind in ("lr", "hr"):
        (mine / f"train/{kind}/1.png").rename(mine / f"train/{kind}/9.png")
    keys.add(key())
    monkeypatch.setattr(fingerprints, "version", lambda package: "0")
    keys.add(key())
    assert len(keys) == 7


@pytest.mark.parametrize("recipe", [EVERYTHING, AS_THE_PAPER], ids=["everything", "as the paper"])
def test_a_training_killed_at_any_moment_ends_with_the_same_bytes(tmp_path, photos, recipe):
    recipe = completed(recipe)
    undisturbed = Training(tmp_path / "undisturbed", photos, recipe)
    undisturbed.finish()
    epochs = len((undisturbed.folder / "history.csv").read_text().splitlines()) - 1
    steps = json.loads((undisturbed.folder / "timing.json").read_text())["steps"]
    assert 5 < epochs < 12
    killed, moments = Training(tmp_path / "killed", photos, recipe), random.Random(epochs)
    status, _ = killed.end(signal.SIGKILL, moments)
    assert status == -signal.SIGKILL
    # As a file is that was cut off, though nothing here writes in a way that could.
    newest = killed.states()[-1]
    newest.write_bytes(newest.read_bytes()[:1000])
    status, log = killed.end(signal.SIGTERM, moments)
    assert f"{newest} is damaged; not used" in log
    assert status == 128 + signal.SIGTERM
    after = int(killed.states()[-1].name.partition(".")[0])
    assert log.endswith(f"ended by SIGTERM; the next run continues after epoch {after}\n")
    assert not set(RESULTS) & {file.name for file in killed.folder.iterdir()}
    log = killed.finish()
    assert f"continuing after epoch {after}\n" in log
    assert killed.results() == undisturbed.results()
    assert json.loads((killed.folder / "timing.json").read_text())["steps"] == steps
    assert not (killed.folder / "resume").exists()


def test_a_second_training_beside_the_first_ends_in_one_line(tmp_path, photos):
    training = Training(tmp_path / "one", photos, completed(EVERYTHING))
    first = training.start()
    for line in first.stderr:
        if "pairs to train on" in line:
            break
    second = training.start()
    _, log = second.communicate(timeout=PATIENCE_S)
    first.kill()
    first.wait()
    assert second.returncode == 1
    *_, last = log.splitlines()
    assert last.startswith(f"error: {training.folder / 'resume'}: another process is working on")
    assert "Traceback" not in log


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_that_ends_a_training_leaves_a_line_once_unless_it_is_ignored(
    tmp_path, caplog, number
):
    before = signal.getsignal(number)
    try:
        signal.signal(number, signal.SIG_IGN)
        with States(tmp_path).announced():
            os.kill(os.getpid(), number)
        signal.signal(number, signal.SIG_DFL)
        with pytest.raises(SystemExit) as ending, States(tmp_path).announced():
            try:
                os.kill(os.getpid(), number)
            finally:
                os.kill(os.getpid(), number)
    finally:
        signal.signal(number, before)
    assert ending.value.code == 128 + number
    assert [record.getMessage() for record in caplog.records] == [
        f"ended by {number.name}; the next run continues where this one began"
    ]


class Pwned:
    """What pickle would run."""

    def __reduce__(self):
        return (pytest.fail, ("a state was unpickled",))


def npz(**arrays) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "content",
    [b"", b"no archive", npz(weights=np.array([Pwned()], object))],
    ids=["empty", "no archive", "pickled"],
)
def test_what_is_no_state_is_not_used_whatever_its_name_says(content, tmp_path, caplog):
    (tmp_path / "key").mkdir()
    name = f"00000003.{hashlib.sha256(content).hexdigest()}.npz"
    (tmp_path / "key" / name).write_bytes(content)
    assert States(tmp_path).find("key") is None
    assert "is damaged; not used" in caplog.text
