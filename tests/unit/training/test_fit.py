import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from superres.config import complete
from superres.config.sections.datasets import Realistic
from superres.core import processor
from superres.core.errors import InputError
from superres.data import pair_files
from superres.images.interpolations import upsample
from superres.networks import architectures, keras_files, prediction
from superres.training import callbacks, fit, hardware, losses, optimizers, recipe
from superres.training.batches import enlarge
from superres.training.epoch_checkpoints import States

# `make check` leaves it out.
pytestmark = pytest.mark.slow


def completed(architecture="residual", options=None, realistic=None, **training):
    """A complete recipe, as the configuration gives it."""
    few = {
        "learning_rate": 0.01,
        "warmup_steps": 5,
        "epochs": 2,
        "steps_per_epoch": 15,
        "batch_size": 2,
        "hr_patch_px": 16,
    }
    options = {"channels": 4, "blocks": 1} if options is None else options
    model = {"architecture": architecture, "options": options, "training": few | training}
    run = {"datasets": ["d"], "methods": ["bicubic", "m"], "scales": [2], "seeds": [0], "shards": 1}
    config = {"run": run, "datasets": {"d": {"source": "bundled"}}, "models": {"m": model}}
    model = complete(config).models["m"]
    return recipe.read(model.model_dump_json(exclude_none=True), realistic)


def photos(folder, count=2, side=24, shown=1):
    rng = np.random.default_rng(0)
    for number in range(count):
        lr = rng.integers(0, 256, (side, side, 3)).astype(np.uint8)
        pair_files.write(folder, str(number), lr * shown, enlarge(lr, 2))
    return pair_files.photos([folder])


def train(folder, seed=0, scale=2, **changed):
    # A new process counts layer names from zero.
    keras.utils.clear_session()
    keras.utils.set_random_seed(seed)
    found = photos(folder / "pairs")
    states = States(folder / "resume")
    trained = fit.train(completed(**changed), found, found, scale, seed, states)
    states.clear()
    return trained


def predicted(model: keras.Model, lr: np.ndarray) -> np.ndarray:
    return prediction.predict(keras_files.network(model), lr, 2)


def test_training_learns_and_its_history_has_one_row_an_epoch(tmp_path):
    _, history, timing = train(tmp_path)
    assert history["epoch"].tolist() == [1, 2]
    assert list(history) == ["epoch", *fit.HISTORY]
    assert history[["val_mse", "val_psnr_rgb_db"]].notna().all(axis=None)
    pairs = pair_files.photos([tmp_path / "pairs"])
    bicubic_db = [
        float(keras.ops.psnr(hr / 255.0, upsample(lr, hr.shape[1::-1], "bicubic") / 255.0, 1.0))
        for lr, hr in pair_files.arrays(pairs)
    ]
    assert history["val_bicubic_rgb_db"].tolist() == pytest.approx(2 * [np.mean(bicubic_db)])
    assert timing["steps"] == 30
    assert timing["train_s"] > 0
    assert history["loss"].iloc[1] < history["loss"].iloc[0]


def test_the_same_seed_gives_the_same_bytes(tmp_path):
    for name, seed in (("a", 0), ("b", 0), ("c", 1)):
        keras_files.save(train(tmp_path, seed)[0], tmp_path / f"{name}.keras")
    contents = {name: (tmp_path / f"{name}.keras").read_bytes() for name in "abc"}
    assert contents["a"] == contents["b"]
    assert contents["a"] != contents["c"]
    assert len(list(tmp_path.iterdir())) == 4


def test_lr_that_is_drawn_for_every_patch_takes_the_place_of_that_of_the_pairs(tmp_path):
    weights = {}
    for name, blur_px in (("sharp", 0), ("black", 0), ("blurred", 2)):
        ranges = Realistic(draws="patch", blur_sigma_px=[blur_px, blur_px]).model_dump_json()
        keras.utils.clear_session()
        keras.utils.set_random_seed(0)
        learned = photos(tmp_path / name, shown=name != "black")
        settings, states = completed(realistic=ranges, epochs=1), States(tmp_path / "resume")
        model, _, _ = fit.train(settings, learned, learned, 2, 0, states)
        states.clear()
        weights[name] = np.concatenate([each.ravel() for each in model.get_weights()])
    assert np.array_equal(weights["sharp"], weights["black"])
    assert not np.array_equal(weights["sharp"], weights["blurred"])


