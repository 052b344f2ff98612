"""ONNX files that say what network is in them."""

import onnx
from onnx import helper

from superres.networks.anatomy import Anatomy, described

# Under which files keep what they say of themselves.
DESCRIPTION = "superres"


def written(network: onnx.ModelProto, anatomy: Anatomy, scale: int) -> bytes:
    """A checked file, the same bytes for the same network.

    Args:
        network: its description, if it has one, is replaced.
        anatomy: of the network.
        scale: factor it was trained for.
    """
    del network.metadata_props[:]
    # What the properties add is written last.
    content = network.SerializeToString(deterministic=True)
    helper.set_model_props(network, {DESCRIPTION: described(anatomy, scale, content)})
    onnx.checker.check_model(network)
    return network.SerializeToString(deterministic=True)
