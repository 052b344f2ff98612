"""The start of TensorFlow in a process of its own."""

import subprocess
import sys

from superres.networks import tensorflow_start

SCRIPT = """
import sys
from superres.networks import tensorflow_start
tensorflow_start.start()
print(sorted({"keras", "tensorflow", "matplotlib", "sklearn"} & set(sys.modules)))
import matplotlib, sklearn
"""


def test_keras_starts_without_what_no_network_needs_and_leaves_it_to_others():
    folder = tensorflow_start.__file__.removesuffix("superres/networks/tensorflow_start.py")
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=folder, capture_output=True, text=True, check=True
    )
    assert done.stdout == "['keras', 'tensorflow']\n"
    assert done.stderr == ""