def test_a_saved_model_predicts_the_same(tmp_path):
    model, _, _ = train(tmp_path)
    keras_files.save(model, tmp_path / "model.keras")
    lr = pair_files.arrays(pair_files.photos([tmp_path / "pairs"]))[0][0]
    loaded = keras_files.load(tmp_path / "model.keras")
    assert np.array_equal(predicted(model, lr), predicted(loaded, lr))
    with zipfile.ZipFile(tmp_path / "model.keras") as archive:
        assert b"optimizer" not in archive.read("model.weights.h5")


def test_a_patch_larger_than_a_photo_is_refused(tmp_path):
    found = photos(tmp_path, side=6)
    with pytest.raises(InputError, match=r"'0' of 12x12 px is smaller than the patch of 16 px"):
        fit.train(completed(), found, found, 2, 0, States(tmp_path / "resume"))


def test_a_photo_made_smaller_than_a_patch_is_left_out(tmp_path, caplog):
    caplog.set_level("INFO")
    found = photos(tmp_path)
    smaller = np.zeros((6, 6, 3), np.uint8)
    pair_files.write(tmp_path, "1@0.5", smaller, enlarge(smaller, 2))
    fit.train(
        completed(steps=2), pair_files.photos([tmp_path]), found, 2, 0, States(tmp_path / "r")
    )
    assert "left out, as smaller than a patch: 1@0.5" in caplog.text


def test_a_dead_channel_is_found(tmp_path):
    inputs = keras.Input((None, None, 3))
    layer = keras.layers.Conv2D(3, 1, activation="relu")
    model = keras.Model(inputs, layer(inputs))
    layer.set_weights([np.diag([1.0, -1.0, 1.0])[None, None], np.zeros(3)])
    summary = fit.summary(model, photos(tmp_path), 2)
    assert summary == {"parameters": 12, "dead_channels": ["green"]}


def test_charbonnier_is_its_formula():
    truth, predicted = np.zeros((1, 2, 2, 3)), np.full((1, 2, 2, 3), 0.3)
    expected = np.sqrt(0.3**2 + 1e-3**2)
    assert np.asarray(losses.charbonnier(truth, predicted)) == pytest.approx(expected)


def test_the_learning_rate_rises_then_falls_to_zero():
    options = {"epochs": 10, "warmup_steps": 20}
    schedule = fit._learning_rate(completed(**options), 10)
    rates = [float(schedule(step)) for step in range(101)]
    assert rates[0] == 0
    assert rates[20] == pytest.approx(0.01)
    assert max(rates) == rates[20]
    assert rates[100] == pytest.approx(0, abs=1e-9)
    assert fit._learning_rate(completed(**options, schedule="constant"), 10) == 0.01
    assert float(fit._learning_rate(completed(**options, steps=60), 10)(60)) == pytest.approx(0)


AS_THE_PAPER = {
    "architecture": "paper_autoencoder",
    "options": {},
    "input": "images",
    "loss": "mse",
    "learning_rate": 0.001,
    "schedule": "plateau",
    "early_stopping_epochs": 9,
    "keep": "best",
    # Compared with Keras in full precision.
    "precision": "float32",
    "epochs": 3,
}


