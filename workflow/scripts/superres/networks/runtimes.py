"""Networks in the files of several runtimes, behind one interface.

Every runtime is imported only when a file of its own is opened.
"""

from pathlib import Path
from typing import Literal

import numpy as np

from superres.core import onnx_files, processor
from superres.core.console import log, silent_start
from superres.core.errors import InputError
from superres.core.precisions import Precision
from superres.networks import openvino_start, probe, tensorflow_start
from superres.networks.anatomy import DETAIL, Anatomy, Network, understood

Runtime = Literal["openvino", "onnxruntime", "litert", "keras"]
# What runs a file unless told otherwise.
RUNTIMES: dict[str, Runtime] = {".onnx": "openvino", ".tflite": "litert", ".keras": "keras"}

# The key under which ONNX names a further file with weights, which no checksum of the first covers.
EXTERNAL = b"location"


def open_network(
    file: Path,
    threads: int,
    precision: Precision = "float32",
    runtime: Runtime | None = None,
) -> Network:
    """Open a network with the runtime that its ending names.

    Args:
        file: `.onnx`, `.tflite` (both from `superres.networks.conversion`) or `.keras`.
        threads: of the CPU. Keras has one number for the whole process, fixed by the first
            computation.
        precision: of products; `bfloat16` is for `.onnx` alone and is float32 on a processor
            without such products, which is logged. What is added onto the enlarged input is
            computed in it, the sum in float32.
        runtime: another one that reads such files.

    Raises:
        InputError: another ending, a damaged file, one that was not exported here, whose network
            does something else than the file says, or whose runtime is not installed or does not
            know the precision.
    """
    chosen = runtime or RUNTIMES.get(file.suffix)
    if chosen is None:
        raise InputError(f"{file}: no network; known endings: {', '.join(RUNTIMES)}")
    if precision != "float32" and chosen != "openvino":
        raise InputError(f"{file}: in {precision} only .onnx files are computed; export it so")
    if precision == "bfloat16" and not processor.multiplies_bfloat16():
        log.info("precision: float32, as this processor has no bfloat16 products")
        precision = "float32"
    if chosen == "keras":
        return _open_keras(file, threads)
    try:
        content = file.read_bytes()
        anatomy, scale = understood(content)
    except (OSError, InputError) as error:
        raise InputError(f"{file}: {error}; export it with this workflow") from error
    try:
        # What was checked is what is loaded, whatever becomes of the file.
        with silent_start():
            match chosen:
                case "openvino":
                    network = _open_openvino(content, anatomy, scale, threads, precision)
                case "onnxruntime":
                    network = _open_onnxruntime(content, anatomy, scale, threads)
                case "litert":
                    network = _open_litert(content, anatomy, scale, threads)
            probe.check(network)
        return network
    except ModuleNotFoundError as error:
        raise InputError(
            f"{file}: needs the package {error.name}, which is not installed; install it, or give "
            "the network as .onnx"
        ) from error
    except Exception as error:  # of as many kinds as there are mistakes to make
        reason = " ".join(str(error).split())
        raise InputError(f"{file}: cannot be loaded as an exported network: {reason}") from error


def _open_openvino(
    content: bytes, anatomy: Anatomy, scale: int, threads: int, precision: Precision
) -> Network:
    if EXTERNAL in content:
        raise InputError("its weights are in further files (external data)")
    core = openvino_start.load().Core()

    def read():
        return core.read_model(content, b"")

    detail = _part_that_gives_detail(read()) if precision == "bfloat16" else None
    if detail is None:
        whole = Compiled(core, read(), precision, threads)
        return Network(anatomy, scale, lambda x: whole(x).copy(), precision)
    body = Compiled(core, detail, precision, threads)
    onto_enlarged = Compiled(core, _part_that_takes_detail(read()), "float32", threads)
    return Network(anatomy, scale, lambda x: onto_enlarged(x, body(x)).copy(), precision)


class Compiled:
    """A model of OpenVINO that is ready to run, also after memory ran out."""

    def __init__(self, core, model, precision: Precision, threads: int) -> None:
        options = {
            "INFERENCE_PRECISION_HINT": {"float32": "f32", "bfloat16": "bf16"}[precision],
            "INFERENCE_NUM_THREADS": threads,
            "NUM_STREAMS": 1,
            # Other processes run beside this one.
            "ENABLE_CPU_PINNING": False,
        }
        self.compile = lambda: core.compile_model(model, "CPU", options).create_infer_request()
        self.request = self.compile()

    def __call__(self, *inputs: np.ndarray) -> np.ndarray:
        """What the model gives, in memory that the next call writes into.

        Raises:
            MemoryError: it ran out.
        """
        try:
            # `infer` would say nothing of memory that ran out, and give its last answer again.
            self.request.start_async(list(inputs), share_inputs=True)
            self.request.wait()
        except RuntimeError as error:
            # It would ask for as much again, however small the next image is.
            self.request = self.compile()
            raise MemoryError from error
        return self.request.get_output_tensor().data


def _part_that_gives_detail(model):
    """The part of a network up to what it adds onto the enlarged input; None where nothing is."""
    outputs = _detail(model)
    return openvino_start.load().Model(outputs, model.get_parameters()) if outputs else None


def _part_that_takes_detail(model):
    """The rest, with two inputs: the image, and the detail."""
    openvino = openvino_start.load()
    (output,) = _detail(model)
    given = openvino.opset1.parameter(output.get_partial_shape(), np.float32)
    for target in output.get_target_inputs():
        target.replace_source_output(given.output(0))
    return openvino.Model(model.get_results(), [*model.get_parameters(), given])


def _detail(model) -> list:
    outputs = (output for operation in model.get_ops() for output in operation.outputs())
    return [output for output in outputs if DETAIL in output.get_names()]


def _open_onnxruntime(content: bytes, anatomy: Anatomy, scale: int, threads: int) -> Network:
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
