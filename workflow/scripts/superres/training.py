"""Training a model from a recipe, and what is known of it afterwards."""

import re
import statistics
import time
import zipfile
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import tensorflow as tf

from superres import architectures, hardware, pairs
from superres.console import Progress, log
from superres.datasets import (
    PatchBatches,
    common_size_px,
    image_batches,
    keras_order,
    to_unit_range,
)
from superres.errors import InputError
from superres.losses import LOSSES, of_8_bit
from superres.pairs import Pair
from superres.photos import read_rgb
from superres.prediction import predict

HISTORY = [
    "loss",
    "accuracy",
    "val_loss",
    "val_accuracy",
    "val_mse",
    "val_psnr_rgb_db",
    "learning_rate",
]
BEST = "best.part.weights.h5"
# Enough to see that a channel is dead.
SUMMARY_PHOTOS = 4


def train(
    recipe: dict,
    train_pairs: list[Pair],
    validation_pairs: list[Pair],
    scale: int | None,
    seed: int,
    folder: Path,
) -> tuple[keras.Model, pd.DataFrame, dict]:
    """Train one model.

    Args:
        recipe: an entry of `models` in the configuration: architecture, options, training.
        train_pairs: files to learn from.
        validation_pairs: measured after every epoch, never learned from.
        scale: whole factor between LR and HR; None for pairs of several scales.
        seed: of the data order; set the initial weights' by `determinism.fix`.
        folder: for a file that lives as long as the training does.

    Returns:
        The trained model; its history, columns epoch (from 1) and `HISTORY`, NaN where the recipe
        does not measure it; and its timing: what `hardware.describe` says, train_s, steps,
        batch_size, step_s (median) and images_per_s.

    Raises:
        InputError: no photo to learn from or to watch, photos that do not fit the recipe, or an
            architecture that cannot learn several scales.
    """
    settings = recipe["training"]
    for split, found in (("train", train_pairs), ("validation", validation_pairs)):
        if not found:
            raise InputError(f"no photo in {split}; change datasets.<name>.split")
    model = architectures.build(recipe["architecture"], scale or 2, **recipe["options"])
    if scale is None and architectures.input_scale(model, 2) == 1:
        raise InputError(
            f"architecture '{recipe['architecture']}' works on the LR grid and so for one scale; "
            "set training.scales to each"
        )
    log.info("%s: %s parameters", recipe["architecture"], f"{model.count_params():,}")
    prepare = _images if settings["input"] == "images" else _patches
    learner, data, callbacks = prepare(model, settings, train_pairs, validation_pairs, scale, seed)
    monitor = "val_loss" if "validation_data" in data else "val_mse"
    clock = _Clock()
    callbacks += [*_control(settings, monitor, folder), clock, _ShowProgress()]
    history = learner.fit(
        epochs=settings["epochs"], verbose=0, shuffle=False, callbacks=callbacks, **data
    ).history
    if (best := folder / BEST).exists():
        learner.load_weights(best)
        best.unlink()
    table = pd.DataFrame(history).reindex(columns=HISTORY)
    table.insert(0, "epoch", range(1, len(table) + 1))
    return model, table, clock.timing(settings["batch_size"])


def _patches(model, settings, train_pairs, validation_pairs, scale, seed):
    """Random patches from photos held in memory; whole validation photos as users see them."""
    patch_px = settings["hr_patch_px"]
    arrays = pairs.arrays(train_pairs)
    for pair, (lr, hr) in zip(train_pairs, arrays, strict=True):
        if min(hr.shape[:2]) < patch_px:
            raise InputError(
                f"training photo '{pair.photo}' of {hr.shape[1]}x{hr.shape[0]} px is smaller than "
                f"the patch; remove it or lower training.hr_patch_px (now {patch_px})"
            )
        if tuple(side_px * scale for side_px in lr.shape[:2]) != hr.shape[:2]:
            raise InputError(
                f"training photo '{pair.photo}' of {hr.shape[1]}x{hr.shape[0]} px is no multiple "
                f"of its LR image; set datasets.<name>.mod_crop, or train on whole images"
            )
    batches = PatchBatches(
        arrays,
        scale,
        architectures.input_scale(model, scale),
        patch_px,
        settings["batch_size"],
        settings["steps_per_epoch"],
        seed,
        settings["augment"],
    )
    model.compile(keras.optimizers.Adam(_learning_rate(settings)), LOSSES[settings["loss"]])
    return model, {"x": batches}, [_Validation(pairs.arrays(validation_pairs), scale)]