def test_whole_images_train_as_keras_would_and_the_best_epoch_is_kept(tmp_path):
    model, history, timing = train(tmp_path, scale=None, **AS_THE_PAPER)
    assert history["epoch"].tolist() == [1, 2, 3]
    measured = ["loss", "accuracy", "val_loss", "val_accuracy", "learning_rate"]
    assert history[measured].notna().all(axis=None)
    assert history["val_mse"].isna().all()
    assert timing["steps"] == 3
    # What Keras measured is what the kept weights give, on [0, 1] and not rounded.
    arrays = pair_files.arrays(pair_files.photos([tmp_path / "pairs"]))
    errors = [
        np.mean((np.asarray(model((enlarge(lr, 2) / 255.0)[None]))[0] - hr / 255.0) ** 2)
        for lr, hr in arrays
    ]
    assert np.mean(errors) == pytest.approx(history["val_loss"].min(), rel=1e-4)
    assert [file.name for file in tmp_path.iterdir()] == ["pairs"]


def test_training_stops_early_and_lowers_the_rate(tmp_path):
    settings = AS_THE_PAPER | {
        "learning_rate": 1e-30,
        "plateau_epochs": 1,
        "plateau_minimum": 0,
        "early_stopping_epochs": 2,
        "epochs": 9,
    }
    _, history, _ = train(tmp_path, scale=None, **settings)
    assert history["epoch"].tolist() == [1, 2, 3]
    assert history["learning_rate"].iloc[-1] < history["learning_rate"].iloc[0]


def test_one_model_for_all_scales_must_work_on_the_hr_grid(tmp_path):
    with pytest.raises(InputError, match="works on the LR grid and so for one scale"):
        train(tmp_path, scale=None, **AS_THE_PAPER | {"architecture": "espcn"})


def test_an_empty_side_is_explained(tmp_path):
    with pytest.raises(InputError, match=r"no photo in validation; change datasets\.<name>\.split"):
        fit.train(completed(), photos(tmp_path), [], 2, 0, States(tmp_path / "resume"))


def test_patches_too_keep_the_best_epoch(tmp_path):
    settings = {
        "keep": "best",
        "schedule": "plateau",
        "plateau_epochs": 1,
        "plateau_factor": 0.5,
        "plateau_minimum": 0,
        "early_stopping_epochs": 3,
        "learning_rate": 0.05,
        "epochs": 4,
    }
    model, history, _ = train(tmp_path, **settings)
    arrays = pair_files.arrays(pair_files.photos([tmp_path / "pairs"]))
    errors = [np.mean((predicted(model, lr) / 255.0 - hr / 255.0) ** 2) for lr, hr in arrays]
    assert np.mean(errors) == pytest.approx(history["val_mse"][history["val_psnr_rgb_db"].idxmax()])


def test_a_budget_of_steps_ends_within_an_epoch(tmp_path):
    _, history, timing = train(tmp_path, steps=20)
    assert timing["steps"] == 20
    assert history["epoch"].tolist() == [1, 2]


