import json
import sys

import numpy as np
import pytest
from test_conversion import random_model

from superres.core import processor
from superres.core.checksums import sha256
from superres.core.errors import InputError
from superres.networks import conversion, runtimes
from superres.program import enlarging, shipped

LEVEL = 1 / 255


@pytest.fixture
def exported(tmp_path):
    def write(name: str, ending: str = ".onnx"):
        file = tmp_path / f"{name}{ending}"
        conversion.write(random_model(name, 2), 2, file)
        return file

    return write


@pytest.mark.parametrize("name", ["residual", "lr_autoencoder", "espcn"])
def test_bfloat16_stays_near_float32(name, exported):
    if not processor.multiplies_bfloat16():
        pytest.skip("this processor has no bfloat16 products")
    file = exported(name)
    exact = runtimes.open_network(file, threads=1)
    fast = runtimes.open_network(file, threads=1, precision="bfloat16")
    assert (exact.precision, fast.precision) == ("float32", "bfloat16")
    x = np.random.default_rng(0).random((1, 48, 60, 3), np.float32)
    answer, expected = fast.run(x), exact.run(x)
    assert answer.dtype == np.float32
    assert not np.array_equal(answer, expected)
    assert np.abs(answer - expected).max() < 4 * LEVEL
    # The next answer takes nothing from the last one.
    fast.run(np.zeros_like(x))
    assert np.abs(answer - expected).max() < 4 * LEVEL


def test_what_is_enlarged_stays_float32(tmp_path):
    if not processor.multiplies_bfloat16():
        pytest.skip("this processor has no bfloat16 products")
    # The body adds nothing yet.
    from superres.networks import architectures

    conversion.write(architectures.build("residual", 2), 2, tmp_path / "a.onnx")
    exact, fast = (
        runtimes.open_network(tmp_path / "a.onnx", threads=1, precision=precision)
        for precision in ("float32", "bfloat16")
    )
    x = np.random.default_rng(0).random((1, 30, 40, 3), np.float32)
    np.testing.assert_allclose(fast.run(x), exact.run(x), rtol=0, atol=1e-6)


def test_a_processor_without_bfloat16_gets_float32_and_a_line(exported, monkeypatch, caplog):
    monkeypatch.setenv("SUPERRES_BFLOAT16", "0")
    assert not processor.multiplies_bfloat16()
    with caplog.at_level("INFO"):
        network = runtimes.open_network(exported("residual"), threads=1, precision="bfloat16")
    assert network.precision == "float32"
    assert "precision: float32, as this processor has no bfloat16 products" in caplog.text


def test_only_onnx_files_are_computed_in_bfloat16(exported):
    with pytest.raises(InputError, match=r"in bfloat16 only \.onnx files are computed"):
        runtimes.open_network(exported("residual", ".tflite"), threads=1, precision="bfloat16")


def test_a_runtime_that_is_not_installed_is_named(exported, monkeypatch):
    monkeypatch.setitem(sys.modules, "ai_edge_litert.interpreter", None)
    file = exported("residual", ".onnx").with_suffix(".tflite")
    file.write_bytes(conversion.to_litert(random_model("residual", 2), 2))
    with pytest.raises(
        InputError, match=r"needs the package ai_edge_litert.*, or give .* as \.onnx"
    ):
        runtimes.open_network(file, threads=1)


def test_the_fastest_precision_is_one_whose_loss_was_measured(exported, monkeypatch):
    file = exported("residual")
    monkeypatch.setattr(processor, "multiplies_bfloat16", lambda: True)

    def with_record(**about) -> str:
        file.with_suffix(".json").write_text(json.dumps(about))
        return enlarging.precision_of(file, "fastest")

    loses = {"photos": 3, "mean_lost_db": 0.01, "most_lost_db": 0.05}
    assert enlarging.precision_of(file, "fastest") == "float32"
    assert with_record(sha256=sha256(file), bfloat16=loses) == "bfloat16"
    assert with_record(sha256=sha256(file), bfloat16=loses | {"mean_lost_db": 0.011}) == "float32"
    assert with_record(sha256=sha256(file), bfloat16=None) == "float32"
    assert with_record(sha256="of another", bfloat16=loses) == "float32"
    assert with_record(about="something else") == "float32"
    file.with_suffix(".json").write_text("no JSON")
    assert enlarging.precision_of(file, "fastest") == "float32"
    for wanted in ("float32", "bfloat16"):
        assert enlarging.precision_of(file, wanted) == wanted
    monkeypatch.setattr(processor, "multiplies_bfloat16", lambda: False)
    assert with_record(sha256=sha256(file), bfloat16=loses) == "float32"


def test_networks_that_come_with_the_program_lose_next_to_nothing():
    for one in shipped.networks():
        assert shipped.lost_in_bfloat16_db(one.file) <= enlarging.MOST_LOST_DB
