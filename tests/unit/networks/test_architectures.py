import functools
import re
from pathlib import Path

import keras
import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from superres.core.errors import InputError
from superres.images.interpolations import upsample
from superres.networks import architectures
from superres.networks.graph_analysis import anatomy

ROOT = Path(__file__).parents[3]

# Table 1 of the paper: layer, output shape at 800x1200, parameters.
TABLE_1 = """
InputLayer    800 1200   3       0
Conv2D        800 1200  64    1792
Conv2D        800 1200  64   36928
MaxPooling2D  400  600  64       0
Dropout       400  600  64       0
Conv2D        400  600 128   73856
Conv2D        400  600 128  147584
MaxPooling2D  200  300 128       0
Conv2D        200  300 256  295168
UpSampling2D  400  600 256       0
Conv2D        400  600 128  295040
Conv2D        400  600 128  147584
Add           400  600 128       0
UpSampling2D  800 1200 128       0
Conv2D        800 1200  64   73792
Conv2D        800 1200  64   36928
Add           800 1200  64       0
Conv2D        800 1200   3    1731
"""


@pytest.fixture(scope="module")
def paper() -> keras.Model:
    return architectures.build("paper_autoencoder", 2)


def test_the_papers_autoencoder_is_table_1_row_by_row(paper):
    inputs = keras.Input((800, 1200, 3))
    full_size = keras.models.clone_model(paper, input_tensors=inputs)
    rows = [
        (type(layer).__name__, *layer.output.shape[1:], layer.count_params())
        for layer in full_size.layers
    ]
    expected = [
        (name, *map(int, numbers))
        for name, *numbers in (line.split() for line in TABLE_1.strip().splitlines())
    ]
    assert rows == expected
    assert paper.count_params() == 1_110_403
    assert all(weight.trainable for weight in paper.weights)


def test_the_papers_convolutions_and_skips(paper):
    convolutions = [layer for layer in paper.layers if isinstance(layer, keras.layers.Conv2D)]
    for layer in convolutions:
        assert layer.kernel_size == (3, 3)
        assert layer.padding == "same"
        assert layer.activation is keras.activations.relu
    names = {id(layer.output): number for number, layer in enumerate(paper.layers)}
    adds = [layer for layer in paper.layers if isinstance(layer, keras.layers.Add)]
    skips = [sorted(names[id(tensor)] for tensor in layer.input) for layer in adds]
    # B is the sixth convolution block's output (layer 6), A the second convolution's (layer 2).
    assert skips == [[6, 11], [2, 15]]
    (dropout,) = [layer for layer in paper.layers if isinstance(layer, keras.layers.Dropout)]
    assert dropout.rate == 0.3


@functools.cache
def untrained_residual(scale) -> keras.Model:
    return architectures.build("residual", scale, channels=4, blocks=1)


@pytest.mark.parametrize("scale", [2, 3, 4])
@settings(max_examples=15)
@given(height=st.integers(4, 24), width=st.integers(4, 24), seed=st.integers(0, 99))
def test_the_untrained_residual_model_is_bicubic(scale, height, width, seed):
    model = untrained_residual(scale)
    # Far from 0 and 255, where Pillow would clip between its two directions.
    lr = np.random.default_rng(seed).integers(70, 186, (height, width, 3)).astype(np.uint8)
    predicted = np.asarray(model((lr / 255.0)[np.newaxis].astype(np.float32)))[0] * 255
    planes = [
        Image.fromarray(lr[..., channel].astype(np.float32)).resize(
            (width * scale, height * scale), Image.Resampling.BICUBIC
        )
        for channel in range(3)
    ]
    # TensorFlow looks its kernel up in a table of 1024 steps.
    assert np.abs(predicted - np.stack(planes, axis=-1)).max() < 0.25
    # Pillow's 8-bit path rounds between its two directions.
    assert (
        np.abs(np.rint(predicted) - upsample(lr, (width * scale, height * scale), "bicubic")).max()
        <= 1
    )


@pytest.mark.parametrize("name", architectures.names())
def test_every_architecture_survives_a_file_and_is_documented(name, tmp_path):
    model = architectures.build(name, 2)
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras", safe_mode=True)
    x = np.random.default_rng(0).random((1, 16, 20, 3), np.float32)
    assert np.array_equal(model(x), again(x))
    builder = __import__(f"superres.networks.architectures.{name}", fromlist=["build"]).build
    assert re.search(r"Args:.*Returns:", builder.__doc__, re.DOTALL)


@pytest.fixture(scope="module")
def transposed() -> keras.Model:
    return architectures.build("paper_transposed", 2)


def test_the_variant_of_the_equations_keeps_the_channels_and_parameters_of_table_1(transposed):
    kinds = [type(layer).__name__ for layer in transposed.layers]
    first = kinds.index("Conv2DTranspose")
    assert kinds[first : first + 4] == [
        "Conv2DTranspose",
        "Conv2DTranspose",
        "Add",
        "UpSampling2D",
    ]
    assert kinds.count("Conv2DTranspose") == 2
    assert transposed.count_params() == 1_110_403


