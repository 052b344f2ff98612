"""Training a model from a recipe, and what is known of it afterwards."""

import math
from dataclasses import asdict, replace
from fractions import Fraction
from pathlib import Path

import keras
import pandas as pd
import tensorflow as tf

from superres.core.console import log
from superres.core.errors import InputError
from superres.data.pair_files import Pair
from superres.images.rgb_files import read_rgb
from superres.networks import architectures, keras_files
from superres.networks.architectures import SMALLEST_SCALE
from superres.networks.graph_analysis import anatomy
from superres.networks.prediction import predict
from superres.training import epoch_checkpoints, feeding, hardware
from superres.training.callbacks import (
    AveragedWeights,
    Clock,
    EarlyStopping,
    EndAfterMinutes,
    EndAfterSteps,
    History,
    KeptWeights,
    PlateauRate,
    Resumable,
    ShowProgress,
)
from superres.training.feeding import Feeding
from superres.training.optimizers import OPTIMIZERS
from superres.training.recipe import (
    Budget,
    Cosine,
    Epochs,
    HrMegapixels,
    Minutes,
    Patches,
    Plateau,
    Recipe,
    Steps,
)

HISTORY = [
    "steps",
    "loss",
    "accuracy",
    "val_loss",
    "val_accuracy",
    "val_mse",
    "val_psnr_rgb_db",
    "val_bicubic_rgb_db",
    "learning_rate",
]
KEPT = "kept.weights.h5"
# Epochs of a training that ends by the clock.
ENDLESS = 10**6
# Enough to see that a channel is dead.
SUMMARY_PHOTOS = 4


def train(
    recipe: Recipe,
    train_pairs: list[Pair],
    validation_pairs: list[Pair],
    scale: int | None,
    seed: int,
    states: epoch_checkpoints.States,
) -> tuple[keras.Model, pd.DataFrame, dict]:
    """Train one model.

    Args:
        recipe: how to build and train it.
        train_pairs: files to learn from.
        validation_pairs: measured after every epoch, never learned from.
        scale: whole factor between LR and HR; None for pairs of several scales.
        seed: of the data order; set the initial weights' by `determinism.fix`.
        states: continues from the newest one of the same training, and keeps its own there; the
            caller clears them when the results are safe.

    Returns:
        The trained model; its history, columns epoch (from 1) and `HISTORY`, NaN where the recipe
        does not measure it; and its timing: what `hardware.describe` says, train_s, steps,
        batch_size (of all devices together), devices, step_s (median), images_per_s, precision
        (Keras' policy) and hr_megapixels_seen (HR pixels that the steps learned from, repeated
        ones as often).

    Raises:
        InputError: no photo to learn from or to watch, photos that do not fit the recipe, or an
            architecture that cannot learn several scales.
    """
    _check_sides(train_pairs, validation_pairs)
    hardware.keep_convolutions()
    model = _network(recipe, scale)
    strategy = hardware.strategy(recipe.devices)
    devices = strategy.num_replicas_in_sync
    learner = _learner(recipe, model, scale, strategy)
    # What depends on the hardware and would make another state.
    hardware_choice = {"policy": learner.dtype_policy.name, "devices": devices}
    everything = asdict(recipe) | {"scale": scale, "seed": seed} | hardware_choice
    state = states.find(epoch_checkpoints.key(everything, train_pairs, validation_pairs))
    if state:
        log.info("continuing after epoch %d", states.epoch)
    batch_size = recipe.batch_size * devices
    sides = train_pairs, validation_pairs
    if scale is not None and isinstance(recipe.input, Patches):
        fed = feeding.random_patches(
            model, learner, recipe, recipe.input, batch_size, *sides, scale, seed, states.epoch
        )
    else:
        fed = feeding.whole_images(model, learner, recipe, batch_size, *sides, seed, states.epoch)
    recipe = replace(recipe, budget=_in_epochs(recipe.budget, fed, batch_size))
    with strategy.scope():
        steps_per_execution = _steps_per_execution(recipe.budget, fed, devices)
        fed.learner.compile(
            _optimizer(recipe, fed.steps_per_epoch),
            fed.loss,
            metrics=fed.metrics,
            steps_per_execution=steps_per_execution,
        )
    clock, history = Clock(steps_per_execution), History()
    _fit(fed, recipe, states, state, clock, history)
    model.set_weights(learner.get_weights())
    timing = clock.timing(batch_size, devices) | {
        "precision": hardware_choice["policy"],
        "hr_megapixels_seen": clock.steps * batch_size * fed.hr_px / 1e6,
    }
    return model, _table(history), timing


