import dataclasses
import os
import re
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import onnx
import pytest
from conftest import export_stand_in
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from superres.core.errors import InputError
from superres.networks import anatomy, architectures, conversion, half_weights, runtimes
from superres.networks.graph_analysis import anatomy as anatomy_of

SCRIPTS = Path(runtimes.__file__).parents[2]
# Every kind of layer, but few channels.
OPTIONS = {
    "edsr": {"channels": 6, "blocks": 2, "residual_scaling": 0.1},
    "fsrcnn": {"features": 8, "shrunk": 4, "mappings": 2},
    "lr_autoencoder": {"channels": 6, "inner_channels": 8, "dropout": 0.1},
    "residual": {"channels": 6, "blocks": 2},
    "span": {"channels": 6, "blocks": 2},
}
READERS = [("openvino", ".onnx"), ("onnxruntime", ".onnx"), ("litert", ".tflite")]
ANATOMY = anatomy.Anatomy(
    parameters=1,
    macs_per_hr_px=0.5,
    receptive_field_px=3,
    halo_px=1,
    period_px=1,
    factor=2,
    feature_bytes_per_px=4,
)


def random_model(name: str, scale: int) -> keras.Model:
    """No weight is zero, as some are before training."""
    model = architectures.build(name, scale, **OPTIONS.get(name, {}))
    rng = np.random.default_rng(0)
    for weight in model.weights:
        weight.assign(weight.numpy() + rng.normal(0, 0.03, weight.shape))
    return model


@pytest.fixture(scope="module")
def exported(tmp_path_factory) -> dict[str, Path]:
    model = random_model("lr_autoencoder", 2)
    folder = tmp_path_factory.mktemp("exported")
    files = {ending: folder / f"model{ending}" for ending in conversion.WRITERS}
    for file in files.values():
        conversion.write(model, 2, file)
    assert set(folder.iterdir()) == set(files.values())
    return files


@pytest.mark.parametrize("scale", [2, 3])
@pytest.mark.parametrize("name", architectures.names())
def test_every_runtime_agrees_with_keras_at_any_size(name, scale, tmp_path):
    model = random_model(name, scale)
    found = anatomy_of(model)
    rng = np.random.default_rng(1)
    # What an export must keep to; of features in grey levels, rounding alone is more than 1e-5.
    tolerance = anatomy.TOLERANCE if name == "span" else 1e-5
    for file in (tmp_path / f"model{ending}" for ending in conversion.WRITERS):
        conversion.write(model, scale, file)
    for runtime, ending in READERS:
        network = runtimes.open_network(tmp_path / f"model{ending}", threads=1, runtime=runtime)
        assert (network.anatomy, network.scale) == (found, scale)
        sides_px = [(1, 1), *rng.integers(1, 12, (3, 2)), (1, 1)]
        for height_px, width_px in np.multiply(sides_px, found.period_px):
            x = rng.random((1, height_px, width_px, 3), np.float32)
            expected = np.asarray(model(x, training=False))
            output = network.run(x)
            assert output.dtype == np.float32
            # Of a SPAN with random weights, values reach 4.
            size = max(1, np.abs(expected).max()) if name == "span" else 1
            np.testing.assert_allclose(output, expected, rtol=0, atol=tolerance * size)


@pytest.mark.parametrize("interpolation", ["nearest", "bilinear", "bicubic"])
@pytest.mark.parametrize("ending", conversion.WRITERS)
def test_interpolations_are_exact_up_to_the_border(interpolation, ending, tmp_path):
    inputs = keras.Input((None, None, 3))
    enlarged = keras.layers.UpSampling2D(5, interpolation=interpolation)(inputs)
    model = keras.Model(inputs, enlarged)
    conversion.write(model, 5, tmp_path / f"model{ending}")
    network = runtimes.open_network(tmp_path / f"model{ending}", threads=1)
    x = np.random.default_rng(0).random((1, 4, 7, 3), np.float32)
    np.testing.assert_allclose(network.run(x), np.asarray(model(x)), rtol=0, atol=1e-6)


def test_what_is_added_onto_the_enlarged_input_is_added_before_pixels_are_rearranged():
    graph = onnx.load_from_string(conversion.to_onnx(random_model("residual", 2), 2)).graph
    kinds = [node.op_type for node in graph.node]
    assert kinds[-3:] == ["Sum", "DepthToSpace", "Transpose"]
    assert kinds.count("DepthToSpace") == 1
    assert anatomy.DETAIL in graph.node[-3].input


