"""A training that is killed goes on after its last finished epoch, as if nothing had been."""

import contextlib
import hashlib
import io
import json
import shutil
import signal
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import keras
import numpy as np

from superres.core.atomic import appearing
from superres.core.console import log
from superres.data.pair_files import Pair
from superres.resuming.fingerprints import fingerprint

# Beside the newest state, one in reserve.
GENERATIONS = 2
# What callbacks know from earlier epochs, ours and Keras' own.
KNOWN = (
    "_ema_weights_in_model",
    "best",
    "best_epoch",
    "cooldown_counter",
    "elapsed_s",
    "epoch",
    "history",
    "step_s",
    "steps",
    "stopped_epoch",
    "wait",
)

State = dict[str, np.ndarray]


def key(settings: dict, *sides: list[Pair]) -> str:
    """A checksum of everything that decides what a training gives, but the hardware.

    Args:
        settings: what it was asked for, as JSON takes it; `architecture` names a module.
        *sides: the pairs of every side of the split.
    """
    architecture = f"superres.networks.architectures.{settings['architecture']}"
    kinds = [[(pair.photo, pair.enlarged is not None) for pair in side] for side in sides]
    files = [file for side in sides for pair in side for file in pair.files()]
    return fingerprint("train", {"settings": settings, "photos": kinds}, files, architecture)


class States:
    """The newest states of a training on disk: files `<epoch>.<their own SHA-256>.npz`.

    The checksum in the name says whether a file is whole; one step puts it there.

    Args:
        folder: theirs alone.
    """

    def __init__(self, folder: Path) -> None:
        self.root = self.folder = folder
        self.epoch = 0

    def find(self, key: str) -> State | None:
        """The newest whole state of the training with this key, or None; any other is left alone.

        Args:
            key: of what decides the result; sets where states are saved from now on.
        """
        self.folder = self.root / key[:16]
        if self.root.is_dir() and not self.folder.is_dir():
            log.info("%s: of other settings, data or code; not used", self.root)
        self.folder.mkdir(parents=True, exist_ok=True)
        found = self._files()
        for file in reversed(found):
            content = file.read_bytes()
            epoch, checksum, _ = file.name.split(".")
            if hashlib.sha256(content).hexdigest() == checksum:
                # A name that fits its content does not make that a state.
                with (
                    contextlib.suppress(ValueError, OSError, EOFError, zipfile.BadZipFile),
                    np.load(io.BytesIO(content), allow_pickle=False) as arrays,
                ):
                    state = dict(arrays)
                    self.epoch = int(epoch)
                    return state
            log.warning("%s is damaged; not used", file)
            file.unlink()
        if found:
            log.warning("no state is whole; training starts anew")
        return None

    def save(self, epoch: int, state: State) -> None:
        """Keep the state after an epoch (from 1), and the one before it."""
        buffer = io.BytesIO()
        np.savez(buffer, **state)
        content = buffer.getbuffer()
        checksum = hashlib.sha256(content).hexdigest()
        with appearing(self.folder / f"{epoch:08d}.{checksum}.npz") as unfinished:
            unfinished.write_bytes(content)
        self.epoch = epoch
        for file in self._files()[:-GENERATIONS]:
            file.unlink()

    def clear(self) -> None:
        """Remove all states, those with other keys too: the training is done."""
        shutil.rmtree(self.root)

    @contextlib.contextmanager
    def announced(self) -> Iterator[None]:
        """While this lasts, SIGTERM and Ctrl-C end the program with a line on how it goes on."""

        def end(number: int, _) -> None:
            after = f"after epoch {self.epoch}" if self.epoch else "where this one began"
            log.error("ended by %s; the next run goes on %s", signal.Signals(number).name, after)
            sys.exit(128 + number)

        before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _files(self) -> list[Path]:
        return sorted(self.folder.glob("*.npz"))


class Resume(keras.callbacks.Callback):
    """Puts everything back as a state has it, and saves the state after every epoch.

    Keras' BackupAndRestore does not: it loses the random state of layers and what other callbacks
    know, trains on after an early stop, and takes a torn file for a whole one.

    Args:
        states: on disk.
        state: the one to begin with, or None for a new training.
        kept: file of the weights to keep, which another callback writes.
        callbacks: of the same training; they come before this one.
    """

    def __init__(
        self,
        states: States,
        state: State | None,
        kept: Path,
        callbacks: list[keras.callbacks.Callback],
    ) -> None:
        super().__init__()
        self.states = states
        self.state = state
        self.kept = kept
        self.callbacks = callbacks

    def on_train_begin(self, logs=None) -> None:
        """Put everything back."""
        with self.model.distribute_strategy.scope():
            self.model.optimizer.build(self.model.trainable_variables)
        if self.state is None:
            return
        for number, variable in enumerate(self._variables()):
            variable.assign(self.state[str(number)])
        known = json.loads(str(self.state["known"]))
        for callback, values in zip(self.callbacks, known, strict=True):
            for name, value in values.items():
                setattr(callback, name, value)
        self.kept.write_bytes(self.state["kept"].tobytes())
        self.state = None

    def on_epoch_end(self, epoch: int, logs=None) -> None:
        """Save everything."""
        known = [
            {name: getattr(callback, name) for name in KNOWN if hasattr(callback, name)}
            for callback in self.callbacks
        ]
        variables = {
            str(number): keras.ops.convert_to_numpy(variable)
            for number, variable in enumerate(self._variables())
        }
        self.states.save(
            epoch + 1,
            {
                "stopped": np.array(self.model.stop_training),
                "known": np.array(json.dumps(known)),
                "kept": np.frombuffer(self.kept.read_bytes(), np.uint8),
                **variables,
            },
        )

    def _variables(self) -> list:
        return [*self.model.variables, *self.model.optimizer.variables]
