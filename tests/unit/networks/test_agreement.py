import numpy as np
import pytest

from superres.core import processor
from superres.core.errors import InputError
from superres.networks import agreement, architectures, conversion


def measurement(offset: float, elapsed_s: float) -> agreement.Measurement:
    output = np.full((1, 100, 200, 3), 0.5 + offset, np.float32)
    turns_s = [elapsed_s, 2 * elapsed_s, 4 * elapsed_s]
    return agreement.Measurement(output, turns_s, peak_mb=10.0, file_mb=2.0)


def test_the_fastest_runtime_that_agrees_is_chosen():
    measured = {
        agreement.REFERENCE: measurement(0.0, 0.04),
        agreement.Way("onnxruntime", ".onnx"): measurement(1e-6, 0.02),
        agreement.Way("litert", ".tflite"): measurement(0.01, 0.01),
    }
    keras, onnxruntime, litert = agreement.rows(measured)
    assert [row["agrees"] for row in (keras, onnxruntime, litert)] == ["yes", "yes", "no"]
    assert [row["chosen"] for row in (keras, onnxruntime, litert)] == ["no", "yes", "no"]
    assert (keras["max_difference"], keras["psnr_db"]) == (0, float("inf"))
    assert litert["max_difference"] == pytest.approx(0.01, rel=1e-4)
    assert litert["psnr_db"] == pytest.approx(40, abs=0.01)
    assert onnxruntime["greatest_megapixels_per_s"] == pytest.approx(1.0)
    assert onnxruntime["megapixels_per_s"] == pytest.approx(0.5)
    assert onnxruntime["least_megapixels_per_s"] == pytest.approx(0.25)
    assert (onnxruntime["peak_mb"], onnxruntime["file_mb"]) == (10, 2)


def test_every_runtime_is_measured_in_a_process_of_its_own(tmp_path):
    model = architectures.build("lr_autoencoder", 2, channels=4, inner_channels=4)
    files = [tmp_path / f"model{ending}" for ending in (".keras", ".onnx", ".tflite")]
    model.save(files[0])
    for file in files[1:]:
        conversion.write(model, 2, file)
    measured = agreement.measurements(files, (41, 30), threads=1, turns=2)
    ways = {(way.runtime, way.precision): one for way, one in measured.items()}
    half = ways.pop(("openvino", "bfloat16"), None)
    assert (half is not None) == processor.multiplies_bfloat16()
    by_runtime = {runtime: one for (runtime, _), one in ways.items()}
    assert list(by_runtime) == ["keras", "openvino", "onnxruntime", "litert"]
    for one in by_runtime.values():
        # Sides are multiples of the period.
        assert one.output.shape == (1, 32, 44, 3)
        np.testing.assert_allclose(one.output, by_runtime["keras"].output, rtol=0, atol=1e-5)
        assert len(one.elapsed_s) == 2
    # TensorFlow alone weighs more than any of the others.
    for runtime in ("openvino", "onnxruntime", "litert"):
        assert by_runtime["keras"].peak_mb > 2 * by_runtime[runtime].peak_mb > 0
    assert by_runtime["openvino"].file_mb == files[1].stat().st_size / 1e6
    with pytest.raises(InputError, match=r"one file each of \.keras, \.onnx, \.tflite"):
        agreement.measurements(files[:2], (41, 30), threads=1, turns=2)
