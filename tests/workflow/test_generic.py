"""The profile for other schedulers, with a submit command that just starts the job."""

from pathlib import Path

import pytest
import yaml
from conftest import SMOKE, Checkout, environment, pictures, rows

PROFILE = ("--profile", "profiles/generic", "--cores", "2", "--latency-wait", "10")
# The scheduler's arguments, for the test to read; then the job, in the background.
SUBMIT = """\
#!/bin/sh
echo "$1 $2 $3" >> submitted
sh "$4" > "job$$.log" 2>&1 &
echo $$
"""


@pytest.fixture(scope="module")
def python(tmp_path_factory) -> Path:
    return environment(tmp_path_factory.mktemp("environment") / "venv", "generic")


def test_the_small_workflow_runs_through_a_submit_command(checkout, python, finished_run):
    submitting = Checkout(checkout.folder, python)
    (submitting.folder / "submit.sh").write_text(SUBMIT)
    overlay = {"run": {"shards": 1, "methods": ["bicubic", "lanczos"]}}
    (submitting.folder / "few.yaml").write_text(yaml.safe_dump(overlay))
    command = "sh submit.sh {threads} {resources.mem_mb} {resources.runtime}"
    target = "results/bundled/tables/benchmark.csv"
    options = (target, *PROFILE, *SMOKE, "few.yaml", "--cluster-generic-submit-cmd", command)
    done = submitting.snakemake(*options)
    assert done.returncode == 0, done.stdout
    methods = [row["method"] for row in rows(submitting.folder / target)]
    assert methods == ["bicubic", "lanczos"]
    for method in methods:
        assert pictures(submitting, method) == pictures(finished_run, method)
    # Photos, split, test pairs, two interpolations with their scores, tables. What runs in a row
    # adds up its time, what runs side by side its threads and memory.
    submitted = (submitting.folder / "submitted").read_text().splitlines()
    assert submitted == ["1 4000 60", "1 2000 30", "1 4000 120", "2 8000 90", "2 4000 40"]
