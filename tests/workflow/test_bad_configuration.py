"""A configuration that cannot run ends in one line, before any job."""

import os
from pathlib import Path

import pytest
import yaml
from conftest import Checkout

MINE = {
    "run": {"datasets": ["mine"], "methods": ["bicubic"]},
    "statistics": {"against": ["bicubic"]},
}
BUNDLED = {"source": "bundled", "split": {"test": ["chelsea"], "validation": ["coffee"]}}


def refused(project: Checkout, *options: str) -> str:
    """The last line of a dry run, which is all that it says of what is wrong."""
    done = project.snakemake(*options, "--dry-run", "--quiet", "all")
    assert done.returncode != 0, done.stdout
    assert "Traceback" not in done.stdout
    assert not (project.folder / "results").exists()
    *before, last = done.stdout.splitlines()
    assert last.startswith("error: ")
    assert not any("rror" in line or "Exception" in line for line in before), done.stdout
    return last


def overlaid(project: Checkout, text: str | dict) -> str:
    """The last line of a dry run with an overlay."""
    text = text if isinstance(text, str) else yaml.safe_dump(text)
    (project.folder / "mine.yaml").write_text(text)
    return refused(project, "--configfile", "mine.yaml")


@pytest.mark.parametrize(
    ("overlay", "message"),
    [
        ({"run": {"methods": ["bicubic", "cubic"]}}, "'run.methods[1]': unknown method 'cubic'; "),
        ({"run": {"scales": [9]}}, "'run.scales[0]': 9 is greater than the maximum of 8; "),
        ({"run": {"shards": 100000}}, "'run.shards': 100000 is greater than the maximum of 100; "),
        ({"run": {"seeds": [1.5]}}, "'run.seeds[0]': 1.5 is not of type 'integer'; "),
        ({"rum": {}}, "unknown key 'rum'; allowed: datasets, downloads, figures, front, metrics, "),
        ({"datasets": {"mine\n": BUNDLED}}, r"the name 'mine\n' in 'datasets' has characters"),
        ({"datasets": {"Bundled": BUNDLED}}, "'Bundled' and 'bundled' in 'datasets' differ in"),
        ({"figures": {"dpi": float("nan")}}, "'figures.dpi' is nan; allowed: a finite number"),
        ("run: {shards: 2}\nrun: {seeds: [1]}", "line 2: the key 'run' is there twice; remove"),
        ("run: {shards: 0x" + "f" * 5000 + "}", "'run.shards' is a number of more than 30 digits"),
        ("x: &a [*a]", "line 1: is no YAML: found unconstructable recursive node"),
        ({"paper": {"as_run": "x", "clean": "y", "model": "z"}}, "'paper.model': unknown model"),
    ],
)
def test_what_is_wrong_is_named_in_one_line(checkout, overlay, message):
    assert message in overlaid(checkout, overlay)


def test_an_anchor_bomb_is_refused(checkout):
    levels = [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    message = overlaid(checkout, "\n".join(["a0: &a0 lol", *levels]))
    assert "mine.yaml: has 1e+09 values; allowed: at most 200,000; look for anchors" in message


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"run: {shards: 1}\nrun: 2", "line 2: the key 'run' is there twice"),
        (b"# caf\xe9", "is not UTF-8 at byte 5; save it with that encoding"),
        (b"[1, 2]", "has no keys at its top level"),
        (b"", "has no keys at its top level"),
        (b"run: [1", "is no YAML: "),
        (b"[" * 2000, "nested deeper than 20 levels"),
        (
            b"a0: &a0 {k: v}\n"
            + b"\n".join(
                b"a%d: &a%d {%s}"
                % (n, n, b", ".join(b"%s: *a%d " % (k.encode(), n - 1) for k in "abcdefghij"))
                for n in range(1, 10)
            ),
            "has 2e+09 values; allowed: at most 200,000",
        ),
    ],
    ids=["twice", "latin", "list", "empty", "open", "deep", "bomb"],
)
def test_the_embedded_default_is_read_before_snakemake_reads_it(checkout, content, message):
    (checkout.folder / "config/config.yaml").write_bytes(content)
    last = refused(checkout)
    assert last.startswith("error: config/config.yaml: ")
    assert message in last


