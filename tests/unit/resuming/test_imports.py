from modulefinder import ModuleFinder
from pathlib import Path

import pytest

from superres.resuming.imports import SCRIPTS, code_of

EVERY_SCRIPT = sorted(file.stem for file in SCRIPTS.glob("*.py"))


def names(script, *picked_by_name):
    files = code_of(script, *picked_by_name)
    return {str(file.relative_to(SCRIPTS)) for file in files}


def test_the_script_comes_first():
    assert code_of("train")[0] == SCRIPTS / "train.py"


def test_modules_are_found_directly_and_through_others():
    assert names("interpolate") == {
        "interpolate.py",
        "superres/__init__.py",
        "superres/core/__init__.py",
        "superres/core/atomic.py",
        "superres/core/checksums.py",
        "superres/core/console.py",
        "superres/core/errors.py",
        "superres/core/memory.py",
        "superres/core/methods.py",
        "superres/core/natural_order.py",
        "superres/core/parents.py",
        "superres/data/__init__.py",
        "superres/data/pair_files.py",
        "superres/images/__init__.py",
        "superres/images/decoding.py",
        "superres/images/exif_blocks.py",
        "superres/images/interpolations.py",
        "superres/images/iptc_blocks.py",
        "superres/images/jpeg_scans.py",
        "superres/images/png_files.py",
        "superres/images/refusals.py",
        "superres/images/rgb_files.py",
        "superres/resuming/__init__.py",
        "superres/resuming/fingerprints.py",
        "superres/resuming/imports.py",
        "superres/resuming/locks.py",
        "superres/resuming/per_photo.py",
    }


def test_an_architecture_counts_only_where_it_is_picked():
    residual = "superres.networks.architectures.residual"
    assert "superres/networks/architectures/residual.py" in names("train", residual)
    assert "superres/networks/architectures/paper_autoencoder.py" not in names("train", residual)
    assert not any("residual" in name for name in names("train"))


@pytest.mark.parametrize("script", EVERY_SCRIPT)
def test_the_modules_are_those_that_python_finds(script):
    finder = ModuleFinder(path=[str(SCRIPTS)])
    finder.run_script(str(SCRIPTS / f"{script}.py"))
    found = {Path(module.__file__) for module in finder.modules.values() if module.__file__}
    assert set(code_of(script)) == found


@pytest.mark.parametrize("script", EVERY_SCRIPT)
def test_only_what_handles_models_needs_keras(script):
    imported = "".join(file.read_text() for file in code_of(script))
    needs_keras = "import keras" in imported or "import tensorflow" in imported
    # Whatever predicts opens any network, Keras' own among them.
    handling = {"train", "predict", "architecture", "costs", "speed", "upscale", "export", "parity"}
    handling |= {"robustness", "release", "teach"}
    assert needs_keras == (script in handling)
