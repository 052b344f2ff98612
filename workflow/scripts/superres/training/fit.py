"""Training a model from a recipe, and what is known of it afterwards."""

import itertools
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import tensorflow as tf

from superres.core.console import log
from superres.core.errors import InputError
from superres.data.pair_files import Pair
from superres.images.rgb_files import read_rgb
from superres.networks import architectures, keras_files
from superres.networks.graph_analysis import anatomy
from superres.networks.prediction import predict
from superres.training import epoch_checkpoints, hardware
from superres.training.batches import (
    PatchBatches,
    PhotoPool,
    common_size_px,
    image_batches,
    keras_order,
)
from superres.training.callbacks import Clock, Minutes, ShowProgress, Steps, Validation
from superres.training.losses import LOSSES, of_8_bit

HISTORY = [
    "loss",
    "accuracy",
    "val_loss",
    "val_accuracy",
    "val_mse",
    "val_psnr_rgb_db",
    "learning_rate",
]
KEPT = "kept.weights.h5"
# Epochs of a training that ends by the clock.
ENDLESS = 10**6
# Enough to see that a channel is dead.
SUMMARY_PHOTOS = 4


def train(
    recipe: dict,
    train_pairs: list[Pair],
    validation_pairs: list[Pair],
    scale: int | None,
    seed: int,
    states: epoch_checkpoints.States,
) -> tuple[keras.Model, pd.DataFrame, dict]:
    """Train one model.

    Args:
        recipe: an entry of `models` in the configuration: architecture, options, training.
        train_pairs: files to learn from.
        validation_pairs: measured after every epoch, never learned from.
        scale: whole factor between LR and HR; None for pairs of several scales.
        seed: of the data order; set the initial weights' by `determinism.fix`.
        states: goes on from the newest one of the same training, and keeps its own there; the
            caller clears them when the results are safe.

    Returns:
        The trained model; its history, columns epoch (from 1) and `HISTORY`, NaN where the recipe
        does not measure it; and its timing: what `hardware.describe` says, train_s, steps,
        batch_size (of all devices together), devices, step_s (median) and images_per_s.

    Raises:
        InputError: no photo to learn from or to watch, photos that do not fit the recipe, or an
            architecture that cannot learn several scales.
    """
    settings = recipe["training"]
    for split, found in (("train", train_pairs), ("validation", validation_pairs)):
        if not found:
            raise InputError(f"no photo in {split}; change datasets.<name>.split")
    model = architectures.build(recipe["architecture"], scale or 2, **recipe["options"])
    if scale is None and anatomy(model).factor > 1:
        raise InputError(
            f"architecture '{recipe['architecture']}' works on the LR grid and so for one scale; "
            "set training.scales to each"
        )
    log.info("%s: %s parameters", recipe["architecture"], f"{model.count_params():,}")
    strategy = hardware.strategy(settings["devices"])
    devices = strategy.num_replicas_in_sync
    settings = settings | {"batch_size": settings["batch_size"] * devices}
    learner = _learner(recipe, model, scale or 2, strategy)
    prepare = _whole_images if settings["input"] == "images" else _patches
    # What depends on the hardware and would make another state.
    hardware_choice = {"policy": learner.dtype_policy.name, "devices": devices}
    asked = recipe | {"scale": scale, "seed": seed} | hardware_choice
    state = states.find(epoch_checkpoints.key(asked, train_pairs, validation_pairs))
    if state:
        log.info("going on after epoch %d", states.epoch)
    material = prepare(
        model, learner, settings, train_pairs, validation_pairs, scale, seed, states.epoch
    )
    with strategy.scope():
        material.learner.compile(
            _optimizer(settings, material.steps_per_epoch), material.loss, metrics=material.metrics
        )
    kept, clock, history = states.folder / KEPT, Clock(), keras.callbacks.History()
    callbacks = [
        clock,
        *([keras.callbacks.SwapEMAWeights(swap_on_epoch=True)] if settings["ema"] else []),
        *material.callbacks,
        *_control(settings, material, kept, clock),
        history,
    ]
    epochs = _epochs(settings, material.steps_per_epoch)
    material.learner.fit(
        **material.data,
        # The last epoch of a training that stopped early is not the last of its budget.
        initial_epoch=epochs if state and state["stopped"] else states.epoch,
        epochs=epochs,
        verbose=0,
        shuffle=False,
        callbacks=[
            *callbacks,
            epoch_checkpoints.Resume(states, state, kept, callbacks),
            ShowProgress(settings, clock),
        ],
    )
    material.learner.load_weights(kept)
    model.set_weights(learner.get_weights())
    table = pd.DataFrame(history.history).reindex(columns=HISTORY)
    table.insert(0, "epoch", range(1, len(table) + 1))
    return model, table, clock.timing(settings["batch_size"], devices)