@pytest.mark.parametrize(
    "name", ["code", "CODE", "release", "report", "resume", "sweeps", "downloads", "logs"]
)
def test_a_dataset_cannot_have_the_name_of_anything_else_in_results(checkout, name):
    overlay = {"datasets": {name: BUNDLED}, "run": MINE["run"] | {"datasets": [name]}}
    last = overlaid(checkout, MINE | overlay)
    assert f"the name '{name}' in 'datasets' is reserved, as the workflow writes results/" in last


def test_all_that_a_run_writes_beside_datasets_is_reserved(checkout, finished_run):
    results = finished_run.folder / "results"
    beside = {path.name for path in results.iterdir()} - {"bundled"}
    beside |= {path.name for path in (results / "logs").iterdir()} - {"bundled"}
    for name in sorted(name for name in beside if "." not in name):
        assert "is reserved" in overlaid(checkout, {"datasets": {name: BUNDLED}})
    in_a_scale = {path.name for path in (results / "bundled/x2").iterdir()}
    models = yaml.safe_load((results / "config.yaml").read_text())["run"]["methods"]
    for name in sorted(name for name in in_a_scale - {*models} if "." not in name):
        assert "is reserved" in overlaid(checkout, {"models": {name: {"architecture": "espcn"}}})


def test_names_that_only_look_reserved_are_taken(checkout):
    overlay = {
        "datasets": {"pairs": BUNDLED},
        "models": {"code": {"architecture": "espcn"}, "all": {"architecture": "espcn"}},
        "run": {"datasets": ["pairs"], "methods": ["bicubic", "code", "all"]},
        "statistics": {"against": ["bicubic"]},
    }
    (checkout.folder / "mine.yaml").write_text(yaml.safe_dump(overlay))
    assert checkout.jobs("--configfile", "mine.yaml")["train"] == 2


def test_numbers_and_switches_can_be_set_on_the_command_line(checkout):
    jobs = checkout.jobs(
        "--config",
        "run={shards: 3, seeds: [4, 5.0], gpu: no}",
        "models={lr_autoencoder: {training: {learning_rate: 1e-4}, options: {channels: 8}}}",
        "datasets={bundled: {split: {test: [chelsea, 001, 1e3], validation_share: 0.5}}}",
    )
    assert jobs["photos"] == 3
    assert jobs["train"] == 4
    last = refused(checkout, "--config", "run={shards: many}")
    assert (
        "'run.shards': 'many' is not of type 'integer'; allowed: type integer, at least 1" in last
    )
    last = refused(checkout, "--config", "run={shards: 1, shards: 2}")
    assert "--config run: line 1: the key 'shards' is there twice" in last


