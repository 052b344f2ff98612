"""A few runs of the campaign against faults: `make faults` does hundreds."""

import os
import shutil

import campaign
import pytest
from faults import FAULTS

# Light steps, other ones for other faults.
RUNS = [
    ("metrics", "SIGKILL"),
    ("interpolate", "SIGTERM"),
    ("split", "SIGHUP"),
    ("predict", "Ctrl-C"),
    ("metrics", "Snakemake killed"),
    ("tables", "folder removed"),
    ("pairs", "full disk"),
    ("figures", "read-only folder"),
    ("tables", "unreadable input"),
    ("metrics", "corrupt input"),
    ("split", "clock going back"),
    ("metrics", "corrupt checkpoint"),
    ("interpolate", "two runs at once"),
    ("figures", "out of memory"),
]
TOOLS = {
    "full disk": "mount",
    "read-only folder": "setpriv",
    "unreadable input": "setpriv",
}


def test_every_fault_is_tried():
    assert {fault for _, fault in RUNS} == set(FAULTS)


@pytest.mark.parametrize(("step", "fault"), RUNS)
def test_nothing_is_lost_and_the_next_run_mends_all(fault_ground, step, fault):
    if fault in TOOLS and (os.geteuid() != 0 or not shutil.which(TOOLS[fault])):
        pytest.skip(f"'{fault}' takes root and `{TOOLS[fault]}`")
    outcome = campaign.disturb(fault_ground.folder, step, fault, "tests", took_s=6)
    assert outcome.fine(), f"{outcome}\n{outcome.log}"