@dataclass
class _Material:
    """What one way of feeding a network puts into Keras' `fit`."""

    learner: keras.Model
    data: dict
    steps_per_epoch: int
    loss: Callable
    metrics: list[keras.Metric]
    callbacks: list[keras.callbacks.Callback]
    # What validation is judged by, and whether less or more of it is better.
    monitor: str
    mode: str


def _patches(
    model, learner, settings, train_pairs, validation_pairs, scale, seed, epoch
) -> _Material:
    """Random patches from photos in memory; whole validation photos as users see them."""
    patch_px = settings["hr_patch_px"]
    for pair in train_pairs:
        width_px, height_px = pair.hr_size_px()
        if min(width_px, height_px) < patch_px:
            raise InputError(
                f"training photo '{pair.photo}' of {width_px}x{height_px} px is smaller than the "
                f"patch; remove it or lower training.hr_patch_px (now {patch_px})"
            )
        if tuple(side_px * scale for side_px in pair.lr_size_px()) != (width_px, height_px):
            raise InputError(
                f"training photo '{pair.photo}' of {width_px}x{height_px} px is no multiple of its "
                "LR image; set datasets.<name>.mod_crop, or train on whole images"
            )
    found = anatomy(model)
    input_scale = scale // found.factor
    if patch_px // found.factor % found.period_px:
        raise InputError(
            f"training.hr_patch_px is {patch_px}; this architecture takes multiples of "
            f"{found.period_px * found.factor}"
        )
    pool = PhotoPool(train_pairs, settings["photos_mb"], seed)
    if pool.parts > 1:
        log.info("photos in memory: one of %d parts in every epoch", pool.parts)
    batches = PatchBatches(
        pool.at,
        scale,
        input_scale,
        patch_px,
        settings["batch_size"],
        settings["steps_per_epoch"],
        seed,
        settings["draw"],
        settings["augment"],
    )
    batches.epoch = epoch
    return _Material(
        learner=learner,
        data={"x": batches},
        steps_per_epoch=settings["steps_per_epoch"],
        loss=LOSSES[settings["loss"]],
        metrics=[],
        callbacks=[Validation(model, validation_pairs, scale)],
        monitor="val_psnr_rgb_db",
        mode="max",
    )