def test_values_of_the_command_line_reach_the_jobs(checkout):
    for name in ("a", "b", "001"):
        source = Path("photos") / f"{name}.png"
        (checkout.folder / source).parent.mkdir(exist_ok=True)
        (checkout.folder / source).touch()
    text = "datasets={mine: {source: folder, path: photos, split: {test: [001], seed: 1e1}}}"
    (checkout.folder / "mine.yaml").write_text(yaml.safe_dump(MINE))
    done = checkout.snakemake(
        "results/mine/x2/split.csv", "--dry-run", "--printshellcmds",
        "--configfile", "mine.yaml", "--config", text,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert " --test=001 " in done.stdout
    assert " --seed 10 " in done.stdout


def test_standard_sets_that_are_missing_are_named_together(checkout):
    sets = ("--configfile", "config/standard_sets.yaml")
    last = refused(checkout, *sets)
    for name, folder in {"set5": "Set5", "div2k": "DIV2K_valid_HR"}.items():
        assert f"'datasets.{name}.path' ('datasets/{folder}') does not exist" in last
    assert last.endswith("or leave out of 'run.datasets' what you do not have")
    # No job starts either.
    assert checkout.snakemake("--cores", "1", *sets).stdout.splitlines()[-1] == last
    assert not (checkout.folder / "results").exists()
    (checkout.folder / "datasets/Set5").mkdir(parents=True)
    assert "'datasets.set5.path'" not in refused(checkout, *sets)
    assert checkout.jobs(*sets, "--config", "run={datasets: [bundled, set5]}")["photos"] == 4
    # What asks for none of them needs none of them.
    assert "photos" in checkout.jobs("results/bundled/tables/benchmark.md", *sets)


def test_a_missing_archive_is_named_before_its_download_starts(checkout):
    config = {
        "datasets": {"mine": {"source": "folder", "download": "theirs", "path": "inside"}},
        "downloads": {"theirs": {"path": "theirs.zip"}, "unused": {"path": "unused.zip"}},
    }
    last = overlaid(checkout, MINE | config)
    assert "'downloads.theirs.path' ('theirs.zip') does not exist; correct the paths" in last
    assert "unused" not in last
    (checkout.folder / "theirs.zip").touch()
    assert checkout.jobs("--configfile", "mine.yaml")["download"] == 1


def test_results_are_shown_and_verified_without_the_photos(checkout):
    config = MINE | {"datasets": {"mine": {"source": "folder", "path": "gone"}}}
    (checkout.folder / "mine.yaml").write_text(yaml.safe_dump(config))
    assert checkout.jobs("verify", "--configfile", "mine.yaml") == {"verify": 1}
    for options in (["--dag"], ["--unlock"]):
        done = checkout.snakemake(*options, "--configfile", "mine.yaml")
        assert done.returncode == 0, done.stdout


def test_pictures_and_network_are_missed_before_upscaling_starts(checkout):
    upscale = ["upscale", "--config"]
    last = refused(checkout, *upscale, "upscale={input: gone, output: x, network: gone.onnx}")
    assert "'upscale.input' ('gone') does not exist; 'upscale.network' ('gone.onnx') does" in last
    assert "set the section 'upscale'" in refused(checkout, "upscale")
    assert "set the section 'release'" in refused(checkout, "release")
    made = "results/bundled/x2/lr_autoencoder/seed0/model.onnx"
    jobs = checkout.jobs(*upscale, f"upscale={{input: README.md, output: x, network: {made}}}")
    assert jobs["export"] == 1


def test_the_home_stands_for_itself_in_paths(checkout, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos/a.png").touch()
    config = MINE | {"datasets": {"mine": {"source": "folder", "path": "~/photos"}}}
    (checkout.folder / "mine.yaml").write_text(yaml.safe_dump(config))
    assert checkout.jobs("--configfile", "mine.yaml")["photos"] == 2
    done = checkout.snakemake(
        "upscale", "--dry-run", "--printshellcmds",
        "--config", "upscale={input: ~/photos, output: ~/larger}",
    )  # fmt: skip
    assert f"--input {tmp_path}/photos --output {tmp_path}/larger " in done.stdout
    assert not (checkout.folder / "~").exists()


def test_as_a_module_the_configuration_is_that_of_the_other_workflow(checkout):
    (checkout.folder / "other").mkdir()
    (checkout.folder / "other/Snakefile").write_text(
        f"""
configfile: "other.yaml"
module superres:
    snakefile: "{os.fspath(checkout.folder / "Snakefile")}"
    config: config["superres"]
use rule * from superres as superres_*
"""
    )
    config = yaml.safe_load((checkout.folder / "config/config.yaml").read_text())
    config["run"]["shards"] = "3.0"
    other = yaml.safe_dump({"superres": config}) + "version: 010\n"
    (checkout.folder / "other/other.yaml").write_text(other)
    project = Checkout(checkout.folder / "other")
    assert project.jobs("superres_tables_and_figures")["superres_photos"] == 3
