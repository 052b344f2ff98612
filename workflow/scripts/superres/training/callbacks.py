"""Callbacks of a training: scores, averaged weights, clock, budgets, progress."""

import math
import statistics
import time
from collections.abc import Callable

import keras
import numpy as np

from superres.core.console import Progress, log
from superres.core.methods import REFERENCE
from superres.data.pair_files import Pair
from superres.images.interpolations import upsample
from superres.images.rgb_files import read_rgb
from superres.networks import keras_files
from superres.networks.prediction import predict
from superres.training import hardware
from superres.training.batches import to_unit_range
from superres.training.recipe import Budget, Cosine, Epochs, Minutes, Recipe, Steps

# Executions, the last ones, whose median time per step is reported.
TIMED_EXECUTIONS = 10_000
# Counts for a photo that is reproduced exactly: an infinite PSNR would hide all other photos.
HIGHEST_PSNR_DB = 100.0


class Resumable(keras.callbacks.Callback):
    """A callback that says what a training that continues needs of it.

    Attributes:
        remembered: names of attributes with values for JSON, which every subclass sets.
    """

    remembered: tuple[str, ...]

    def state(self) -> dict[str, object]:
        """Values for JSON and NumPy arrays by name, after an epoch."""
        return {name: getattr(self, name) for name in self.remembered}

    def restore(self, state: dict) -> None:
        """Take back a state, after the training has begun."""
        for name, value in state.items():
            setattr(self, name, value)


class KeptWeights(Resumable, keras.callbacks.ModelCheckpoint):
    """Weights of the last epoch or of the best one, in a file."""

    remembered = ("best",)


class EarlyStopping(Resumable, keras.callbacks.EarlyStopping):
    """The end of a training that no longer improves."""

    remembered = ("best", "best_epoch", "stopped_epoch", "wait")


class PlateauRate(Resumable, keras.callbacks.ReduceLROnPlateau):
    """A learning rate that falls where validation no longer improves."""

    remembered = ("best", "cooldown_counter", "wait")


class History(Resumable, keras.callbacks.History):
    """Losses and scores of all epochs."""

    remembered = ("epoch", "history")


class AveragedWeights(Resumable):
    """The moving average of the weights, in the model from the end of an epoch to the next one.

    Comes before the callbacks that validate and keep it. Keras' SwapEMAWeights exchanges both by
    sums, which rounds them, and does not say what it needs to continue.
    """

    def __init__(self) -> None:
        super().__init__()
        self.last_weights: list[np.ndarray] = []

    def on_epoch_begin(self, epoch: int, logs=None) -> None:
        """Train on from the last weights."""
        if self.last_weights:
            for variable, value in zip(
                self.model.trainable_variables, self.last_weights, strict=True
            ):
                variable.assign(value)

    def on_epoch_end(self, epoch: int, logs=None) -> None:
        """Put the average into the model."""
        variables = self.model.trainable_variables
        self.last_weights = [keras.ops.convert_to_numpy(variable) for variable in variables]
        self.model.optimizer.finalize_variable_values(variables)

    def state(self) -> dict[str, object]:
        """The last weights, one array each."""
        return {str(number): weights for number, weights in enumerate(self.last_weights)}

    def restore(self, state: dict[str, np.ndarray]) -> None:
        """Take them back."""
        self.last_weights = [state[str(number)] for number in range(len(state))]


class Validation(Resumable):
    """Adds the scores on whole validation photos, predicted as users will see them."""

    remembered = ()

    def __init__(self, model: keras.Model, photos: list[Pair], scale: int) -> None:
        super().__init__()
        # Gets the weights, and predicts in full precision.
        self.predicting = model
        self.network = keras_files.network(model)
        self.photos = photos
        self.scale = scale

    def on_train_begin(self, logs=None) -> None:
        """Score bicubic, to which every epoch is compared."""
        _, self.bicubic_db = self._scores(
            lambda pair: upsample(read_rgb(pair.lr), pair.hr_size_px(), REFERENCE)
        )

    def on_epoch_end(self, epoch: int, logs: dict) -> None:
        """Predict and score."""
        if self.predicting is not self.model:
            self.predicting.set_weights(self.model.get_weights())
        logs["val_mse"], logs["val_psnr_rgb_db"] = self._scores(
            lambda pair: predict(self.network, read_rgb(pair.lr), self.scale)
        )
        logs["val_bicubic_rgb_db"] = self.bicubic_db

    def _scores(self, predicted: Callable[[Pair], np.ndarray]) -> tuple[float, float]:
        """Mean squared error and PSNR of uint8 predictions, means over the photos."""
        mse, psnr_db = [], []
        for pair in self.photos:
            truth, image = to_unit_range(read_rgb(pair.hr)), to_unit_range(predicted(pair))
            mse.append(np.mean(np.square(image - truth), dtype=np.float64))
            photo_db = float(keras.ops.psnr(truth, image, max_val=1.0))
            psnr_db.append(min(photo_db, HIGHEST_PSNR_DB))
        return float(np.mean(mse)), float(np.mean(psnr_db))


