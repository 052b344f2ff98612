"""Trained models as files that other runtimes than Keras' read."""

import io
import zipfile
from pathlib import Path

import keras
import numpy as np
import onnx
import tensorflow as tf
from keras import layers
from onnx import helper, numpy_helper

from superres.core.atomic import appearing
from superres.core.errors import InputError
from superres.networks import described_onnx
from superres.networks.anatomy import DETAIL, agree, described
from superres.networks.graph_analysis import anatomy
from superres.networks.runtimes import open_network

# Read by ONNX Runtime since 1.19.
OPSET = 21
IR_VERSION = 10
# Input pixels that an interpolation reads on either side of the one that it enlarges.
REACH_PX = 2
ELEMENTWISE = {"Add": "Sum", "Multiply": "Mul", "Subtract": "Sub", "Divide": "Div"}
POOLINGS = {"MaxPooling2D": "MaxPool", "AveragePooling2D": "AveragePool"}
ACTIVATIONS = {"relu": "Relu", "sigmoid": "Sigmoid", "tanh": "Tanh"}
HINT = (
    "add an ONNX conversion for it in networks/conversion.py, or do without ONNX: LiteRT or Keras "
    "predicts (`prediction.runtime`), no page for own photos is made (`figures.own_photos: false`)"
)
# Of Keras' axes, where ONNX has them.
AXES = {1: 2, 2: 3}
# Nothing, outside training.
IDLE = {"Dropout", "SpatialDropout2D"}


def to_onnx(model: keras.Model, scale: int) -> bytes:
    """Write a model as ONNX, the same bytes for the same model.

    Args:
        model: functional, of one RGB input and one output, from the layers known here.
        scale: factor it was trained for.

    Returns:
        A network from float32 (1, height, width, 3) to float32 (1, height * factor, width *
        factor, 3), both sides free, with its anatomy and scale in `metadata_props`.

    Raises:
        InputError: a layer that this module cannot write.
    """
    network = helper.make_model(
        _Graph(_with_plain_interpolation(model)).finished(),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
    )
    return described_onnx.written(network, anatomy(model), scale)


def to_litert(model: keras.Model, scale: int) -> bytes:
    """Write a LiteRT file (`.tflite`); anatomy and scale are in a ZIP archive behind the network.

    That is where TensorFlow Lite's own metadata keeps its associated files.
    """
    plain = _with_plain_interpolation(model)
    signature = [tf.TensorSpec((1, None, None, 3), tf.float32)]
    function = tf.function(lambda x: plain(x, training=False), input_signature=signature)
    converter = tf.lite.TFLiteConverter.from_concrete_functions(
        [function.get_concrete_function()], plain
    )
    # Weights become constants.
    converter.experimental_lower_to_saved_model = False
    content = converter.convert()
    file = io.BytesIO(content)
    with zipfile.ZipFile(file, "a") as archive:
        # Without a date, so that the bytes stay the same.
        archive.writestr(
            zipfile.ZipInfo(described_onnx.DESCRIPTION), described(anatomy(model), scale, content)
        )
    return file.getvalue()


def write(model: keras.Model, scale: int, file: Path) -> None:
    """Export a model; the name appears only when the file is whole and agrees with Keras.

    Args:
        model: see `to_onnx`.
        scale: factor it was trained for.
        file: `.onnx` or `.tflite`.

    Raises:
        InputError: a layer that cannot be written, or an answer other than Keras'.
    """
    with appearing(file, file.suffix) as unfinished:
        unfinished.write_bytes(WRITERS[file.suffix](model, scale))
        x = np.random.default_rng(0).random((1, 48, 64, 3), np.float32)
        answer = open_network(unfinished, threads=1).run(x)
        expected = np.asarray(model(x, training=False))
        if not agree(answer, expected):
            difference = np.abs(answer - expected).max()
            raise InputError(
                f"{file}: differs from Keras by {difference:.2g} of [0, 1]; predict with another "
                "runtime (`prediction.runtime` of the configuration)"
            )


WRITERS = {".onnx": to_onnx, ".tflite": to_litert}


def _with_plain_interpolation(model: keras.Model) -> keras.Model:
    """The same network without interpolations but NEAREST, which runtimes compute differently."""

    def rewritten(layer, x, **options):
        if isinstance(layer, layers.UpSampling2D) and layer.interpolation != "nearest":
            return _interpolated(layer, x)
        if isinstance(layer, layers.Add) and (block := _one_block_size(x)):
            # Fewer and shorter passes over memory: the sum before the pixels are rearranged.
            x = [tensor._keras_history.operation.input for tensor in x]
            return DepthToSpace(block, f"{layer.name}_pixels")(layer(x, **options))
        return layer(x, **options)

    clone = keras.models.clone_model(model, call_function=rewritten)
    for layer in model.layers:
        if layer.weights:
            clone.get_layer(layer.name).set_weights(layer.get_weights())
    return clone


