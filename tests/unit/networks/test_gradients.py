"""Every part of every architecture learns: gradients reach each kernel, features last."""

import functools

import keras
import numpy as np
import pytest
import tensorflow as tf
from skimage import data

from superres.images.interpolations import upsample
from superres.networks import architectures
from superres.networks.graph_analysis import anatomy

# Full depth; the widest with fewer channels.
OPTIONS = {"edsr": {"channels": 16}, "residual": {"channels": 16}, "span": {"channels": 16}}
STEPS = 8
PATCH_PX = 16


@functools.cache
def batch(factor: int) -> tuple[np.ndarray, np.ndarray]:
    """Four patches of a photo, LR (on the grid of the network) and HR."""
    photo, side_px = data.astronaut(), 2 * PATCH_PX
    hr = np.stack([photo[at : at + side_px, at : at + side_px] for at in range(60, 300, 60)])
    lr = np.stack([upsample(one, (PATCH_PX, PATCH_PX), "bicubic") for one in hr])
    if factor == 1:
        lr = lr.repeat(2, axis=1).repeat(2, axis=2)
    return tuple((images / 255.0).astype(np.float32) for images in (lr, hr))


def step(model: keras.Model, optimizer=None) -> dict[str, float]:
    """Largest gradient of every kernel; the weights change where there is an optimizer."""
    lr, hr = batch(anatomy(model).factor)
    with tf.GradientTape() as tape:
        loss = keras.ops.mean(keras.ops.absolute(model(lr) - hr))
    variables = model.trainable_variables
    gradients = tape.gradient(loss, variables)
    if optimizer:
        optimizer.apply(gradients, variables)
    return {
        variable.path: float(np.abs(gradient).max())
        for variable, gradient in zip(variables, gradients, strict=True)
        if variable.name.endswith("kernel")
    }


def sizes(model: keras.Model) -> np.ndarray:
    """Standard deviation of what every convolution gives but the last, which are no features."""
    convolutions = [layer.output for layer in model.layers if "Conv" in type(layer).__name__][:-1]
    features = keras.Model(model.input, convolutions)(batch(anatomy(model).factor)[0])
    return np.array([np.std(feature) for feature in keras.tree.flatten(features)])


@pytest.fixture(scope="module", params=architectures.names())
def start_and_later(request):
    """A network whose last kernels are 0 at the start gets small ones, or nothing behind learns."""
    keras.utils.set_random_seed(0)
    model = architectures.build(request.param, 2, **OPTIONS.get(request.param, {}))
    measured = {}
    weights, rng = model.get_weights(), np.random.default_rng(0)
    filled = [
        weight if weight.any() or weight.ndim < 4 else rng.normal(0, 0.01, weight.shape)
        for weight in weights
    ]
    model.set_weights(filled)
    measured["start"] = step(model), sizes(model)
    model.set_weights(weights)
    optimizer = keras.optimizers.Adam(1e-3)
    for _ in range(STEPS):
        step(model, optimizer)
    measured["later"] = step(model), sizes(model)
    return measured


@pytest.mark.parametrize("when", ["start", "later"])
def test_gradients_reach_every_kernel(start_and_later, when):
    gradients, _ = start_and_later[when]
    largest = max(gradients.values())
    assert {name for name, size in gradients.items() if size < 1e-6 * largest} == set()


@pytest.mark.parametrize("when", ["start", "later"])
def test_features_neither_vanish_nor_explode(start_and_later, when):
    _, features = start_and_later[when]
    assert features.max() < 1e3 * features[0]
    assert features.min() > 1e-3 * features[0]


def test_span_is_fed_and_joined_as_published():
    """By the code that its authors published: grey levels, and the activation in place."""
    model = architectures.build("span", 2)
    first = model.layers[1]
    black, white = (
        np.asarray(first(np.full((1, 1, 1, 3), x, np.float32)))[0, 0, 0] for x in (0, 1)
    )
    assert white - black == pytest.approx(255)
    assert -black / 255 == pytest.approx([0.4488, 0.4371, 0.4040])
    (joined,) = [layer for layer in model.layers if isinstance(layer, keras.layers.Concatenate)]
    makers = {id(layer.output): layer for layer in model.layers}
    kinds = [type(makers[id(tensor)]).__name__ for tensor in joined.input]
    assert kinds == ["Conv2D", "Conv2D", "Multiply", "Activation"]
    assert makers[id(joined.input[0])].input is first.output
    silu = [
        layer
        for layer in model.layers
        if isinstance(layer, keras.layers.Activation) and layer.activation is keras.activations.silu
    ]
    # Two in each of six blocks; the first of the last block is what is joined.
    assert len(silu) == 12 and silu[-2].output is joined.input[3]
