import keras
import numpy as np
import pytest

from superres import losses, pairs, prediction, training
from superres.datasets import enlarge
from superres.errors import InputError

RECIPE = {
    "architecture": "residual",
    "options": {"channels": 4, "blocks": 1},
    "training": {
        "input": "patches",
        "keep": "last",
        "loss": "charbonnier",
        "learning_rate": 0.01,
        "schedule": "cosine",
        "warmup_steps": 5,
        "epochs": 2,
        "steps_per_epoch": 15,
        "batch_size": 2,
        "hr_patch_px": 16,
        "augment": True,
        "threads": 1,
    },
}


def photos(folder, count=2, side=24):
    rng = np.random.default_rng(0)
    for number in range(count):
        lr = rng.integers(0, 256, (side, side, 3)).astype(np.uint8)
        pairs.write(folder, str(number), lr, enlarge(lr, 2))
    return pairs.photos([folder])


def train(folder, seed=0, recipe=RECIPE, scale=2):
    # A new process counts layer names from zero.
    keras.utils.clear_session()
    keras.utils.set_random_seed(seed)
    found = photos(folder / "pairs")
    return training.train(recipe, found, found, scale, seed, folder)


def test_training_learns_and_its_history_has_one_row_an_epoch(tmp_path):
    _, history, timing = train(tmp_path)
    assert history["epoch"].tolist() == [1, 2]
    assert list(history) == ["epoch", *training.HISTORY]
    assert history[["val_mse", "val_psnr_rgb_db"]].notna().all(axis=None)
    assert timing["steps"] == 30
    assert timing["train_s"] > 0
    assert history["loss"].iloc[1] < history["loss"].iloc[0]


def test_the_same_seed_gives_the_same_bytes(tmp_path):
    for name, seed in (("a", 0), ("b", 0), ("c", 1)):
        training.save(train(tmp_path, seed)[0], tmp_path / f"{name}.keras")
    contents = {name: (tmp_path / f"{name}.keras").read_bytes() for name in "abc"}
    assert contents["a"] == contents["b"]
    assert contents["a"] != contents["c"]
    assert len(list(tmp_path.iterdir())) == 4


def test_a_saved_model_predicts_the_same(tmp_path):
    model, _, _ = train(tmp_path)
    training.save(model, tmp_path / "model.keras")
    lr = pairs.arrays(pairs.photos([tmp_path / "pairs"]))[0][0]
    expected = prediction.predict(model, lr, 2)
    assert np.array_equal(
        prediction.predict(prediction.load(tmp_path / "model.keras"), lr, 2), expected
    )


def test_a_patch_larger_than_a_photo_is_refused(tmp_path):
    found = photos(tmp_path, side=6)
    with pytest.raises(InputError, match=r"'0' of 12x12 px is smaller than the patch; .*now 16"):
        training.train(RECIPE, found, found, 2, 0, tmp_path)


def test_a_dead_channel_is_found(tmp_path):
    inputs = keras.Input((None, None, 3))
    layer = keras.layers.Conv2D(3, 1, activation="relu")
    model = keras.Model(inputs, layer(inputs))
    layer.set_weights([np.diag([1.0, -1.0, 1.0])[None, None], np.zeros(3)])
    summary = training.summary(model, photos(tmp_path), 2)
    assert summary == {"parameters": 12, "dead_channels": ["green"]}


def test_charbonnier_is_its_formula():
    truth, predicted = np.zeros((1, 2, 2, 3)), np.full((1, 2, 2, 3), 0.3)
    expected = np.sqrt(0.3**2 + 1e-3**2)
    assert np.asarray(losses.charbonnier(truth, predicted)) == pytest.approx(expected)


def test_the_learning_rate_rises_then_falls_to_zero():
    settings = RECIPE["training"] | {"epochs": 10, "steps_per_epoch": 10, "warmup_steps": 20}
    schedule = training._learning_rate(settings)
    rates = [float(schedule(step)) for step in range(101)]
    assert rates[0] == 0
    assert rates[20] == pytest.approx(0.01)
    assert max(rates) == rates[20]
    assert rates[100] == pytest.approx(0, abs=1e-9)
    assert training._learning_rate(settings | {"schedule": "constant"}) == 0.01


AS_THE_PAPER = {
    "architecture": "paper_autoencoder",
    "options": {},
    "training": RECIPE["training"]
    | {
        "input": "images",
        "loss": "mse",
        "learning_rate": 0.001,
        "schedule": "plateau",
        "plateau_epochs": 5,
        "plateau_factor": 0.2,
        "plateau_minimum": 1e-8,
        "early_stopping_epochs": 9,
        "keep": "best",
        "epochs": 3,
    },
}


def test_whole_images_train_as_keras_would_and_the_best_epoch_is_kept(tmp_path):
    model, history, timing = train(tmp_path, recipe=AS_THE_PAPER, scale=None)
    assert history["epoch"].tolist() == [1, 2, 3]
    measured = ["loss", "accuracy", "val_loss", "val_accuracy", "learning_rate"]
    assert history[measured].notna().all(axis=None)
    assert history["val_mse"].isna().all()
    assert timing["steps"] == 3
    # What Keras measured is what the kept weights give, on [0, 1] and not rounded.
    arrays = pairs.arrays(pairs.photos([tmp_path / "pairs"]))
    errors = [
        np.mean((np.asarray(model((enlarge(lr, 2) / 255.0)[None]))[0] - hr / 255.0) ** 2)
        for lr, hr in arrays
    ]
    assert np.mean(errors) == pytest.approx(history["val_loss"].min(), rel=1e-4)
    assert [file.name for file in tmp_path.iterdir()] == ["pairs"]


def test_training_stops_early_and_lowers_the_rate(tmp_path):
    settings = AS_THE_PAPER["training"] | {
        "learning_rate": 1e-30,
        "plateau_epochs": 1,
        "plateau_minimum": 0,
        "early_stopping_epochs": 2,
        "epochs": 9,
    }
    _, history, _ = train(tmp_path, recipe=AS_THE_PAPER | {"training": settings}, scale=None)
    assert history["epoch"].tolist() == [1, 2, 3]
    assert history["learning_rate"].iloc[-1] < history["learning_rate"].iloc[0]


def test_one_model_for_all_scales_must_work_on_the_hr_grid(tmp_path):
    recipe = AS_THE_PAPER | {"architecture": "residual"}
    with pytest.raises(InputError, match="works on the LR grid and so for one scale"):
        train(tmp_path, recipe=recipe, scale=None)


def test_an_empty_side_is_explained(tmp_path):
    with pytest.raises(InputError, match=r"no photo in validation; change datasets\.<name>\.split"):
        training.train(RECIPE, photos(tmp_path), [], 2, 0, tmp_path)


def test_patches_too_keep_the_best_epoch(tmp_path):
    settings = RECIPE["training"] | {
        "keep": "best",
        "schedule": "plateau",
        "plateau_epochs": 1,
        "plateau_factor": 0.5,
        "plateau_minimum": 0,
        "early_stopping_epochs": 3,
        "learning_rate": 0.05,
        "epochs": 4,
    }
    model, history, _ = train(tmp_path, recipe=RECIPE | {"training": settings})
    arrays = pairs.arrays(pairs.photos([tmp_path / "pairs"]))
    errors = [
        np.mean((prediction.predict(model, lr, 2) / 255.0 - hr / 255.0) ** 2) for lr, hr in arrays
    ]
    assert np.mean(errors) == pytest.approx(history["val_mse"].min())
