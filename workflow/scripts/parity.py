"""Agreement and speed of the runtimes that a trained model was exported to."""

from pathlib import Path

from superres.core.console import run


def parity(
    models: list[Path],
    output: Path,
    hr_size_px: tuple[int, int] = (600, 400),
    threads: int = 1,
    turns: int = 5,
) -> None:
    """Compare the runtimes that a trained model was exported to with Keras, in turns.

    Args:
        models: one .keras, .onnx and .tflite file.
        output: CSV to write.
        hr_size_px: width and height to predict.
        threads: threads of every runtime.
        turns: measurements per runtime.
    """
    from superres.core import csv_tables
    from superres.networks import agreement

    measured = agreement.measurements(models, hr_size_px, threads, turns)
    rows = agreement.rows(measured)
    csv_tables.write(csv_tables.frame(rows, "parity"), output, "parity")


if __name__ == "__main__":
    run(parity)
