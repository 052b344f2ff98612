"""A trained model in the file of another runtime than Keras."""

from pathlib import Path

from superres.core.console import run


def export(model: Path, scale: int, output: Path) -> None:
    """Write a trained model for another runtime than Keras, and check that both agree.

    Args:
        model: .keras file.
        scale: whole factor.
        output: .onnx or .tflite file to write.
    """
    from superres.networks import tensorflow_start

    tensorflow_start.start()
    from superres.networks import conversion, determinism, keras_files

    determinism.fix(seed=0, threads=1)
    conversion.write(keras_files.load(model), scale, output)


if __name__ == "__main__":
    run(export)