class Clock(Resumable):
    """How long training took, in this run and before it: all of it, and single steps."""

    remembered = ("elapsed_s", "step_s", "steps")

    def __init__(self, steps_per_execution: int) -> None:
        super().__init__()
        self.steps_per_execution = steps_per_execution

    def on_train_begin(self, logs=None) -> None:
        """Start counting; what an earlier run had is put in afterwards."""
        self.steps = 0
        self.step_s: list[float] = []
        self.elapsed_s = 0.0

    def on_train_end(self, logs=None) -> None:
        """Stop the clock."""
        self.train_s = self.elapsed_s

    def on_train_batch_begin(self, batch: int, logs=None) -> None:
        """Take the time."""
        self.batch_start_s = time.monotonic()

    def on_train_batch_end(self, batch: int, logs=None) -> None:
        """Count the steps of an execution, and the time of each."""
        self.steps += self.steps_per_execution
        step_s = (time.monotonic() - self.batch_start_s) / self.steps_per_execution
        self.step_s.append(step_s)

    def on_epoch_end(self, epoch: int, logs: dict) -> None:
        """Note the steps so far, and forget what is too old to be reported."""
        logs["steps"] = self.steps
        del self.step_s[:-TIMED_EXECUTIONS]

    @property
    def elapsed_s(self) -> float:
        """Since the start."""
        return time.monotonic() - self.start_s

    @elapsed_s.setter
    def elapsed_s(self, earlier_s: float) -> None:
        self.start_s = time.monotonic() - earlier_s

    def timing(self, batch_size: int, devices: int) -> dict:
        """Seconds and rates; validation is in train_s and not in the steps."""
        step_s = statistics.median(self.step_s)
        return {
            **hardware.describe(),
            "train_s": self.train_s,
            "steps": self.steps,
            "batch_size": batch_size,
            "devices": devices,
            "step_s": step_s,
            "images_per_s": batch_size / step_s,
        }


class EndAfterSteps(Resumable):
    """Ends training after a number of steps, wherever in an epoch."""

    remembered = ()

    def __init__(self, budget: int, clock: Clock) -> None:
        super().__init__()
        self.budget = budget
        self.clock = clock

    def on_train_batch_end(self, batch: int, logs=None) -> None:
        """Stop where the budget ends."""
        if self.clock.steps == self.budget:
            self.model.stop_training = True


class EndAfterMinutes(Resumable):
    """Ends training by the clock, validation included; cosine decay reaches zero just then."""

    remembered = ()

    def __init__(self, minutes: float, recipe: Recipe, clock: Clock) -> None:
        super().__init__()
        self.budget_s = 60 * minutes
        self.recipe = recipe
        self.clock = clock

    def on_train_batch_begin(self, batch: int, logs=None) -> None:
        """Set the learning rate for the share that is used up."""
        match self.recipe.schedule:
            case Cosine(warmup_steps):
                rising = min(1.0, self.clock.steps / max(warmup_steps, 1))
                falling = (1 + math.cos(math.pi * min(self.share(), 1.0))) / 2
                self.model.optimizer.learning_rate = self.recipe.learning_rate * rising * falling

    def on_train_batch_end(self, batch: int, logs=None) -> None:
        """Stop where the budget ends."""
        if self.share() >= 1:
            self.model.stop_training = True

    def share(self) -> float:
        """Of the budget that is used up."""
        return self.clock.elapsed_s / self.budget_s


class ShowProgress(keras.callbacks.Callback):
    """Steps done (or seconds, where they are the budget), time left, loss; scores by epoch."""

    def __init__(self, budget: Budget, clock: Clock) -> None:
        super().__init__()
        self.budget = budget
        self.clock = clock

    def on_train_begin(self, logs=None) -> None:
        """Find out what there is to count."""
        match self.budget:
            case Epochs(epochs):
                total, unit = epochs * self.params["steps"], "steps"
            case Steps(steps):
                total, unit = steps, "steps"
            case Minutes(minutes):
                total, unit = round(60 * minutes), "seconds"
        self.progress = Progress(total, unit, earlier_s=self.clock.elapsed_s)

    def on_train_batch_end(self, batch: int, logs: dict) -> None:
        """Draw."""
        by_clock = isinstance(self.budget, Minutes)
        done = self.clock.elapsed_s if by_clock else self.clock.steps
        self.progress.update(min(int(done), self.progress.total), f"loss {logs['loss']:.5f}")

    def on_epoch_end(self, epoch: int, logs: dict) -> None:
        """Log the scores."""
        scores = ", ".join(f"{name} {value:.5g}" for name, value in logs.items() if name != "steps")
        log.info("epoch %d, step %d: %s", epoch + 1, self.clock.steps, scores)
