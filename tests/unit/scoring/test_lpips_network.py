import hashlib

import numpy as np
import onnx
import pytest
from conftest import export_stand_in

from superres.core.errors import InputError
from superres.scoring import lpips_network


@pytest.fixture
def weights(tmp_path):
    """A network that gives the mean absolute difference; returns file and checksum."""
    file = tmp_path / "lpips.onnx"
    return file, export_stand_in(file)


def image(height_px, width_px, seed):
    rng = np.random.default_rng(seed)
    return rng.integers(0, 256, (height_px, width_px, 3)).astype(np.uint8)


@pytest.mark.parametrize("shape", [(8, 9), (40, 25)])
def test_the_network_sees_both_images_on_minus_one_to_one(weights, shape):
    session = lpips_network.load(*weights)
    truth, predicted = image(*shape, 0), image(*shape, 1)
    expected = np.mean(np.abs(truth / 127.5 - predicted / 127.5))
    assert lpips_network.distance(session, truth, predicted) == pytest.approx(expected, abs=1e-5)
    assert lpips_network.distance(session, truth, truth) == 0


def test_images_are_channels_first():
    x = lpips_network.to_network(np.array([[[0, 51, 255], [255, 0, 0]]], np.uint8))
    assert (x.shape, x.dtype) == ((1, 3, 1, 2), np.float32)
    assert x[0, :, 0, 0] == pytest.approx([-1, -0.6, 1])


def test_other_weights_are_refused(weights):
    file, sha256 = weights
    file.write_bytes(file.read_bytes() + b"\0")
    with pytest.raises(InputError, match=r"lpips\.onnx: SHA-256 is [0-9a-f]{64}, not metrics\.lp"):
        lpips_network.load(file, sha256)


def test_a_network_of_one_image_is_refused(tmp_path):
    sha256 = export_stand_in(tmp_path / "one.onnx", inputs=("truth",))
    assert sha256 == hashlib.sha256((tmp_path / "one.onnx").read_bytes()).hexdigest()
    with pytest.raises(InputError, match=r"one\.onnx: takes 1 inputs, not the two images"):
        lpips_network.load(tmp_path / "one.onnx", sha256)


@pytest.mark.parametrize("content", [b"", b"no network"])
def test_a_file_that_is_no_network_is_refused(tmp_path, content):
    file = tmp_path / "lpips.onnx"
    file.write_bytes(content)
    with pytest.raises(InputError, match=r"lpips\.onnx: not an ONNX network"):
        lpips_network.load(file, hashlib.sha256(content).hexdigest())


def test_weights_in_further_files_are_refused(tmp_path, monkeypatch):
    export_stand_in(tmp_path / "whole.onnx")
    network = onnx.load(tmp_path / "whole.onnx")
    constant = onnx.numpy_helper.from_array(np.ones((1, 1, 1, 1), np.float32), "constant")
    network.graph.initializer.append(constant)
    network.graph.node[-1].output[0] = "mean"
    network.graph.node.append(onnx.helper.make_node("Mul", ["mean", "constant"], ["distance"]))
    file = tmp_path / "lpips.onnx"
    onnx.save(network, file, save_as_external_data=True, location="data", size_threshold=0)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=r"lpips\.onnx: not an ONNX network"):
        lpips_network.load(file, hashlib.sha256(file.read_bytes()).hexdigest())
