"""A model file may come from anywhere: it is loaded without running anything, or refused."""

import json
import zipfile
from pathlib import Path

import keras
import numpy as np
import pytest

from superres.core.errors import InputError
from superres.networks import architectures, keras_files


@pytest.fixture
def model(tmp_path) -> Path:
    keras_files.save(architectures.build("espcn", 2), tmp_path / "model.keras")
    return tmp_path / "model.keras"


def repack(file: Path, changed: dict[str, bytes]) -> None:
    """Change or add members of an archive."""
    with zipfile.ZipFile(file) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in (members | changed).items():
            archive.writestr(name, content)


def test_a_model_comes_back_as_it_was_saved(model):
    x = np.random.default_rng(0).random((1, 8, 8, 3), np.float32)
    again = keras_files.load(model)
    assert np.array_equal(again(x), keras_files.load(model)(x))


def test_code_in_a_layer_is_not_run(model, tmp_path):
    pwned = tmp_path / "pwned"
    path = str(pwned)
    inputs = keras.Input((None, None, 3))
    outputs = keras.layers.Lambda(lambda x: [__import__("os").mkdir(path), x][1])(inputs)
    keras.Model(inputs, outputs).save(model)
    pwned.rmdir()
    with pytest.raises(InputError, match=r"model\.keras: cannot be loaded as a Keras model: ") as e:
        keras_files.load(model)
    assert "\n" not in str(e.value)
    assert not pwned.exists()


@pytest.mark.parametrize(
    ("module", "name"),
    [("os", "system"), ("builtins", "eval"), ("subprocess", "Popen"), ("pickle", "loads")],
)
def test_a_function_of_python_is_no_layer(model, module, name):
    with zipfile.ZipFile(model) as archive:
        config = json.loads(archive.read("config.json"))
    layer = config["config"]["layers"][1]
    layer |= {"module": module, "class_name": name, "registered_name": name}
    repack(model, {"config.json": json.dumps(config).encode()})
    with pytest.raises(InputError, match="cannot be loaded as a Keras model"):
        keras_files.load(model)


def test_a_path_out_of_the_archive_writes_nothing(model, tmp_path):
    repack(model, {"../pwned": b"x", "/tmp/../pwned": b"x", "assets/../../pwned": b"x"})
    before = sorted(tmp_path.rglob("*"))
    keras_files.load(model)
    assert sorted(tmp_path.rglob("*")) == before
    assert not (tmp_path.parent / "pwned").exists()


@pytest.mark.parametrize("name", ["config.json", "model.weights.h5", "metadata.json"])
@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b"\x80" * 100])
def test_damaged_parts_are_refused_in_one_line(model, name, content):
    repack(model, {name: content})
    try:
        keras_files.load(model)
    except InputError as error:
        assert "\n" not in str(error)
    else:
        # Who wrote a file, and when, decides nothing.
        assert name == "metadata.json"


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04" + b"\0" * 40])
def test_what_is_no_model_is_refused(content, tmp_path):
    (tmp_path / "model.keras").write_bytes(content)
    with pytest.raises(InputError, match=r"model\.keras: cannot be loaded as a Keras model: "):
        keras_files.load(tmp_path / "model.keras")