@pytest.mark.parametrize("runtime", ["openvino", "onnxruntime"])
@pytest.mark.parametrize("name", ["residual", "fsrcnn"])
def test_weights_in_half_precision_take_half_the_space_and_change_next_to_nothing(
    name, runtime, tmp_path
):
    model = architectures.build(name, 2)
    rng = np.random.default_rng(0)
    for weight in model.weights:
        weight.assign(weight.numpy() + rng.normal(0, 0.01, weight.shape))
    content = conversion.to_onnx(model, 2)
    half = half_weights.halved(content)
    assert len(half) < 0.6 * len(content)
    assert half == half_weights.halved(content)
    assert anatomy.understood(half) == anatomy.understood(content)
    x = rng.random((1, 21, 30, 3), np.float32)
    answers = []
    for number, written in enumerate((content, half)):
        file = tmp_path / f"{number}.onnx"
        file.write_bytes(written)
        answers.append(runtimes.open_network(file, 1, runtime=runtime).run(x))
    difference = np.abs(answers[1] - answers[0]).max()
    assert 0 < difference < 1e-3 * max(1, np.abs(answers[0]).max())


@pytest.mark.parametrize("writer", conversion.WRITERS.values(), ids=conversion.WRITERS)
def test_the_same_model_gives_the_same_bytes_and_stays_as_it_was(writer, tmp_path):
    random_model("lr_autoencoder", 2).save(tmp_path / "model.keras")
    contents = []
    for _ in range(2):
        model = keras.models.load_model(tmp_path / "model.keras")
        contents += [writer(model, 2), writer(model, 2)]
        assert anatomy_of(model).factor == 2
    assert len(set(contents)) == 1


def test_an_answer_other_than_keras_is_refused_and_leaves_no_file(tmp_path, monkeypatch):
    model = random_model("espcn", 2)
    other = random_model("espcn", 2)
    other.layers[1].bias.assign_add(other.layers[1].bias + 0.1)
    monkeypatch.setitem(
        conversion.WRITERS, ".onnx", lambda _, scale: conversion.to_onnx(other, scale)
    )
    with pytest.raises(InputError, match=r"a\.onnx: differs from Keras by .*prediction\.runtime"):
        conversion.write(model, 2, tmp_path / "a.onnx")
    assert not (tmp_path / "a.onnx").exists()


@pytest.mark.parametrize("ending", conversion.WRITERS)
def test_rounding_counts_by_the_size_of_the_values(ending, tmp_path):
    inputs = keras.Input((None, None, 3))
    x = keras.layers.Rescaling(1e5)(inputs)
    for _ in range(2):
        x = keras.layers.Conv2D(16, 3, padding="same")(x)
    model = keras.Model(inputs, keras.layers.Conv2DTranspose(3, 2, 2)(x))
    conversion.write(model, 2, tmp_path / f"model{ending}")
    x = np.random.default_rng(0).random((1, 48, 64, 3), np.float32)
    answer = runtimes.open_network(tmp_path / f"model{ending}", threads=1).run(x)
    expected = np.asarray(model(x))
    assert np.abs(answer - expected).max() > anatomy.TOLERANCE
    assert anatomy.agree(answer, expected)
    assert not anatomy.agree(answer * 1.001, expected)
    assert not anatomy.agree(np.full_like(expected, np.nan), expected)


def test_an_unknown_layer_or_activation_is_refused():
    inputs = keras.Input((None, None, 3))
    with pytest.raises(InputError, match=r"activation 'gelu'; add an ONNX"):
        conversion.to_onnx(
            keras.Model(inputs, keras.layers.Conv2D(3, 1, activation="gelu")(inputs)), 2
        )
    depthwise = keras.layers.DepthwiseConv2D(3, padding="same")(inputs)
    with pytest.raises(InputError, match=r"of type DepthwiseConv2D; add an ONNX"):
        conversion.to_onnx(keras.Model(inputs, depthwise), 2)