def _whole_images(
    model, learner, settings, train_pairs, validation_pairs, scale, seed, epoch
) -> _Material:
    """Whole images as the paper's notebook feeds them; Keras' own validation loss and accuracy."""
    batch_size = settings["batch_size"]
    size_px = common_size_px([*train_pairs, *validation_pairs], anatomy(model).period_px)
    log.info("whole images of %dx%d px", *size_px)
    count, steps = len(validation_pairs), max(len(train_pairs) // batch_size, 1)
    in_order = np.split(np.arange(count), range(batch_size, count, batch_size))

    def order() -> Iterator[np.ndarray]:
        batches = keras_order(len(train_pairs), batch_size, seed)
        return itertools.islice(batches, epoch * steps, None)

    return _Material(
        # Images travel as bytes and are put on [0, 1] inside the graph, a quarter of the memory.
        learner=keras.Sequential(
            [keras.Input((None, None, 3), dtype="uint8"), keras.layers.Rescaling(1 / 255), learner]
        ),
        data={
            "x": image_batches(train_pairs, order, size_px),
            "steps_per_epoch": steps,
            "validation_data": image_batches(validation_pairs, lambda: in_order, size_px).apply(
                # Keras warns of data that end where it was not told so.
                tf.data.experimental.assert_cardinality(len(in_order))
            ),
        },
        steps_per_epoch=steps,
        loss=of_8_bit(LOSSES[settings["loss"]]),
        metrics=[keras.metrics.CategoricalAccuracy("accuracy")],
        callbacks=[],
        monitor="val_loss",
        mode="min",
    )


def _learner(
    recipe: dict, model: keras.Model, scale: int, strategy: tf.distribute.Strategy
) -> keras.Model:
    """The model itself, or one of its shape in half precision or on several devices."""
    policy = hardware.mixed_precision() if recipe["training"]["precision"] == "mixed" else None
    if policy is None and strategy.num_replicas_in_sync == 1:
        return model
    keras.config.set_dtype_policy(policy or "float32")
    with strategy.scope():
        learner = architectures.build(recipe["architecture"], scale, **recipe["options"])
    keras.config.set_dtype_policy("float32")
    learner.set_weights(model.get_weights())
    return learner


def _optimizer(settings: dict, steps_per_epoch: int) -> keras.optimizers.Optimizer:
    return keras.optimizers.AdamW(
        _learning_rate(settings, steps_per_epoch),
        weight_decay=settings["weight_decay"],
        global_clipnorm=settings.get("clip_norm"),
        use_ema=settings["ema"] > 0,
        ema_momentum=settings["ema"],
    )


def _learning_rate(settings: dict, steps_per_epoch: int):
    """A number, or a function of the step; within a budget of minutes a callback changes it."""
    peak = settings["learning_rate"]
    if settings["schedule"] != "cosine" or "minutes" in settings:
        return peak
    steps = settings.get("steps", settings["epochs"] * steps_per_epoch)
    warmup_steps = min(settings["warmup_steps"], steps // 2)
    return keras.optimizers.schedules.CosineDecay(
        0.0, steps - warmup_steps, warmup_target=peak, warmup_steps=warmup_steps
    )


def _epochs(settings: dict, steps_per_epoch: int) -> int:
    if "minutes" in settings:
        return ENDLESS
    return (
        math.ceil(settings["steps"] / steps_per_epoch)
        if "steps" in settings
        else settings["epochs"]
    )


def _control(
    settings: dict, material: _Material, kept: Path, clock: Clock
) -> list[keras.callbacks.Callback]:
    """What watches validation and the budget: learning rate, end of training, weights to keep."""
    monitor, mode = material.monitor, material.mode
    callbacks: list[keras.callbacks.Callback] = [
        keras.callbacks.ModelCheckpoint(
            kept,
            monitor,
            mode=mode,
            save_best_only=settings["keep"] == "best",
            save_weights_only=True,
        )
    ]
    if patience := settings.get("early_stopping_epochs"):
        callbacks.append(keras.callbacks.EarlyStopping(monitor, patience=patience, mode=mode))
    if settings["schedule"] == "plateau":
        callbacks.append(
            keras.callbacks.ReduceLROnPlateau(
                monitor,
                mode=mode,
                patience=settings["plateau_epochs"],
                factor=settings["plateau_factor"],
                min_lr=settings["plateau_minimum"],
            )
        )
    if "minutes" in settings:
        callbacks.append(Minutes(settings, clock))
    elif "steps" in settings:
        callbacks.append(Steps(settings["steps"], clock))
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
            predict(network, read_rgb(pair.lr), scale or 2, pair.read_enlarged()),
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
