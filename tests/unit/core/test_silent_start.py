import os
import subprocess
import sys
from pathlib import Path

SCRIPTS = Path(__file__).parents[3] / "workflow/scripts"
# A library's C++ part writes to the descriptor.
START = """
import os, sys
from superres.core.console import silent_start
with silent_start():
    os.write(2, b"start-up line\\n")
    print("of Python", file=sys.stderr)
    {then}
print("later", file=sys.stderr)
"""


def said(then: str) -> str:
    environment = os.environ | {"PYTHONPATH": str(SCRIPTS)}
    command = [sys.executable, "-c", START.format(then=then)]
    return subprocess.run(command, env=environment, capture_output=True, text=True).stderr


def test_what_libraries_write_while_they_start_is_not_shown():
    assert said("pass") == "later\n"


def test_it_is_shown_where_starting_fails():
    log = said("raise ImportError('no such library')")
    assert log.startswith("start-up line\nof Python\n")
    assert "ImportError: no such library" in log and "later" not in log


def test_it_is_shown_where_the_process_is_told_to_end():
    assert "start-up line" in said("sys.exit('error: no')")