def _images(model, settings, train_pairs, validation_pairs, scale, seed):
    """Whole images as the paper's notebook feeds them; Keras' own validation loss and accuracy."""
    batch_size = settings["batch_size"]
    size_px = common_size_px([*train_pairs, *validation_pairs], architectures.period_px(model))
    log.info("whole images of %dx%d px", *size_px)
    # Images travel as bytes and are put on [0, 1] inside the graph, a quarter of the memory.
    learner = keras.Sequential([keras.layers.Rescaling(1 / 255), model])
    learner.compile(
        keras.optimizers.Adam(_learning_rate(settings)),
        of_8_bit(LOSSES[settings["loss"]]),
        metrics=[keras.metrics.CategoricalAccuracy("accuracy")],
    )
    count = len(validation_pairs)
    in_order = np.split(np.arange(count), range(batch_size, count, batch_size))
    data = {
        "x": image_batches(
            train_pairs, lambda: keras_order(len(train_pairs), batch_size, seed), size_px
        ),
        "steps_per_epoch": max(len(train_pairs) // batch_size, 1),
        "validation_data": image_batches(validation_pairs, lambda: in_order, size_px).apply(
            # Keras warns of data that end where it was not told so.
            tf.data.experimental.assert_cardinality(len(in_order))
        ),
    }
    return learner, data, []


def _control(settings: dict, monitor: str, folder: Path) -> list[keras.callbacks.Callback]:
    """What watches the validation photos: learning rate, end of training, best weights."""
    callbacks: list[keras.callbacks.Callback] = []
    if settings["keep"] == "best":
        callbacks.append(
            keras.callbacks.ModelCheckpoint(
                folder / BEST, monitor, mode="min", save_best_only=True, save_weights_only=True
            )
        )
    if patience := settings.get("early_stopping_epochs"):
        callbacks.append(keras.callbacks.EarlyStopping(monitor, patience=patience, mode="min"))
    if settings["schedule"] == "plateau":
        callbacks.append(
            keras.callbacks.ReduceLROnPlateau(
                monitor,
                mode="min",
                patience=settings["plateau_epochs"],
                factor=settings["plateau_factor"],
                min_lr=settings["plateau_minimum"],
            )
        )
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
    outputs = [
        (predict(model, read_rgb(pair.lr), scale or 2, pair.read_enlarged()), read_rgb(pair.hr))
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


def save(model: keras.Model, file: Path) -> None:
    """Save as `.keras` without optimiser state; the same weights give the same bytes.

    Keras writes the time and memory addresses into the archive; it is packed again without the
    one and with running numbers for the others.
    """
    stamped = file.with_name("stamped.part.keras")
    unfinished = file.with_name(file.name + ".part")
    model.save(stamped, include_optimizer=False)
    with zipfile.ZipFile(stamped) as source, zipfile.ZipFile(unfinished, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "metadata.json":
                content = f'{{"keras_version": "{keras.__version__}"}}'.encode()
            elif name == "config.json":
                content = _number_objects(content)
            target.writestr(zipfile.ZipInfo(name), content)
    stamped.unlink()
    unfinished.replace(file)


def _number_objects(config: bytes) -> bytes:
    numbers: dict[bytes, bytes] = {}
    return re.sub(
        rb'(?<="shared_object_id": )\d+',
        lambda address: numbers.setdefault(address[0], str(len(numbers)).encode()),
        config,
    )


def _learning_rate(settings: dict):
    peak = settings["learning_rate"]
    if settings["schedule"] != "cosine":
        return peak
    steps = settings["epochs"] * settings["steps_per_epoch"]
    warmup_steps = min(settings["warmup_steps"], steps // 2)
    return keras.optimizers.schedules.CosineDecay(
        0.0, steps - warmup_steps, warmup_target=peak, warmup_steps=warmup_steps
    )


class _Validation(keras.callbacks.Callback):
    """Adds the scores on whole validation photos, predicted as users will see them."""

    def __init__(self, arrays: list[tuple[np.ndarray, np.ndarray]], scale: int) -> None:
        super().__init__()
        self.arrays = arrays
        self.scale = scale

    def on_epoch_end(self, epoch: int, logs: dict) -> None:
        mse, psnr_db = [], []
        for lr, hr in self.arrays:
            truth = to_unit_range(hr)
            predicted = to_unit_range(predict(self.model, lr, self.scale))
            mse.append(np.mean(np.square(predicted - truth), dtype=np.float64))
            psnr_db.append(float(keras.ops.psnr(truth, predicted, max_val=1.0)))
        logs["val_mse"] = float(np.mean(mse))
        logs["val_psnr_rgb_db"] = float(np.mean(psnr_db))


class _Clock(keras.callbacks.Callback):
    """How long training took: all of it, and single steps."""

    def on_train_begin(self, logs=None) -> None:
        self.step_s: list[float] = []
        self.start_s = time.monotonic()

    def on_train_end(self, logs=None) -> None:
        self.train_s = time.monotonic() - self.start_s

    def on_train_batch_begin(self, batch: int, logs=None) -> None:
        self.batch_start_s = time.monotonic()

    def on_train_batch_end(self, batch: int, logs=None) -> None:
        self.step_s.append(time.monotonic() - self.batch_start_s)

    def timing(self, batch_size: int) -> dict:
        """Seconds and rates; validation is in train_s and not in the steps."""
        step_s = statistics.median(self.step_s)
        return {
            **hardware.describe(),
            "train_s": self.train_s,
            "steps": len(self.step_s),
            "batch_size": batch_size,
            "step_s": step_s,
            "images_per_s": batch_size / step_s,
        }


class _ShowProgress(keras.callbacks.Callback):
    """Steps done, time left, loss; and the scores after every epoch."""

    def on_train_begin(self, logs=None) -> None:
        self.epoch = 0
        self.steps = self.params["steps"]
        self.progress = Progress(self.params["epochs"] * self.steps, "steps")

    def on_train_batch_end(self, batch: int, logs: dict) -> None:
        self.progress.update(self.epoch * self.steps + batch + 1, f"loss {logs['loss']:.5f}")

    def on_epoch_end(self, epoch: int, logs: dict) -> None:
        self.epoch = epoch + 1
        scores = ", ".join(f"{name} {value:.5g}" for name, value in logs.items())
        log.info("epoch %d/%d: %s", self.epoch, self.params["epochs"], scores)