def _check_sides(train_pairs: list[Pair], validation_pairs: list[Pair]) -> None:
    for split, pairs in (("train", train_pairs), ("validation", validation_pairs)):
        if not pairs:
            raise InputError(f"no photo in {split}; change datasets.<name>.split")


def _build(recipe: Recipe, scale: int | None) -> keras.Model:
    # What learns all scales works on the HR grid, where its graph does not depend on the scale.
    return architectures.build(recipe.architecture, scale or SMALLEST_SCALE, **recipe.options)


def _network(recipe: Recipe, scale: int | None) -> keras.Model:
    """The model with its first weights."""
    model = _build(recipe, scale)
    if scale is None and anatomy(model).factor > 1:
        raise InputError(
            f"architecture '{recipe.architecture}' works on the LR grid and so for one scale; "
            "set training.scales to each"
        )
    log.info("%s: %s parameters", recipe.architecture, f"{model.count_params():,}")
    return model


def _fit(
    fed: Feeding,
    recipe: Recipe,
    states: epoch_checkpoints.States,
    state: epoch_checkpoints.State | None,
    clock: Clock,
    history: History,
) -> None:
    """Train, and load the weights to keep."""
    kept = states.folder / KEPT
    callbacks = [
        clock,
        *([AveragedWeights()] if recipe.ema else []),
        *fed.callbacks,
        *_control(recipe, fed, kept, clock),
        history,
    ]
    epochs = _epochs(recipe.budget, fed.steps_per_epoch)
    fed.learner.fit(
        **fed.data,
        # The last epoch of a training that stopped early is not the last of its budget.
        initial_epoch=epochs if state and state["stopped"] else states.epoch,
        epochs=epochs,
        verbose=0,
        shuffle=False,
        callbacks=[
            *callbacks,
            epoch_checkpoints.Resume(states, state, kept, callbacks),
            ShowProgress(recipe.budget, clock),
        ],
    )
    fed.learner.load_weights(kept)


def _table(history: History) -> pd.DataFrame:
    """One row an epoch."""
    table = pd.DataFrame(history.history).reindex(columns=HISTORY)
    table.insert(0, "epoch", range(1, len(table) + 1))
    return table


def _learner(
    recipe: Recipe, model: keras.Model, scale: int | None, strategy: tf.distribute.Strategy
) -> keras.Model:
    """The model itself, or one of its shape in half precision or on several devices."""
    policy = hardware.policy(recipe.precision)
    if policy == "float32" and strategy.num_replicas_in_sync == 1:
        return model
    keras.config.set_dtype_policy(policy)
    with strategy.scope():
        learner = _build(recipe, scale)
    keras.config.set_dtype_policy("float32")
    learner.set_weights(model.get_weights())
    return learner


def _optimizer(recipe: Recipe, steps_per_epoch: int) -> keras.optimizers.Optimizer:
    return OPTIMIZERS[recipe.optimizer](
        _learning_rate(recipe, steps_per_epoch),
        recipe.weight_decay,
        global_clipnorm=recipe.clip_norm,
        use_ema=recipe.ema > 0,
        ema_momentum=recipe.ema,
    )


