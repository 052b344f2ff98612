"""Training a model from a recipe, and what is known of it afterwards."""

import re
import zipfile
from pathlib import Path

import keras
import numpy as np
import pandas as pd

from superres import architectures
from superres.console import Progress, log
from superres.datasets import PatchBatches, to_unit_range
from superres.errors import InputError
from superres.losses import LOSSES
from superres.prediction import predict

Pairs = list[tuple[np.ndarray, np.ndarray]]


def train(
    recipe: dict, train_pairs: Pairs, validation_pairs: Pairs, scale: int, seed: int
) -> tuple[keras.Model, pd.DataFrame]:
    """Train one model.

    Args:
        recipe: an entry of `models` in the configuration: architecture, options, training.
        train_pairs: uint8 (lr, hr) arrays (h, w, 3) and (h * scale, w * scale, 3).
        validation_pairs: likewise; measured after every epoch, never learned from.
        scale: whole factor between LR and HR.
        seed: of the data order; set the initial weights' by `determinism.fix`.

    Returns:
        The trained model and its history: epoch (from 1), loss (the recipe's own, mean over the
        epoch), val_mse and val_psnr_rgb_db (RGB in [0, 1] after rounding to 8 bits, peak 1.0, no
        border crop, mean over the validation photos).

    Raises:
        InputError: a training photo is smaller than a patch.
    """
    settings = recipe["training"]
    patch_px = settings["hr_patch_px"]
    for _, hr in train_pairs:
        if min(hr.shape[:2]) < patch_px:
            raise InputError(
                f"a training photo of {hr.shape[1]}x{hr.shape[0]} px is smaller than the patch; "
                f"remove it or lower training.hr_patch_px (now {patch_px})"
            )
    model = architectures.build(recipe["architecture"], scale, **recipe["options"])
    log.info("%s: %s parameters", recipe["architecture"], f"{model.count_params():,}")
    batches = PatchBatches(
        train_pairs,
        scale,
        architectures.input_scale(model, scale),
        patch_px,
        settings["batch_size"],
        settings["steps_per_epoch"],
        seed,
        settings["augment"],
    )
    model.compile(keras.optimizers.Adam(_learning_rate(settings)), LOSSES[settings["loss"]])
    history = model.fit(
        batches,
        epochs=settings["epochs"],
        verbose=0,
        shuffle=False,
        callbacks=[_Validation(validation_pairs, scale), _ShowProgress()],
    ).history
    epochs = range(1, settings["epochs"] + 1)
    return model, pd.DataFrame({"epoch": epochs, **history})


def summary(model: keras.Model, pairs: Pairs, scale: int) -> dict:
    """What tables say of a model besides its scores.

    Returns:
        parameters: number of weights; dead_channels: colour channels that are 0 in every
        prediction though not in the truth, as happens when a last ReLU dies.
    """
    outputs = [(predict(model, lr, scale), hr) for lr, hr in pairs]
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
    if settings["schedule"] == "constant":
        return peak
    steps = settings["epochs"] * settings["steps_per_epoch"]
    warmup_steps = min(settings["warmup_steps"], steps // 2)
    return keras.optimizers.schedules.CosineDecay(
        0.0, steps - warmup_steps, warmup_target=peak, warmup_steps=warmup_steps
    )


class _Validation(keras.callbacks.Callback):
    """Adds the scores on whole validation photos, predicted as users will see them."""

    def __init__(self, pairs: Pairs, scale: int) -> None:
        super().__init__()
        self.pairs = pairs
        self.scale = scale

    def on_epoch_end(self, epoch: int, logs: dict) -> None:
        mse, psnr_db = [], []
        for lr, hr in self.pairs:
            truth = to_unit_range(hr)
            predicted = to_unit_range(predict(self.model, lr, self.scale))
            mse.append(np.mean(np.square(predicted - truth), dtype=np.float64))
            psnr_db.append(float(keras.ops.psnr(truth, predicted, max_val=1.0)))
        logs["val_mse"] = float(np.mean(mse))
        logs["val_psnr_rgb_db"] = float(np.mean(psnr_db))


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
