"""ONNX networks whose weights take half the space."""

import numpy as np
import onnx
from onnx import helper, numpy_helper

from superres.networks import described_onnx
from superres.networks.anatomy import understood


def halved(content: bytes) -> bytes:
    """A network with its learned kernels as float16, which runtimes turn into float32 at the start.

    Args:
        content: ONNX file as `conversion.to_onnx` writes it. Convolutions without a bias
            interpolate; what they multiply by stays as it is, as do biases.

    Returns:
        The same network but for the rounding of its weights to 11 bits.

    Raises:
        InputError: not such a file.
    """
    anatomy, scale = understood(content)
    network = onnx.load_from_string(content)
    graph = network.graph
    constants = {constant.name: constant for constant in graph.initializer}
    casts = []
    for node in graph.node:
        if node.op_type not in ("Conv", "ConvTranspose") or len(node.input) < 3:
            continue
        kernel = constants[node.input[1]]
        half = numpy_helper.to_array(kernel).astype(np.float16)
        kernel.CopyFrom(numpy_helper.from_array(half, kernel.name))
        full = f"{kernel.name}_float32"
        casts.append(helper.make_node("Cast", [kernel.name], [full], to=onnx.TensorProto.FLOAT))
        node.input[1] = full
    nodes = [*casts, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
    return described_onnx.written(network, anatomy, scale)