def _learning_rate(recipe: Recipe, steps_per_epoch: int):
    """A number, or a function of the step; within a budget of minutes a callback changes it."""
    peak = recipe.learning_rate
    match recipe.schedule, recipe.budget:
        case Cosine(warmup_steps), Epochs(epochs):
            steps = epochs * steps_per_epoch
        case Cosine(warmup_steps), Steps(steps):
            pass
        case _:
            return peak
    warmup_steps = min(warmup_steps, steps // 2)
    return keras.optimizers.schedules.CosineDecay(
        0.0, steps - warmup_steps, warmup_target=peak, warmup_steps=warmup_steps
    )


def _in_epochs(budget: Budget, fed: Feeding, batch_size: int) -> Budget:
    """A budget in HR pixels as the epochs that reach it; others as they are."""
    match budget:
        case HrMegapixels(hr_megapixels):
            epoch_px = fed.steps_per_epoch * batch_size * fed.hr_px
            # Floats would make a little more than a whole number of what is one.
            return Epochs(math.ceil(Fraction(str(hr_megapixels)) * 10**6 / epoch_px))
    return budget


def _epochs(budget: Budget, steps_per_epoch: int) -> int:
    match budget:
        case Epochs(epochs):
            return epochs
        case Steps(steps):
            return math.ceil(steps / steps_per_epoch)
    return ENDLESS


def _steps_per_execution(budget: Budget, fed: Feeding, devices: int) -> int:
    """The largest allowed number that divides an epoch, and a budget of steps."""
    # TensorFlow cannot repeat a step that several devices share.
    if devices > 1:
        return 1
    common = fed.steps_per_epoch
    match budget:
        case Steps(steps):
            common = math.gcd(common, steps)
    most = min(common, fed.most_steps_per_execution)
    return max(count for count in range(1, most + 1) if common % count == 0)


def _control(recipe: Recipe, fed: Feeding, kept: Path, clock: Clock) -> list[Resumable]:
    """What watches validation and the budget: learning rate, end of training, weights to keep."""
    callbacks: list[Resumable] = [
        KeptWeights(
            kept,
            fed.monitor,
            mode=fed.mode,
            save_best_only=recipe.keep == "best",
            save_weights_only=True,
        )
    ]
    if patience := recipe.early_stopping_epochs:
        callbacks.append(EarlyStopping(fed.monitor, patience=patience, mode=fed.mode))
    match recipe.schedule:
        case Plateau(epochs, factor, minimum):
            callbacks.append(
                PlateauRate(
                    fed.monitor, mode=fed.mode, patience=epochs, factor=factor, min_lr=minimum
                )
            )
    match recipe.budget:
        case Minutes(minutes):
            callbacks.append(EndAfterMinutes(minutes, recipe, clock))
        case Steps(steps):
            callbacks.append(EndAfterSteps(steps, clock))
    return callbacks


def summary(model: keras.Model, photos: list[Pair], scale: int | None) -> dict:
    """What tables say of a model besides its scores.

    Args:
        model: a trained model.
        photos: the first `SUMMARY_PHOTOS` of them are predicted.
        scale: whole factor of the pairs; None where they have several and the model needs none.

    Returns:
        parameters: number of weights; dead_channels: colour channels that are 0 in every
        prediction though not in the truth, as happens when a last ReLU dies.
    """
    network = keras_files.network(model)
    outputs = [
        (
            predict(network, read_rgb(pair.lr), scale or SMALLEST_SCALE, pair.read_enlarged()),
            read_rgb(pair.hr),
        )
        for pair in photos[:SUMMARY_PHOTOS]
    ]
    dead = [
        name
        for channel, name in enumerate(("red", "green", "blue"))
        if all(not y[..., channel].any() for y, _ in outputs)
        and any(hr[..., channel].any() for _, hr in outputs)
    ]
    if dead:
        log.warning("the last ReLU died: %s is 0 in every prediction", " and ".join(dead))
    return {"parameters": model.count_params(), "dead_channels": dead}
