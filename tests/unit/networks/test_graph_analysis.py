import functools

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from superres.core.errors import InputError
from superres.networks import architectures, graph_analysis

HD_PX = 1280 * 720


@functools.cache
def model(name, scale=2, **options):
    return architectures.build(name, scale, **options)


@functools.cache
def found(name, scale=2, **options):
    return graph_analysis.anatomy(model(name, scale, **options))


# Published: parameters, and multiply-adds in 10^9 for an output of 1280x720.
@pytest.mark.parametrize(
    ("name", "scale", "parameters", "giga_macs"),
    [
        ("paper_autoencoder", 2, 1_110_403, 308.9),
        ("edsr", 2, 1_369_859, 316.2),
        ("edsr", 4, 1_517_571, 114.0),
        ("span", 2, 410_700, 94.4),
        ("span", 4, 426_288, 24.5),
    ],
)
def test_published_counts_come_out(name, scale, parameters, giga_macs):
    anatomy = found(name, scale)
    assert anatomy.parameters == parameters
    assert anatomy.macs_per_hr_px * HD_PX / 1e9 == pytest.approx(giga_macs, abs=0.3)


@pytest.mark.parametrize(("name", "weights"), [("fsrcnn", 12_464), ("espcn", 22_624)])
def test_networks_published_for_luma_alone_have_their_weights_for_each_colour(name, weights):
    """Counted as published, without biases and slopes; x2 for FSRCNN, x3 for ESPCN."""
    scale = {"fsrcnn": 2, "espcn": 3}[name]
    kernels = [layer.kernel for layer in model(name, scale).layers if hasattr(layer, "kernel")]
    sizes = [int(np.prod(kernel.shape)) for kernel in kernels]
    assert sizes[0] // 3 + sum(sizes[1:-1]) + sizes[-1] // 3 == weights


def test_the_papers_halo_and_period():
    assert found("paper_autoencoder").halo_px == 20
    assert found("paper_autoencoder").period_px == 4
    assert found("paper_autoencoder").factor == 1


def test_this_projects_autoencoder_has_at_most_a_tenth_of_the_papers_multiply_adds():
    for scale in (2, 3, 4, 8):
        assert found("lr_autoencoder", scale).macs_per_hr_px <= 33_500


SMALL = {
    "edsr": {"channels": 4, "blocks": 2},
    "residual": {"channels": 4, "blocks": 2},
    "span": {"channels": 4, "blocks": 2},
    "lr_autoencoder": {"channels": 4, "inner_channels": 4},
}


def with_every_weight_positive(name, scale):
    """Then nothing that is read is cut off by a ReLU or cancelled."""
    built = architectures.build(name, scale, **SMALL.get(name, {}))
    rng = np.random.default_rng(0)
    built.set_weights([rng.uniform(0.01, 0.02, w.shape) for w in built.get_weights()])
    return built


def reads(built, side_px, output_pixel):
    """Rows of the input on which one row of the output depends, from gradients."""
    x = tf.random.stateless_uniform((1, side_px, side_px, 3), (0, 0), 0.4, 0.6)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.reduce_sum(built(x, training=False)[0, output_pixel])
    rows = np.flatnonzero(np.abs(tape.gradient(y, x)[0]).sum(axis=(1, 2)))
    return rows[0], rows[-1]


@pytest.mark.parametrize("scale", [2, 3])
@pytest.mark.parametrize(
    "name", ["espcn", "fsrcnn", "edsr", "residual", "span", "lr_autoencoder", "paper_transposed"]
)
def test_the_receptive_field_is_what_gradients_show(name, scale):
    built = with_every_weight_positive(name, scale)
    anatomy = graph_analysis.anatomy(built)
    middle = 40 // anatomy.period_px * anatomy.period_px
    widest = 0
    for offset in range(anatomy.period_px * anatomy.factor):
        first, last = reads(built, 88, middle * anatomy.factor + offset)
        widest = max(widest, last - first + 1)
        assert first >= middle - anatomy.halo_px
        assert last < middle + anatomy.period_px + anatomy.halo_px
    assert widest == anatomy.receptive_field_px


@settings(max_examples=8)
@given(
    name=st.sampled_from(["fsrcnn", "edsr", "span", "lr_autoencoder", "paper_transposed"]),
    scale=st.integers(2, 4),
    seed=st.integers(0, 99),
)
def test_a_tile_with_its_halo_gives_what_the_whole_image_gives(name, scale, seed):
    built = architectures.build(name, scale, **SMALL.get(name, {}))
    rng = np.random.default_rng(seed)
    built.set_weights([rng.normal(0, 0.2, w.shape) for w in built.get_weights()])
    anatomy = graph_analysis.anatomy(built)
    period_px, halo_px = anatomy.period_px, anatomy.halo_px
    start, tile_px = 10 * period_px, 2 * period_px
    first, last = max(start - halo_px, 0), start + tile_px + halo_px
    side_px = -(-(last + 8) // period_px) * period_px
    x = rng.random((1, side_px, side_px, 3), np.float32)
    whole, part = built(x).numpy(), built(x[:, first:last, first:last]).numpy()
    inside = slice(start * anatomy.factor, (start + tile_px) * anatomy.factor)
    cut = slice((start - first) * anatomy.factor, (start - first + tile_px) * anatomy.factor)
    assert np.allclose(whole[:, inside, inside], part[:, cut, cut], rtol=1e-4, atol=1e-5)


def test_a_layer_that_cannot_be_followed_is_named():
    inputs = keras.Input((None, None, 3))
    outputs = keras.layers.LayerNormalization(name="strange")(inputs)
    with pytest.raises(InputError, match="layer 'strange' is of type LayerNormalization"):
        graph_analysis.anatomy(keras.Model(inputs, outputs))