@pytest.mark.parametrize("ending", conversion.WRITERS)
def test_neither_keras_nor_tensorflow_is_imported_to_predict(ending, exported):
    program = (
        "import sys; from pathlib import Path; import numpy as np\n"
        "from superres.networks.runtimes import open_network\n"
        "network = open_network(Path(sys.argv[1]), threads=1)\n"
        "assert network.run(np.zeros((1, 4, 6, 3), np.float32)).shape == (1, 8, 12, 3)\n"
        "assert not {'tensorflow', 'keras', 'pandas'} & set(sys.modules)\n"
    )
    command = [sys.executable, "-c", program, exported[ending]]
    done = subprocess.run(command, cwd=SCRIPTS, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_openvino_starts_without_its_reports_to_its_makers(tmp_path, exported):
    program = (
        "import socket, sys; from pathlib import Path\n"
        "socket.socket = None\n"
        "from superres.networks.runtimes import open_network\n"
        "open_network(Path(sys.argv[1]), threads=1)\n"
        "assert 'openvino' in sys.modules\n"
        "assert not [name for name in sys.modules if 'telemetry' in name]\n"
    )
    command = [sys.executable, "-c", program, exported[".onnx"]]
    home = os.environ | {"HOME": str(tmp_path), "USERPROFILE": str(tmp_path)}
    done = subprocess.run(command, cwd=SCRIPTS, capture_output=True, text=True, env=home)
    assert done.returncode == 0, done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("runtime", "ending"), READERS)
def test_memory_that_runs_out_is_told_and_a_smaller_image_still_fits(runtime, ending, exported):
    if not Path("/proc/self/status").exists():
        pytest.skip("only Linux limits the memory of a process")
    program = (
        "import re, resource, sys; from pathlib import Path; import numpy as np\n"
        "from superres.networks.runtimes import open_network\n"
        "run = open_network(Path(sys.argv[1]), threads=1, runtime=sys.argv[2]).run\n"
        "small = run(np.zeros((1, 16, 16, 3), np.float32))\n"
        "status = Path('/proc/self/status').read_text()\n"
        "limit = int(re.search(r'VmSize:\\s+(\\d+)', status)[1]) * 1024 + 2**28\n"
        "large = np.zeros((1, 2000, 2000, 3), np.float32)\n"
        "resource.setrlimit(resource.RLIMIT_AS, (limit, limit))\n"
        "try:\n"
        "    run(large)\n"
        "except MemoryError:\n"
        "    assert np.array_equal(run(np.zeros((1, 16, 16, 3), np.float32)), small)\n"
        "    print('refused')\n"
    )
    command = [sys.executable, "-c", program, exported[ending], runtime]
    done = subprocess.run(command, cwd=SCRIPTS, capture_output=True, text=True)
    assert done.stdout == "refused\n", done.stderr


@pytest.mark.parametrize("ending", [".onnx", ".tflite"])
def test_what_is_no_network_is_refused(ending, tmp_path):
    file = tmp_path / f"a{ending}"
    with pytest.raises(InputError, match=rf"a\{ending}: .*No such file"):
        runtimes.open_network(file, threads=1)
    file.write_bytes(b"no network")
    with pytest.raises(InputError, match=rf"a\{ending}: says nothing .* export it with this work"):
        runtimes.open_network(file, threads=1)
    # As someone would who means harm.
    file.write_bytes(anatomy.described(ANATOMY, 2, b"").encode())
    with pytest.raises(InputError, match=rf"a\{ending}: cannot be loaded as an exported network"):
        runtimes.open_network(file, threads=1)


def test_another_ending_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"a\.pth: no network; known endings: \.onnx, \.tflite"):
        runtimes.open_network(tmp_path / "a.pth", threads=1)


def test_a_network_from_elsewhere_is_refused(tmp_path, exported):
    export_stand_in(tmp_path / "a.onnx")
    with pytest.raises(InputError, match=r"a\.onnx: says nothing .* export it with this workflow"):
        runtimes.open_network(tmp_path / "a.onnx", threads=1)
    content = onnx.load(exported[".onnx"])
    content.metadata_props[0].value = '{"scale": 2}'
    onnx.save(content, tmp_path / "b.onnx")
    with pytest.raises(InputError, match=r"b\.onnx: says nothing of its anatomy"):
        runtimes.open_network(tmp_path / "b.onnx", threads=1)


IMPOSSIBLE = [
    ("period_px", 0),
    ("period_px", -1),
    ("period_px", 10**9),
    ("period_px", 1.0),
    ("period_px", True),
    ("factor", 0),
    ("factor", "2"),
    ("factor", 3),
    ("halo_px", 10**9),
    ("halo_px", -1),
    ("halo_px", None),
    ("feature_bytes_per_px", 0),
    ("feature_bytes_per_px", float("nan")),
    ("feature_bytes_per_px", float("inf")),
    ("receptive_field_px", 0),
    ("parameters", -1),
    ("macs_per_hr_px", float("-inf")),
]


