"""LPIPS (Zhang et al. 2018) by a network that the user exported to ONNX; lower is better."""

import hashlib
from pathlib import Path

import numpy as np
import onnxruntime
from onnxruntime.capi import onnxruntime_pybind11_state as state

from superres.core import onnx_files
from superres.core.errors import InputError

# All that ONNX Runtime raises on a file that it cannot take.
_REFUSED = (
    state.Fail,
    state.InvalidArgument,
    state.InvalidGraph,
    state.InvalidProtobuf,
    state.NotImplemented,
)


def load(weights: Path, sha256: str) -> onnxruntime.InferenceSession:
    """Load the network, on one thread.

    Args:
        weights: ONNX file with two inputs, float32 (1, 3, height, width) in [-1, 1].
        sha256: what the file must have, in hexadecimal.

    Raises:
        InputError: another checksum, no ONNX network, one with weights in further files, or another
            number of inputs.
    """
    content = weights.read_bytes()
    actual = hashlib.sha256(content).hexdigest()
    if actual != sha256:
        raise InputError(
            f"{weights}: SHA-256 is {actual}, not metrics.lpips.sha256 of the configuration; "
            "put the right file there, or its checksum into the configuration"
        )
    try:
        with onnx_files.alone() as options:
            options.intra_op_num_threads = 1
            session = onnxruntime.InferenceSession(
                content, options, providers=["CPUExecutionProvider"]
            )
    except _REFUSED as error:
        raise InputError(
            f"{weights}: not an ONNX network ({error}); export it as the README says"
        ) from error
    if len(session.get_inputs()) != 2:
        raise InputError(
            f"{weights}: takes {len(session.get_inputs())} inputs, not the two images that LPIPS "
            "compares; export it as the README says"
        )
    return session


def distance(
    session: onnxruntime.InferenceSession, truth: np.ndarray, predicted: np.ndarray
) -> float:
    """LPIPS of two images.

    Args:
        session: from `load`.
        truth: uint8 RGB (height, width, 3).
        predicted: the same shape and range.
    """
    images = (to_network(image) for image in (truth, predicted))
    names = (tensor.name for tensor in session.get_inputs())
    output, *_ = session.run(None, dict(zip(names, images, strict=True)))
    return float(output.item())


def to_network(image: np.ndarray) -> np.ndarray:
    """Turn uint8 RGB (height, width, 3) into float32 (1, 3, height, width) in [-1, 1]."""
    return image.transpose(2, 0, 1)[np.newaxis].astype(np.float32) / 127.5 - 1