def _one_block_size(x: list[keras.KerasTensor]) -> int | None:
    """That of the depth to space which gives each of the tensors, None where one has no such."""
    sources = [tensor._keras_history.operation for tensor in x]
    sizes = {
        source.block_size if type(source).__name__ == DepthToSpace.__name__ else None
        for source in sources
    }
    return sizes.pop() if len(sizes) == 1 else None


def _interpolated(layer: layers.UpSampling2D, x: keras.KerasTensor) -> keras.KerasTensor:
    """An interpolation as one convolution, then depth to space.

    TensorFlow leaves out what is beyond the border and divides by the weights that are left, which
    are those of the row times those of the column.
    """
    kernel = _interpolation_kernel(layer, x.shape[-1])
    values = _convolved(x, kernel, f"{layer.name}_values")
    for across, name in ((2, "rows"), (1, "columns")):
        line = keras.ops.mean(x, axis=across, keepdims=True)
        ones = layers.Rescaling(0.0, offset=1.0, name=f"{layer.name}_{name}_ones")(line)
        along = kernel.sum(axis=across - 1, keepdims=True)
        values = keras.ops.divide(values, _convolved(ones, along, f"{layer.name}_{name}"))
    return DepthToSpace(layer.size[0], f"{layer.name}_pixels")(values)


def _convolved(x: keras.KerasTensor, kernel: np.ndarray, name: str) -> keras.KerasTensor:
    convolution = layers.Conv2D(
        kernel.shape[-1], kernel.shape[:2], padding="same", use_bias=False, name=name
    )
    output = convolution(x)
    convolution.set_weights([kernel])
    return output


def _interpolation_kernel(layer: layers.UpSampling2D, channels: int) -> np.ndarray:
    """What the layer makes of a single pixel, sorted by its distance to each output pixel."""
    factor, side_px = layer.size[0], 2 * REACH_PX + 1
    pixel = np.zeros((1, 4 * REACH_PX + 1, 4 * REACH_PX + 1, 1), np.float32)
    pixel[0, 2 * REACH_PX, 2 * REACH_PX] = 1
    answer = keras.ops.convert_to_numpy(type(layer).from_config(layer.get_config())(pixel))[0]
    inner = answer[factor * REACH_PX : -factor * REACH_PX, factor * REACH_PX : -factor * REACH_PX]
    # The farther the output pixel is behind the input pixel, the farther that is before it.
    by_phase = inner.reshape(side_px, factor, side_px, factor)[::-1, :, ::-1]
    by_phase = by_phase.transpose(0, 2, 1, 3).reshape(side_px, side_px, 1, factor**2, 1)
    kernel = by_phase * np.eye(channels, dtype=np.float32)[:, np.newaxis]
    return kernel.reshape(side_px, side_px, channels, factor**2 * channels)


class DepthToSpace(layers.Layer):
    """`keras.ops.nn.depth_to_space` under a name of our own, as Keras' may be taken."""

    def __init__(self, block_size: int, name: str) -> None:
        super().__init__(name=name)
        self.block_size = block_size

    def call(self, x):
        """Rearrange (batch, height, width, channels)."""
        return keras.ops.nn.depth_to_space(x, self.block_size)


