"""Checkpoints after every epoch, from which a killed training continues to the same bytes."""

import contextlib
import hashlib
import io
import json
import shutil
import signal
import sys
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import keras
import numpy as np

from superres.core.atomic import appearing
from superres.core.console import log
from superres.data.pair_files import Pair
from superres.resuming.fingerprints import fingerprint
from superres.training.callbacks import Resumable

# Beside the newest state, one in reserve.
GENERATIONS = 2
ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
State = dict[str, np.ndarray]


def key(settings: dict, *sides: list[Pair]) -> str:
    """A checksum of everything that decides what a training gives, but the hardware.

    Args:
        settings: of the training, as JSON takes them; `architecture` names a module.
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
        if any(self.root.glob("*/")) and not self.folder.is_dir():
            log.info("%s: ignored: saved with different settings, data or code", self.root)
        self.folder.mkdir(parents=True, exist_ok=True)
        files = self._files()
        for file in reversed(files):
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
        if files:
            log.warning("no state is whole; training starts from the beginning")
        return None

    def save(self, epoch: int, state: State) -> None:
        """Keep the state after an epoch (from 1), and the one before it."""
        buffer = io.BytesIO()
        np.savez(buffer, allow_pickle=False, **state)
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
        """While this lasts, a signal that ends the program leaves a line on how it continues.

        These are SIGTERM, Ctrl-C and a terminal that is closed, unless they are ignored.
        """
        ending: list[int] = []

        def end(number: int, _) -> None:
            ending.append(number)
            # Several come together, as when a terminal is closed.
            if ending[1:]:
                return
            after = f"after epoch {self.epoch}" if self.epoch else "where this one began"
            log.error("ended by %s; the next run continues %s", signal.Signals(number).name, after)
            sys.exit(128 + number)

        heard = [number for number in ENDING if signal.getsignal(number) != signal.SIG_IGN]
        before = {number: signal.signal(number, end) for number in heard}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _files(self) -> list[Path]:
        return sorted(self.folder.glob("*.npz"))


class Resume(keras.callbacks.Callback):
    """Puts everything back as a state has it, and saves the state after every epoch.

    Keras' BackupAndRestore does not: it loses the random state of layers and the state of other
    callbacks, trains on after an early stop, and takes a torn file for a whole one.

    Args:
        states: on disk.
        state: the one to begin with, or None for a new training.
        kept: file of the weights to keep, which another callback writes.
        callbacks: of the same training; they come before this one.
    """

    def __init__(
        self, states: States, state: State | None, kept: Path, callbacks: Sequence[Resumable]
    ) -> None:
        super().__init__()
        self.states = states
        self.first_state = state
        self.kept = kept
        self.callbacks = callbacks

    def on_train_begin(self, logs=None) -> None:
        """Put everything back."""
        with self.model.distribute_strategy.scope():
            self.model.optimizer.build(self.model.trainable_variables)
        if self.first_state is None:
            return
        for number, variable in enumerate(self._variables()):
            variable.assign(self.first_state[f"variable {number}"])
        for number, callback in enumerate(self.callbacks):
            prefix = f"callback {number} "
            callback.restore(
                {
                    name.removeprefix(prefix): _unpacked(array)
                    for name, array in self.first_state.items()
                    if name.startswith(prefix)
                }
            )
        self.kept.write_bytes(self.first_state["kept"].tobytes())
        self.first_state = None

    def on_epoch_end(self, epoch: int, logs=None) -> None:
        """Save everything."""
        state = {
            "stopped": np.array(self.model.stop_training),
            "kept": np.frombuffer(self.kept.read_bytes(), np.uint8),
        }
        for number, variable in enumerate(self._variables()):
            state[f"variable {number}"] = keras.ops.convert_to_numpy(variable)
        for number, callback in enumerate(self.callbacks):
            for name, value in callback.state().items():
                state[f"callback {number} {name}"] = _packed(value)
        self.states.save(epoch + 1, state)

    def _variables(self) -> list:
        return [*self.model.variables, *self.model.optimizer.variables]


def _packed(value: object) -> np.ndarray:
    """An array as it is, anything else as JSON."""
    return value if isinstance(value, np.ndarray) else np.array(json.dumps(value))


def _unpacked(array: np.ndarray) -> object:
    return json.loads(str(array)) if array.dtype.kind == "U" else array