def test_a_budget_of_hr_pixels_is_that_of_the_epochs_that_reach_it(tmp_path):
    # An epoch is 15 steps of two patches of 16 x 16 pixels.
    model, history, timing = train(tmp_path / "pixels", hr_megapixels=0.016)
    assert history["epoch"].tolist() == [1, 2, 3]
    assert timing["hr_megapixels_seen"] == pytest.approx(0.02304)
    same, _, _ = train(tmp_path / "epochs", epochs=3)
    for one, other in zip(model.get_weights(), same.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_budget_of_hr_pixels_that_ends_with_an_epoch_takes_no_further_one(tmp_path):
    # Three epochs of 11 steps of two patches of 16 x 16 pixels; as floats, a little more.
    _, history, timing = train(tmp_path, steps_per_epoch=11, hr_megapixels=0.016896)
    assert history["epoch"].tolist() == [1, 2, 3]
    assert timing["hr_megapixels_seen"] == pytest.approx(0.016896)


class Ticking:
    """A clock that goes on by a fixed time whenever it is read, however busy the machine is."""

    TICK_S = 0.02

    def __init__(self):
        self.now_s = 0.0

    def monotonic(self):
        self.now_s += self.TICK_S
        return self.now_s


def test_a_budget_of_minutes_ends_by_the_clock_and_decays_to_it(tmp_path, monkeypatch):
    monkeypatch.setattr(callbacks, "time", Ticking())
    _, history, timing = train(tmp_path, minutes=0.05, steps_per_epoch=10, epochs=1)
    # The clock is read a few times a step, and by its end.
    assert 3 <= timing["train_s"] < 3 + 10 * Ticking.TICK_S
    assert len(history) > 1
    assert history["val_psnr_rgb_db"].notna().all()


@pytest.mark.parametrize("keep", ["last", "best"])
@pytest.mark.parametrize("early_stopping", [{}, {"early_stopping_epochs": 1}])
def test_the_averaged_weights_are_validated_and_kept(tmp_path, keep, early_stopping):
    changed = {"ema": 0.9, "keep": keep, "epochs": 4, "learning_rate": 0.1} | early_stopping
    model, history, _ = train(tmp_path, **changed)
    scores = [
        float(keras.ops.psnr(hr / 255.0, predicted(model, lr) / 255.0, max_val=1.0))
        for lr, hr in pair_files.arrays(pair_files.photos([tmp_path / "pairs"]))
    ]
    expected = history["val_psnr_rgb_db"]
    expected = expected.max() if keep == "best" else expected.iloc[-1]
    assert np.mean(scores) == pytest.approx(expected)
    plain, _, _ = train(tmp_path, **changed | {"ema": 0})
    assert not np.allclose(plain.get_weights()[0], model.get_weights()[0])


def test_weights_decay_and_gradients_are_clipped(tmp_path):
    free, decayed, clipped = (
        train(tmp_path, **changed)[0].get_weights()
        for changed in ({}, {"weight_decay": 0.5}, {"clip_norm": 1e-9})
    )
    assert np.linalg.norm(decayed[0]) < np.linalg.norm(free[0])
    # Steps of Adam do not depend on the size of gradients, but its epsilon drowns tiny ones.
    assert np.abs(clipped[-2]).max() < np.abs(free[-2]).max() / 2


@pytest.mark.parametrize("name", sorted(optimizers.OPTIMIZERS))
def test_the_learning_rate_is_computed_once_a_step(name):
    model = architectures.build("residual", 2, channels=4, blocks=1)
    optimizer = optimizers.OPTIMIZERS[name](keras.optimizers.schedules.CosineDecay(0.001, 9), 0.0)
    optimizer.build(model.trainable_variables)

    @tf.function
    def step():
        weights = model.trainable_variables
        optimizer.apply([tf.ones(weight.shape) for weight in weights], weights)

    operations = step.get_concrete_function().graph.get_operations()
    assert [operation.type for operation in operations].count("Cos") == 1


def test_convolutions_of_gradients_are_prepared_once(tmp_path):
    code = f"import test_fit; test_fit.train(test_fit.Path({str(tmp_path)!r}), precision='float32')"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parent,
        env=os.environ | {"ONEDNN_VERBOSE": "2", "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    prepared = re.findall(r"create:\w+,cpu,convolution,.*backward_weights", done.stdout)
    if not prepared:
        pytest.skip("TensorFlow does not convolve by oneDNN on this processor")
    # Of 30 steps of a network of four convolutions.
    assert len(prepared) <= 2 * 4


def test_half_precision_trains_a_float32_model(tmp_path, monkeypatch):
    monkeypatch.setattr(processor, "flags", lambda: ["avx512_bf16"])
    full, _, _ = train(tmp_path, precision="float32")
    for precision in ("mixed", "auto"):
        mixed, history, timing = train(tmp_path, precision=precision)
        assert timing["precision"] == "mixed_bfloat16"
        assert keras.config.dtype_policy().name == "float32"
        assert {layer.dtype_policy.name for layer in mixed.layers} == {"float32"}
        assert history["loss"].iloc[1] < history["loss"].iloc[0]
        pairs = zip(full.get_weights(), mixed.get_weights(), strict=True)
        assert 0 < max(np.abs(a - b).max() for a, b in pairs) < 0.1


@pytest.mark.parametrize(
    ("precision", "flags", "capability", "policy"),
    [
        ("float32", ["avx512_bf16"], None, "float32"),
        ("auto", ["avx512_bf16"], None, "mixed_bfloat16"),
        ("auto", ["avx2"], None, "float32"),
        ("mixed", ["avx512_bf16"], None, "mixed_bfloat16"),
        ("mixed", ["avx2"], None, "float32"),
        # What nobody has compared on a GPU has to be asked for.
        ("auto", ["avx512_bf16"], (9, 0), "float32"),
        ("mixed", [], (9, 0), "mixed_float16"),
        ("mixed", [], (6, 1), "float32"),
    ],
)
def test_the_precision_follows_from_the_hardware(
    precision, flags, capability, policy, monkeypatch, caplog
):
    caplog.set_level("INFO")
    monkeypatch.setattr(processor, "flags", lambda: flags)
    gpus = ["a GPU"] if capability else []
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: gpus)
    details = {"compute_capability": capability}
    monkeypatch.setattr(tf.config.experimental, "get_device_details", lambda gpu: details)
    assert hardware.policy(precision) == policy
    lacks = "as this hardware has no half-precision products"
    assert caplog.text.count(f"precision: {policy}") == 1
    assert (lacks in caplog.text) == (precision == "mixed" and policy == "float32")


def test_ssim_mix_is_its_formula():
    rng = np.random.default_rng(0)
    truth = rng.random((2, 24, 24, 3), dtype=np.float32)
    predicted = np.stack([truth[0], np.clip(truth[1] + 0.2, 0, 1)])
    values = np.asarray(losses.ssim_mae(truth, predicted))
    structure = float(tf.image.ssim(truth[1], predicted[1], 1.0))
    absolute = np.abs(predicted[1] - truth[1]).mean()
    assert values == pytest.approx([0, 0.84 * (1 - structure) + 0.16 * absolute], abs=1e-6)


def test_patches_must_fit_the_poolings(tmp_path):
    with pytest.raises(InputError, match=r"gives HR patches of 18 px; this .* multiples of 4"):
        train(tmp_path, architecture="paper_autoencoder", options={}, hr_patch_px=18)


def test_muon_moves_hidden_convolutions_by_orthogonal_updates_and_other_weights_as_adam():
    rate = 0.01
    model = architectures.build("residual", 2, channels=8, blocks=1)
    before = [np.asarray(weights) for weights in model.trainable_variables]
    rng = np.random.default_rng(0)
    gradients = [rng.normal(size=weights.shape).astype(np.float32) for weights in before]
    optimizers.OPTIMIZERS["muon"](rate, 0.0).apply(gradients, model.trainable_variables)
    moved = [
        np.asarray(after) - first
        for after, first in zip(model.trainable_variables, before, strict=True)
    ]
    kernels = [number for number, weights in enumerate(before) if weights.ndim == 4]
    for number, (step, gradient) in enumerate(zip(moved, gradients, strict=True)):
        if number in kernels[1:-1]:
            # Newton and Schulz bring singular values to about one; 0.2 is the size of Adam's steps.
            values = np.linalg.svd(step.reshape(-1, step.shape[-1]), compute_uv=False)
            values /= 0.2 * rate * np.sqrt(72)
            assert values.min() > 0.6
            assert values.max() < 1.3
            assert np.sum(step * gradient) < 0
        else:
            # Adam's first step is the learning rate against the gradient's sign.
            assert step == pytest.approx(-rate * np.sign(gradient), rel=1e-2)


def test_steps_of_one_execution_end_where_epochs_and_the_budget_end(tmp_path):
    _, history, timing = train(tmp_path, steps_per_epoch=20, epochs=2, optimizer="muon")
    assert history["steps"].tolist() == [20, 40]
    assert timing["steps"] == 40
    _, history, _ = train(tmp_path, steps_per_epoch=20, steps=35)
    assert history["steps"].tolist() == [20, 35]