@pytest.mark.parametrize("size", [(4, 4), (12, 20), (100, 8)])
def test_the_variant_of_the_equations_keeps_the_size(size, transposed):
    assert transposed.compute_output_shape((1, *size, 3)) == (1, *size, 3)
    assert transposed(np.zeros((1, *size, 3), np.float32)).shape == (1, *size, 3)


@pytest.mark.parametrize("scale", range(2, 9))
@pytest.mark.parametrize("name", architectures.names())
def test_every_architecture_has_every_scale(name, scale):
    model = architectures.build(name, scale)
    found = anatomy(model)
    assert found.factor in (1, scale)
    sides_px = [found.period_px * sides for sides in (1, 3)]
    shape = model.compute_output_shape((1, *sides_px, 3))
    assert shape == (1, *(side_px * found.factor for side_px in sides_px), 3)


@pytest.mark.parametrize("name", ["paper_residual", "residual", "lr_autoencoder"])
def test_models_with_a_global_skip_start_at_what_they_are_added_to(name):
    model = architectures.build(name, 2)
    x = np.random.default_rng(0).random((1, 16, 16, 3), np.float32)
    factor = anatomy(model).factor
    start = keras.layers.UpSampling2D(factor, interpolation="bicubic")(x) if factor > 1 else x
    assert np.allclose(model(x), start, atol=1e-6)


def test_channels_per_scale_keep_the_cost_of_an_hr_pixel():
    costs = []
    for scale in (2, 3, 4):
        model = architectures.build("residual", scale, channels_per_scale=16)
        alike = architectures.build("residual", scale, channels=16 * scale)
        assert model.count_params() == alike.count_params()
        costs.append(anatomy(model).macs_per_hr_px)
    assert max(costs) < 1.05 * min(costs)


def test_expansion_puts_more_features_before_each_relu_at_the_same_cost():
    plain, wide = (
        architectures.build("residual", 2, channels=channels, expansion=expansion)
        for channels, expansion in ((32, 1), (16, 4))
    )
    assert 0.8 < anatomy(wide).macs_per_hr_px / anatomy(plain).macs_per_hr_px < 1
    relus = [
        layer
        for layer in wide.layers
        if getattr(layer, "activation", None) is keras.activations.relu
    ]
    assert [layer.filters for layer in relus] == [64] * 4


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
def test_what_passes_the_body_by_stays_float32_in_half_precision(policy):
    lr = np.random.default_rng(0).random((1, 9, 11, 3), np.float32)
    exact = untrained_residual(2)(lr)
    keras.config.set_dtype_policy(policy)
    try:
        half = untrained_residual(2)(lr)
    finally:
        keras.config.set_dtype_policy("float32")
    assert keras.backend.standardize_dtype(half.dtype) == "float32"
    np.testing.assert_array_equal(half, exact)


def test_dropout_is_for_training_alone():
    model = architectures.build("lr_autoencoder", 2, channels=8, inner_channels=8, dropout=0.5)
    rng = np.random.default_rng(0)
    model.set_weights([rng.normal(0, 0.1, w.shape) for w in model.get_weights()])
    x = rng.random((1, 16, 16, 3), np.float32)
    assert np.array_equal(model(x, training=False), model(x, training=False))
    assert not np.array_equal(model(x, training=True), model(x, training=True))


def test_unknown_names_and_options_are_refused():
    with pytest.raises(
        InputError, match="unknown architecture 'x'; known: edsr, espcn, fsrcnn, lr_autoencoder"
    ):
        architectures.build("x", 2)
    with pytest.raises(InputError, match=r"'residual': .*unexpected keyword argument 'depth'"):
        architectures.build("residual", 2, depth=3)


def ablations():
    """Options of lr_autoencoder and of its ablations, by name."""
    config = yaml.safe_load((ROOT / "config/ablations.yaml").read_text())
    return {
        name: model["options"] for name, model in config["models"].items() if "options" in model
    }


@pytest.mark.parametrize("name", ablations())
def test_ablations_cost_as_much_as_the_whole_network(name):
    whole = anatomy(architectures.build("lr_autoencoder", 2))
    part = anatomy(architectures.build("lr_autoencoder", 2, **ablations()[name]))
    assert part.macs_per_hr_px == pytest.approx(whole.macs_per_hr_px, rel=0.02)


def test_without_its_inner_level_the_network_sees_less_and_has_no_period():
    whole = anatomy(architectures.build("lr_autoencoder", 2))
    outer = anatomy(architectures.build("lr_autoencoder", 2, inner_level=False))
    assert outer.receptive_field_px < whole.receptive_field_px
    assert (outer.period_px, whole.period_px) == (1, 2)
