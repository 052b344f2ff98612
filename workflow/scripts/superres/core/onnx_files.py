"""ONNX networks loaded from one file alone."""

import contextlib
import tempfile
from collections.abc import Iterator

# ONNX lets a network keep its weights in further files, which no checksum of the first one covers.
FOLDER_OF_FURTHER_FILES = "session.model_external_initializers_file_folder_path"


@contextlib.contextmanager
def alone() -> Iterator:
    """Options of ONNX Runtime for sessions that are made while this lasts, from bytes.

    Yields:
        `onnxruntime.SessionOptions` under which a network with weights in further files fails.
    """
    import onnxruntime

    with tempfile.TemporaryDirectory() as empty:
        options = onnxruntime.SessionOptions()
        options.add_session_config_entry(FOLDER_OF_FURTHER_FILES, empty)
        yield options
