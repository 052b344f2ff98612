"""The profile for Slurm, run through a real scheduler: one node without accounting."""

import contextlib
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from conftest import PATIENCE_S, SMOKE, Checkout, environment, needs, pictures, rows

ETC = Path("/etc/slurm")
# First line of our configuration: what a test that was killed left behind is no cluster.
OURS = "ClusterName=super-resolution-test"
PROFILE = ("--profile", "profiles/slurm", "--cores", "2")
# Less patience than a real cluster deserves.
QUICK = ("--slurm-init-seconds-before-status-checks", "3", "--latency-wait", "10")


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("", 0))
        return listening.getsockname()[1]


def configuration(folder: Path) -> str:
    """One node with more CPUs and memory than it has, so that nothing waits, and a GPU."""
    host = socket.gethostname().partition(".")[0]
    return f"""\
{OURS}
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={free_port()}
SlurmdPort={free_port()}
SlurmUser=root
AuthInfo=socket={folder}/munge.socket
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SchedulerParameters=batch_sched_delay=1,sched_interval=1
# A job that asks for too much is refused, not kept waiting.
EnforcePartLimits=ALL
MinJobAge=86400
GresTypes=gpu
SlurmdParameters=config_overrides
NodeName={host} NodeAddr=127.0.0.1 CPUs=4 RealMemory=64000 Gres=gpu:1
PartitionName=short Nodes=ALL Default=YES MaxTime=60
PartitionName=long Nodes=ALL MaxTime=INFINITE
"""


@contextlib.contextmanager
def running(folder: Path, *command: str) -> Iterator[None]:
    """A daemon in the foreground, ended with the block."""
    with (folder / f"{command[0]}.log").open("w") as log:
        daemon = subprocess.Popen(command, cwd=folder, stdout=log, stderr=subprocess.STDOUT)
        try:
            yield
        finally:
            daemon.terminate()
            daemon.wait(timeout=PATIENCE_S)


def wait_for_the_node(folder: Path) -> None:
    for _ in range(PATIENCE_S):
        done = subprocess.run(["sinfo", "-h", "-o", "%T"], capture_output=True, text=True)
        if done.stdout.split() == ["idle"]:
            return
        time.sleep(1)
    logs = "\n".join(file.read_text()[-2000:] for file in folder.glob("*.log"))
    pytest.fail(f"the node does not come up: {done.stdout}{done.stderr}\n{logs}")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory) -> Iterator[None]:
    """A running cluster, where that harms nobody."""
    if os.geteuid() != 0:
        pytest.skip("a Slurm node needs root")
    needs("slurmd")
    there = ETC / "slurm.conf"
    if there.exists() and not there.read_text().startswith(OURS):
        pytest.skip(f"{there} is there: this machine has a cluster of its own")
    folder = tmp_path_factory.mktemp("slurm")
    (folder / "state").mkdir()
    (folder / "munge.key").write_bytes(os.urandom(1024))
    (folder / "munge.key").chmod(0o400)
    munged = [f"--{name}-file={folder}/munge.{name}" for name in ("key", "pid", "log", "seed")]
    munged += ["--foreground", "--force", f"--socket={folder}/munge.socket"]
    # Where Slurm looks: jobs lose the environment variable that could name another place.
    files = {
        ETC / "slurm.conf": configuration(folder),
        ETC / "gres.conf": "Name=gpu File=/dev/null\n",
    }
    try:
        ETC.mkdir(exist_ok=True)
        for file, text in files.items():
            file.write_text(text)
        with (
            running(folder, "munged", *munged),
            running(folder, "slurmctld", "-D"),
            running(folder, "slurmd", "-D"),
        ):
            wait_for_the_node(folder)
            yield
    finally:
        for file in files:
            file.unlink(missing_ok=True)


@pytest.fixture(scope="module")
def python(cluster, tmp_path_factory) -> Path:
    """An environment with the plugin, which slows down every start of Snakemake where Slurm is."""
    return environment(tmp_path_factory.mktemp("environment") / "venv", "slurm")


@pytest.fixture
def submitting(checkout, python) -> Checkout:
    """A fresh checkout whose steps are Slurm jobs."""
    return Checkout(checkout.folder, python)


def requested_resources() -> dict[str, str]:
    """Resources of every job, by rule or group, as Slurm lists them."""
    listed = subprocess.run(
        ["scontrol", "--oneliner", "show", "job"], capture_output=True, text=True, check=True
    ).stdout
    return {
        line.partition("Comment=")[2].partition(" ")[0].removeprefix("rule_"): line
        for line in listed.splitlines()
    }


def test_the_small_workflow_runs_to_its_tables_and_a_failing_job_to_its_end(
    submitting, finished_run
):
    (submitting.folder / "photos").mkdir()
    (submitting.folder / "photos/broken.png").write_text("no picture")
    overlay = {
        "run": {
            "datasets": ["bundled", "mine"],
            "shards": 1,
            "methods": ["bicubic", "lr_autoencoder"],
        },
        "datasets": {"mine": {"source": "folder", "path": "photos"}},
    }
    (submitting.folder / "few.yaml").write_text(yaml.safe_dump(overlay))
    bundled = [f"results/bundled/{name}" for name in ("tables/benchmark.csv", "figures/gains.png")]
    where = ("--default-resources", "slurm_account=none", "slurm_partition=long")
    gpu = ("--set-resources", "train:gpu=1")
    options = (*PROFILE, *QUICK, *where, *gpu, *SMOKE, "few.yaml")
    done = submitting.snakemake(*bundled, "results/mine/photos/1-of-1.csv", *options)

    # What does not depend on the failed job is finished.
    methods = [row["method"] for row in rows(submitting.folder / bundled[0])]
    assert methods == ["bicubic", "lr_autoencoder"], done.stdout
    assert submitting.jobs(*bundled, *options) == {}
    # Neither the executor nor the number of shards shows in a result.
    for method in methods:
        assert pictures(submitting, method) == pictures(finished_run, method)
    (train,) = (line for name, line in requested_resources().items() if name.startswith("train"))
    for wish in ("mem=16000M", "TimeLimit=1-00:00:00", "Partition=long", "gpu:1", "Account=none"):
        assert wish in train
    # A prediction is scored in the job that made it; tables and figures are one job.
    submissions = [*["photos"] * 2, "split", *["pairs"] * 3, "train", "export", "scores", "tables"]
    assert done.stdout.count(" has been submitted with SLURM jobid ") == len(submissions)

    assert done.returncode != 0
    assert "SLURM status is: 'FAILED'" in done.stdout
    _, _, failure = done.stdout.partition("Error in rule photos:")
    assert "results/logs/mine/photos/1-of-1.log" in failure
    assert "broken.png" in failure
