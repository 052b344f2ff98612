import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import PATIENCE_S

from superres.core import parents

SCRIPTS = Path(parents.__file__).parents[2]
STEP = """
import os, sys, time
from superres.core.parents import end_with_parents

end_with_parents()
print(os.getpid(), os.getppid(), flush=True)
time.sleep(600)
"""
# As Snakemake does it: a shell that waits for the step and for what writes its log.
WORKFLOW = """
import subprocess, sys

subprocess.run(["bash", "-c", sys.argv[1], "bash", sys.executable, sys.argv[2]])
"""
SHELL = 'SUPERRES_PARENT=$PPID "$1" -c "$2" 2>&1 | cat'


def started(shell: str) -> tuple[subprocess.Popen, int, int]:
    """A workflow, and the numbers of its step and of the shell between them."""
    workflow = subprocess.Popen(
        [sys.executable, "-c", WORKFLOW, shell, STEP],
        env=os.environ | {"PYTHONPATH": str(SCRIPTS)},
        stdout=subprocess.PIPE,
        text=True,
        # Under `nohup`, SIGHUP would be ignored.
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),
    )
    step, between = map(int, workflow.stdout.readline().split())
    return workflow, step, between


def is_running(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def ends_within(process: int, seconds: float) -> bool:
    until_s = time.monotonic() + seconds
    while is_running(process):
        if time.monotonic() > until_s:
            return False
        time.sleep(0.01)
    return True


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="only Linux has pidfd_open")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGHUP])
@pytest.mark.parametrize("which", ["workflow", "shell"])
def test_a_step_ends_with_its_workflow_and_its_shell(number, which):
    workflow, step, between = started(SHELL)
    time.sleep(0.2)
    assert is_running(step)
    os.kill(workflow.pid if which == "workflow" else between, number)
    assert ends_within(step, 60)
    workflow.wait(timeout=PATIENCE_S)


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="only Linux has pidfd_open")
def test_a_step_whose_workflow_has_ended_before_does_not_begin():
    ended = subprocess.Popen(["true"])
    ended.wait()
    done = subprocess.run(
        [sys.executable, "-c", STEP],
        env=os.environ | {"PYTHONPATH": str(SCRIPTS), parents.VARIABLE: str(ended.pid)},
        timeout=PATIENCE_S,
    )
    assert done.returncode == -signal.SIGTERM


@pytest.mark.parametrize("shell", [SHELL.partition(" ")[2], SHELL.replace("$PPID", "0")])
def test_a_script_that_no_workflow_started_is_left_running(shell):
    workflow, step, _ = started(shell)
    workflow.kill()
    workflow.wait()
    time.sleep(0.3)
    assert is_running(step)
    os.kill(step, signal.SIGKILL)
