"""Networks in the files of several runtimes, behind one interface.

Every runtime is imported only when a file of its own is opened.
"""

from pathlib import Path

import numpy as np

from superres.core import onnx_files
from superres.core.console import silent_start
from superres.core.errors import InputError
from superres.networks import probe, tensorflow_start
from superres.networks.anatomy import Anatomy, Network, understood


def open_network(file: Path, threads: int) -> Network:
    """Open a network with the runtime that its ending names.

    Args:
        file: `.onnx`, `.tflite` (both from `superres.networks.conversion`) or `.keras`.
        threads: of the CPU. Keras has one number for the whole process, fixed by the first
            computation.

    Raises:
        InputError: another ending, a damaged file, one that was not exported here, or whose
            network does something else than the file says.
    """
    if file.suffix == ".keras":
        return _open_keras(file, threads)
    openers = {".onnx": _open_onnx, ".tflite": _open_litert}
    if file.suffix not in openers:
        raise InputError(f"{file}: no network; known endings: {', '.join(openers)}, .keras")
    try:
        content = file.read_bytes()
        anatomy, scale = understood(content)
    except (OSError, InputError) as error:
        raise InputError(f"{file}: {error}; export it with this workflow") from error
    try:
        # What was checked is what is loaded, whatever becomes of the file.
        with silent_start():
            network = openers[file.suffix](content, anatomy, scale, threads)
            probe.check(network)
        return network
    except Exception as error:  # of as many kinds as there are mistakes to make
        reason = " ".join(str(error).split())
        raise InputError(f"{file}: cannot be loaded as an exported network: {reason}") from error


def _open_onnx(content: bytes, anatomy: Anatomy, scale: int, threads: int) -> Network:
    import onnxruntime
    from onnxruntime.capi import onnxruntime_pybind11_state as state

    with onnx_files.alone() as options:
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        # Both keep memory from run to run, which images of different sizes would only add up.
        options.enable_cpu_mem_arena = False
        options.enable_mem_pattern = False
        options.log_severity_level = 3
        session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])

    def run(x: np.ndarray) -> np.ndarray:
        try:
            return session.run(None, {"input": x})[0]
        except state.RuntimeException as error:
            raise MemoryError from error

    return Network(anatomy, scale, run)


def _open_litert(content: bytes, anatomy: Anatomy, scale: int, threads: int) -> Network:
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(model_content=content, num_threads=threads)
    first = interpreter.get_input_details()[0]["index"]
    last = interpreter.get_output_details()[0]["index"]

    def run(x: np.ndarray) -> np.ndarray:
        try:
            # Both return at once where the size is the same as before.
            interpreter.resize_tensor_input(first, x.shape)
            interpreter.allocate_tensors()
            interpreter.set_tensor(first, x)
            interpreter.invoke()
        except RuntimeError as error:
            raise MemoryError from error
        return interpreter.get_tensor(last)

    return Network(anatomy, scale, run)


def _open_keras(file: Path, threads: int) -> Network:
    tensorflow_start.start()
    from superres.networks import determinism, keras_files

    determinism.fix(seed=0, threads=threads)
    return keras_files.network(keras_files.load(file))
