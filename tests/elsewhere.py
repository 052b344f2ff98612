"""Shared by the tests of runs whose code is in another folder."""

import json
import re
import subprocess
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
# On top of the default.
TINY = {
    "run": {"methods": ["bicubic", "lr_autoencoder"], "shards": 1},
    "datasets": {
        "bundled": {
            "source": "packages",
            "split": {"test": ["chelsea", "flower", "rocket"], "validation": ["coffee"]},
        }
    },
    "models": {
        "lr_autoencoder": {
            "options": {"channels": 4, "inner_channels": 4, "encoder_blocks": 1},
            "training": {"epochs": 1, "steps_per_epoch": 5, "hr_patch_px": 24},
        }
    },
    "statistics": {"against": ["bicubic"], "resamples": 200},
}
INTERPOLATED = TINY | {"run": {"methods": ["bicubic"], "shards": 1}}


def embedded_default() -> dict:
    return yaml.safe_load((ROOT / "config/config.yaml").read_text())


def write_yaml(file: Path, values: dict) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(yaml.safe_dump(values))
    return file


def insist_on_provenance(results: Path, code: Path) -> dict:
    """Every job names its script, which is there; every result has its checksum."""
    graph = json.loads((results / "ro-crate-metadata.json").read_text())["@graph"]
    crate = {entity["@id"]: entity for entity in graph}
    jobs = [crate[name] for name in crate if re.fullmatch(r"#job-\d+", name)]
    assert len(jobs) > 8
    for job in jobs:
        script = job["instrument"]["@id"]
        assert script.startswith("code/workflow/scripts/"), job["name"]
        original = code / script.removeprefix("code/")
        assert (results / script).read_bytes() == original.read_bytes()
        # Wall time and memory.
        assert len(job["resourceUsage"]) == 2
    inputs = {reference["@id"] for reference in crate["#run"]["object"]}
    assert "config.yaml" in inputs
    assert any(re.fullmatch(r"\w+/photos/1-of-1\.csv", name) for name in inputs)
    subprocess.run(
        ["sha256sum", "--quiet", "--check", "manifest-sha256.txt"], cwd=results, check=True
    )
    return crate


def insist_on_one_line(done: subprocess.CompletedProcess, message: str) -> None:
    assert done.returncode != 0
    assert "Traceback" not in done.stdout
    *_, last = done.stdout.splitlines()
    assert last.startswith("error: "), done.stdout
    assert message in last
