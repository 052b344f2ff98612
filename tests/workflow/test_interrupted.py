"""A workflow that is killed while it trains goes on where it was."""

import os
import signal
import subprocess
import sys
import time

from conftest import SMOKE

TRAINED = "bundled/x2/lr_autoencoder/seed0"
RESULTS = ("model.keras", "history.csv", "summary.json")


def test_a_killed_workflow_goes_on_and_ends_with_the_same_bytes(finished):
    results = finished.folder / "results"
    undisturbed = {name: (results / TRAINED / name).read_bytes() for name in RESULTS}
    assert not (results / "resume" / TRAINED).exists()
    target = f"results/{TRAINED}/model.keras"
    (finished.folder / target).unlink()
    snakemake = subprocess.Popen(
        [sys.executable, "-m", "snakemake", target, "--cores", "2", *SMOKE],
        cwd=finished.folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    waiting_until_s = time.monotonic() + 300
    while not list(results.glob(f"resume/{TRAINED}/*/*.npz")):
        assert snakemake.poll() is None
        assert time.monotonic() < waiting_until_s
        time.sleep(0.005)
    os.killpg(snakemake.pid, signal.SIGKILL)
    snakemake.wait()
    assert not (finished.folder / target).exists()
    finished.snakemake("--unlock", *SMOKE)
    finished.run(target, *SMOKE)
    log = (results / "logs" / TRAINED / "train.log").read_text()
    assert "going on after epoch 1" in log
    assert {name: (results / TRAINED / name).read_bytes() for name in RESULTS} == undisturbed
    assert not (results / "resume" / TRAINED).exists()