class _Graph:
    """An ONNX graph as it grows; inside, channels come first, as ONNX has them."""

    def __init__(self, model: keras.Model) -> None:
        self.model = model
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []
        self.names: dict[int, str] = {}

    def finished(self) -> onnx.GraphProto:
        """Write every operation of the model."""
        self.names[id(self.model.inputs[0])] = self.node("Transpose", "input", perm=[0, 3, 1, 2])
        for operation in self.model.operations:
            if isinstance(operation, layers.InputLayer):
                continue
            inputs = [self.names[id(tensor)] for tensor in keras.tree.flatten(operation.input)]
            self.names[id(operation.output)] = self.written(operation, inputs)
        self.name_detail()
        last = self.names[id(self.model.outputs[0])]
        self.nodes.append(helper.make_node("Transpose", [last], ["output"], perm=[0, 2, 3, 1]))
        image = (1, "height", "width", 3)
        enlarged = (1, "output_height", "output_width", 3)
        return helper.make_graph(
            self.nodes,
            self.model.name,
            [helper.make_tensor_value_info("input", onnx.TensorProto.FLOAT, image)],
            [helper.make_tensor_value_info("output", onnx.TensorProto.FLOAT, enlarged)],
            self.constants,
        )

    def name_detail(self) -> None:
        """Give what the last operations add onto the enlarged input a name of its own."""
        pixels = self.model.operations[-1]
        if not isinstance(pixels, DepthToSpace):
            return
        summed = pixels.input._keras_history.operation
        added = [
            tensor
            for tensor in keras.tree.flatten(summed.input)
            if type(tensor._keras_history.operation).__name__ != "Divide"
        ]
        if type(summed).__name__ != "Add" or len(added) != 1:
            return
        detail = self.names[id(added[0])]
        for node in self.nodes:
            for names in (node.input, node.output):
                names[:] = [DETAIL if name == detail else name for name in names]

    def written(self, operation: keras.Operation, inputs: list[str]) -> str:
        """Name of what an operation makes of tensors that are there."""
        kind = type(operation).__name__
        if kind in IDLE:
            return inputs[0]
        if kind in ELEMENTWISE:
            return self.node(ELEMENTWISE[kind], *inputs)
        if kind in POOLINGS:
            size = {"kernel_shape": operation.pool_size, "strides": operation.strides}
            return self.node(POOLINGS[kind], *inputs, auto_pad="VALID", **size)
        match kind:
            case "Conv2D":
                convolved = self.node(
                    "Conv",
                    *inputs,
                    *self.weights(operation),
                    auto_pad="SAME_UPPER",
                    strides=operation.strides,
                    dilations=operation.dilation_rate,
                )
                return self.activated(operation, convolved)
            case "Conv2DTranspose":
                overlap_px = operation.kernel_size[0] - operation.strides[0]
                before_px = max(overlap_px, 0) // 2
                after_px = max(overlap_px, 0) - before_px
                convolved = self.node(
                    "ConvTranspose",
                    *inputs,
                    *self.weights(operation),
                    strides=operation.strides,
                    pads=[before_px, before_px, after_px, after_px],
                    output_padding=[max(-overlap_px, 0)] * 2,
                )
                return self.activated(operation, convolved)
            case "Activation":
                return self.activated(operation, *inputs)
            case "PReLU":
                slopes = operation.alpha.numpy().transpose(2, 0, 1)
                return self.node("PRelu", *inputs, self.constant(slopes))
            case "Mean":
                axes = self.constant([AXES[axis] for axis in operation.axis], np.int64)
                return self.node("ReduceMean", *inputs, axes, keepdims=1)
            case "Rescaling":
                scaled = self.node("Mul", *inputs, self.by_channel(operation.scale))
                return self.node("Add", scaled, self.by_channel(operation.offset))
            case "Concatenate":
                return self.node("Concat", *inputs, axis=1)
            case "UpSampling2D":
                factors = self.constant([1, 1, *operation.size])
                nearest = {"coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}
                return self.node("Resize", *inputs, "", factors, mode="nearest", **nearest)
            case "DepthToSpace":
                return self.node("DepthToSpace", *inputs, blocksize=operation.block_size)
        raise InputError(f"layer '{operation.name}' is of type {kind}; {HINT}")

    def activated(self, operation: keras.Operation, x: str) -> str:
        """Name of a tensor after an operation's activation."""
        name = operation.activation.__name__
        if name == "linear":
            return x
        if name == "silu":
            return self.node("Mul", x, self.node("Sigmoid", x))
        if name in ACTIVATIONS:
            return self.node(ACTIVATIONS[name], x)
        raise InputError(f"layer '{operation.name}' has activation '{name}'; {HINT}")

    def weights(self, operation: keras.Operation) -> list[str]:
        """Names of a convolution's kernel and bias."""
        kernel = self.constant(operation.kernel.numpy().transpose(3, 2, 0, 1))
        return [kernel, self.constant(operation.bias.numpy())] if operation.use_bias else [kernel]

    def constant(self, value: np.ndarray | float | list[float], kind: type = np.float32) -> str:
        """Name of a new constant."""
        name = f"constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(value, kind), name))
        return name

    def by_channel(self, value: float | list[float]) -> str:
        """Name of a constant that is one number, or one for each channel, which come first."""
        numbers = np.asarray(value)
        return self.constant(numbers.reshape(-1, 1, 1) if numbers.ndim else numbers)

    def node(self, kind: str, *inputs: str, **attributes) -> str:
        """Name of what a new node gives."""
        name = f"tensor_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [name], **attributes))
        return name
