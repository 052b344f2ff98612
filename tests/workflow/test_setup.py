"""The set-up by make where it cannot work: one line says what to do, and nothing looks ready."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import Checkout

# Of another version than the project takes, as far as its answer to the question goes.
OLD_PYTHON = "#!/bin/sh\nexit 1\n"


def set_up(checkout: Checkout, *options: str, **environment: str) -> str:
    """What `make results` prints when its set-up fails."""
    done = subprocess.run(
        ["make", "results", *options],
        cwd=checkout.folder,
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode != 0
    assert not (checkout.folder / ".venv/ready").exists()
    assert not (checkout.folder / "results").exists()
    return done.stdout


def test_a_python_that_is_too_old_or_missing_is_named(checkout, tmp_path):
    old = tmp_path / "python3"
    old.write_text(OLD_PYTHON)
    old.chmod(0o755)
    for python in (str(old), "python-that-is-missing"):
        printed = set_up(checkout, f"PYTHON={python}")
        assert "error: Python 3.11 to 3.13 with its module venv is needed" in printed


@pytest.fixture
def closed_index(tmp_path) -> dict[str, str]:
    """Settings with which pip and uv ask an address that nothing listens to."""
    address = "http://127.0.0.1:9/simple"
    config = tmp_path / "pip.conf"
    config.write_text("")
    return {
        "PIP_CONFIG_FILE": str(config),
        "PIP_INDEX_URL": address,
        "PIP_EXTRA_INDEX_URL": "",
        "PIP_FIND_LINKS": "",
        "PIP_RETRIES": "0",
        "PIP_CACHE_DIR": str(tmp_path / "cache"),
    }


def test_without_a_network_the_error_says_what_to_check(checkout, closed_index):
    printed = set_up(checkout, f"PYTHON={sys.executable}", **closed_index)
    (error,) = (line for line in printed.splitlines() if line.startswith("error: "))
    assert "check the network and 3.5 GB of disk space" in error
    assert not (checkout.folder / Path(".venv/bin/uv")).exists()
