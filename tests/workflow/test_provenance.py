"""Every result leads back to the bytes, the code and the commands that made it."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
import rocrate
import yaml
from conftest import SMOKE
from rocrate_validator import models, services
from rocrate_validator.utils import document_loader

# They look at the vocabulary's own address, which may be out of reach.
ONLINE_CHECKS = ["ro-crate-1.1_3.1", "ro-crate-1.1_3.2"]


def vocabulary(address: str) -> dict:
    """RO-Crate's, as the package has it: of a later version, which moved Bioschemas' terms."""
    assert address == "https://w3id.org/ro/crate/1.1/context"
    text = (Path(rocrate.__file__).parent / "data/ro-crate.jsonld").read_text()
    return json.loads(text.replace("bioschemas.org/terms/", "bioschemas.org/"))


@pytest.fixture(scope="module")
def crate(finished_run) -> dict[str, dict]:
    """The entities of the smoke run's crate, by identifier."""
    file = finished_run.folder / "results/ro-crate-metadata.json"
    return {entity["@id"]: entity for entity in json.loads(file.read_text())["@graph"]}


def listed(value) -> list[str]:
    """Identifiers that a property refers to, be it one, several or none."""
    values = value if isinstance(value, list) else [value] if value else []
    return [reference["@id"] for reference in values]


def jobs(crate) -> list[dict]:
    return [crate[name] for name in crate if name.startswith("#job-") and name.count("-") == 1]


def test_the_crate_is_a_workflow_run_crate(finished_run, monkeypatch):
    monkeypatch.setattr(document_loader, "_fetch_json_ld", vocabulary)
    settings = services.ValidationSettings(
        rocrate_uri=str(finished_run.folder / "results"),
        profile_identifier="workflow-run-crate",
        requirement_severity=models.Severity.REQUIRED,
        skip_checks=ONLINE_CHECKS,
    )
    found = services.validate(settings).get_issues()
    assert [f"{issue.check.identifier}: {issue.message}" for issue in found] == []
    # It can fail.
    crate = finished_run.folder / "results/ro-crate-metadata.json"
    without = json.loads(crate.read_text().replace("https://w3id.org/ro/wfrun/", "https://else/"))
    broken = services.ValidationSettings(
        rocrate_uri=str(finished_run.folder / "results"),
        metadata_dict=without,
        metadata_only=True,
        profile_identifier="workflow-run-crate",
        requirement_severity=models.Severity.REQUIRED,
        skip_checks=ONLINE_CHECKS,
    )
    assert services.validate(broken).get_issues()


def test_every_table_and_figure_leads_back_to_the_photos(crate):
    maker = {name: job for job in jobs(crate) for name in listed(job["result"])}
    results = listed(crate["#run"]["result"])
    assert {"bundled/tables/benchmark.md", "bundled/figures/gains.png"} <= set(results)
    for result in results:
        reached, waiting = set(), [result]
        while waiting:
            name = waiting.pop()
            if name not in reached:
                reached.add(name)
                waiting.extend(listed(maker[name].get("object")) if name in maker else [])
        assert {f"bundled/photos/{shard}-of-2.csv" for shard in (1, 2)} <= reached
    assert listed(crate["#run"]["object"])[0] == "config.yaml"


def test_every_job_says_what_it_ran_when_and_with_which_packages(finished_run, crate):
    results = finished_run.folder / "results"
    trained = "bundled/x2/lr_autoencoder/seed0/model.keras"
    (training,) = (job for job in jobs(crate) if trained in listed(job["result"]))
    assert training["description"].startswith("GLIBC_TUNABLES=")
    assert training["startTime"] < training["endTime"]
    used = {crate[name]["name"] for name in listed(training["resourceUsage"])}
    assert used == {"wall time (s)", "memory (MB)"}
    (script,) = listed(training["instrument"])
    assert script == "code/workflow/scripts/train.py"
    planned = finished_run.jobs(*SMOKE, "--forceall")
    # Those that compute nothing, and the one that writes the crate.
    others = {"configuration", "provenance", "all"}
    assert len(jobs(crate)) == sum(planned[rule] for rule in set(planned) - others)
    for job in jobs(crate):
        (script,) = listed(job["instrument"])
        assert (results / script).is_file()
        assert "SoftwareSourceCode" in crate[script]["@type"]
    assert listed(crate["code/workflow/scripts/train.py"]["softwareRequirements"]) == [
        "code/envs/train.yaml"
    ]
    machine = {crate[name]["name"] for name in listed(crate["#run"]["additionalProperty"])}
    assert {"processor", "memory (MB)", "Python"} <= machine


def test_checksums_and_configuration_are_those_of_the_files(finished_run, crate):
    results = finished_run.folder / "results"
    with_checksum = [entity for entity in crate.values() if "sha256" in entity]
    assert len(with_checksum) > 50
    for entity in with_checksum:
        content = (results / entity["@id"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == entity["sha256"]
    configuration = yaml.safe_load((results / "config.yaml").read_text())
    assert configuration["models"]["lr_autoencoder"]["training"]["steps_per_epoch"] == 10
    for name in ("Snakefile", "workflow/rules/methods.smk", "uv.lock"):
        original = (finished_run.folder / name).read_bytes()
        assert (results / "code" / name).read_bytes() == original


def test_verify_says_what_differs(finished):
    assert finished.snakemake("verify", "--cores", "1", *SMOKE).returncode == 0
    tables = finished.folder / "results/bundled/tables"
    (tables / "benchmark.md").write_text("better than it was")
    (prediction,) = finished.folder.glob("results/**/lanczos/seed0/predictions/*/rocket.png")
    prediction.unlink()
    done = finished.snakemake("verify", "--cores", "1", *SMOKE)
    assert done.returncode != 0
    assert "2 of" in done.stdout
    assert "changed: results/bundled/tables/benchmark.md" in done.stdout
    assert f"missing: {prediction.relative_to(finished.folder)}" in done.stdout
    alone = subprocess.run(
        [sys.executable, "workflow/scripts/provenance.py", "verify", "--results", "results"],
        cwd=finished.folder,
        capture_output=True,
        text=True,
    )
    assert (alone.returncode, "files differ" in alone.stderr) == (1, True)