@pytest.mark.parametrize(("name", "value"), IMPOSSIBLE)
def test_a_number_that_cannot_be_is_refused_whatever_the_checksum(name, value):
    text = anatomy.described(dataclasses.replace(ANATOMY, **{name: value}), 2, b"")
    with pytest.raises(InputError, match=f"says that its .*{name}") as error:
        anatomy.understood(text.encode())
    assert len(str(error.value)) < 120


@pytest.mark.parametrize("scale", [0, 1, -2, 10**9, 2.5, "2", None, True, 3])
def test_a_scale_that_cannot_be_is_refused_whatever_the_checksum(scale):
    text = anatomy.described(ANATOMY, scale, b"")
    with pytest.raises(InputError, match="says that its scale"):
        anatomy.understood(text.encode())


def test_a_description_that_is_nested_for_ever_is_refused():
    with pytest.raises(InputError, match="says nothing of its anatomy"):
        anatomy.understood(b'{"anatomy": ' + b"[" * 100_000)


@pytest.mark.parametrize("ending", conversion.WRITERS)
@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"halo_px": 0}, "depends on more than the halo of 0 px"),
        ({"factor": 1}, "its output has the shape .* with the factor 1"),
        (
            {"period_px": 1, "halo_px": 3},
            "does not run on|[Nn]on-zero status|has the shape",
        ),
    ],
)
def test_a_file_that_says_something_else_than_its_network_does_is_refused(
    ending, wrong, message, tmp_path, monkeypatch
):
    file = tmp_path / f"a{ending}"
    false = lambda model: dataclasses.replace(anatomy_of(model), **wrong)  # noqa: E731
    monkeypatch.setattr(conversion, "anatomy", false)
    file.write_bytes(conversion.WRITERS[ending](random_model("lr_autoencoder", 2), 2))
    with pytest.raises(InputError, match=rf"a\{ending}: cannot be loaded as an exported") as error:
        runtimes.open_network(file, threads=1)
    assert re.search(message, str(error.value))


def test_weights_in_further_files_are_refused(tmp_path, monkeypatch, exported):
    network = onnx.load(exported[".onnx"])
    says, _ = anatomy.understood(exported[".onnx"].read_bytes())
    del network.metadata_props[:]
    onnx.save(network, tmp_path / "a.onnx", save_as_external_data=True, size_threshold=0)
    (data,) = set(tmp_path.iterdir()) - {tmp_path / "a.onnx"}
    network = onnx.load(tmp_path / "a.onnx", load_external_data=False)
    content = network.SerializeToString(deterministic=True)
    onnx.helper.set_model_props(network, {"superres": anatomy.described(says, 2, content)})
    (tmp_path / "a.onnx").write_bytes(network.SerializeToString(deterministic=True))
    # Beside the network, or where the program runs.
    monkeypatch.chdir(tmp_path)
    assert data.exists()
    with pytest.raises(InputError, match=r"a\.onnx: cannot be loaded .*[Ee]xternal"):
        runtimes.open_network(tmp_path / "a.onnx", threads=1)


def test_what_a_file_says_is_read_back():
    text = anatomy.described(ANATOMY, 4, b"network")
    assert anatomy.understood(b"network" + text.encode() + b"\xff, and more") == (ANATOMY, 4)
    for damaged in ("network" + text.replace("4", "5"), "netmork" + text, text):
        with pytest.raises(InputError, match="is damaged"):
            anatomy.understood(damaged.encode())


@pytest.mark.parametrize("ending", [".onnx", ".tflite"])
@settings(suppress_health_check=list(HealthCheck))
@given(at=st.floats(0, 1, exclude_max=True), bits=st.integers(1, 255))
def test_a_network_with_a_changed_byte_is_refused(ending, exported, tmp_path, at, bits):
    content = bytearray(exported[ending].read_bytes())
    content[int(at * len(content))] ^= bits
    file = tmp_path / f"a{ending}"
    file.write_bytes(content)
    try:
        network = runtimes.open_network(file, threads=1)
    except InputError as error:
        assert "\n" not in str(error)
    else:
        # A byte that says nothing, as the date of an archive's entry.
        x = np.random.default_rng(0).random((1, 4, 6, 3), np.float32)
        whole = runtimes.open_network(exported[ending], threads=1)
        assert np.array_equal(network.run(x), whole.run(x))
