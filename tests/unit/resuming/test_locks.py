import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from superres.core.errors import InputError
from superres.resuming import locks
from superres.resuming.locks import sole_use

HOLDER = """
import sys
from pathlib import Path
from superres.resuming.locks import sole_use

with sole_use(Path(sys.argv[1])):
    print("begun", flush=True)
    sys.stdin.readline()
"""


def holding(folder: Path) -> subprocess.Popen:
    """A process that uses a folder until a line is sent to it."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(folder)],
        env=os.environ | {"PYTHONPATH": str(Path(locks.__file__).parents[2])},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "begun\n"
    return process


@pytest.mark.parametrize("state", [signal.SIGCONT, signal.SIGSTOP])
def test_a_folder_that_another_process_uses_is_refused_in_one_line(tmp_path, state):
    folder = tmp_path / "results/resume/train"
    other = holding(folder)
    other.send_signal(state)
    with (
        pytest.raises(InputError, match="another process is working on the same") as error,
        sole_use(folder),
    ):
        raise AssertionError
    assert str(folder) in str(error.value)
    assert "\n" not in str(error.value)
    other.send_signal(signal.SIGCONT)
    other.communicate("\n")
    with sole_use(folder):
        pass


def test_a_killed_process_keeps_nobody_out(tmp_path):
    other = holding(tmp_path)
    other.kill()
    other.wait()
    with sole_use(tmp_path):
        pass


def test_the_user_of_a_folder_may_remove_it(tmp_path):
    folder = tmp_path / "train"
    with sole_use(folder):
        shutil.rmtree(folder)
        # The next one uses a new folder of the same name.
        with sole_use(folder):
            pass
    assert [file.name for file in folder.iterdir()] == [locks.NAME]


def test_a_link_in_the_place_of_the_lock_is_not_followed(tmp_path):
    (tmp_path / locks.NAME).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="symbolic links"), sole_use(tmp_path):
        pass
    assert not (tmp_path / "elsewhere").exists()
