"""Paths of the configuration: what a shell would make of them, and whether they exist."""

import os
import re
from pathlib import Path

import pytest
import yaml

from superres.config import complete, schema
from superres.config.paths import path_problem, photos_problem, upscaling_problems
from superres.config.sections import Configuration
from superres.core.errors import InputError

ROOT = Path(__file__).parents[3]
DEFAULT = yaml.safe_load((ROOT / "config/config.yaml").read_text())
SHA256 = "0" * 64


def places(path: str) -> dict:
    """The default configuration with a path wherever one can be."""
    return DEFAULT | {
        "datasets": DEFAULT["datasets"] | {"mine": {"source": "folder", "path": path}},
        "downloads": {"theirs": {"path": path}},
        "metrics": {"lpips": {"path": path, "sha256": SHA256}},
        "upscale": {"input": path, "output": path, "network": f"{path}.onnx"},
    }


def paths_of(config: Configuration) -> list[str]:
    return [
        config.datasets["mine"].path,
        config.downloads["theirs"].path,
        config.metrics.lpips.path,
        config.upscale.input,
        config.upscale.output,
        config.upscale.network.removesuffix(".onnx"),
    ]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("~/a b", "/home/mine/a b"),
        ("$DATA/a", "/data/a"),
        ("x/${DATA}", "x//data"),
        ("a/", "a/"),
        ("./a", "./a"),
        ("a~", "a~"),
        ("US$5", "US$5"),
        ("1e3", "1e3"),
    ],
)
def test_every_path_is_what_a_shell_would_make_of_it(monkeypatch, path, expected):
    monkeypatch.setenv("HOME", "/home/mine")
    monkeypatch.setenv("DATA", "/data")
    assert paths_of(complete(places(path))) == [expected] * 6


@pytest.mark.parametrize(
    ("path", "unknown"), [("~nobody-here/a", "~nobody-here"), ("$NOT_SET/a", r"\$NOT_SET")]
)
def test_what_a_shell_could_not_expand_is_refused(monkeypatch, path, unknown):
    monkeypatch.delenv("NOT_SET", raising=False)
    for section, key in (("datasets", "datasets.mine.path"), ("upscale", "upscale.input")):
        config = DEFAULT | {section: places(path)[section]}
        with pytest.raises(InputError, match=f"'{key}' is .* machine knows no {unknown}; write"):
            complete(config)


def test_every_path_of_the_schema_is_known_as_one():
    def of(schema: dict, key: str) -> set[str]:
        found = {key} if schema.get("format") == "path" else set()
        children = list(schema.get("properties", {}).items())
        if isinstance(schema.get("additionalProperties"), dict):
            children.append(("<name>", schema["additionalProperties"]))
        return found.union(*(of(child, f"{key}.{name}") for name, child in children))

    assert of(schema.of_configuration(), "") == {
        ".datasets.<name>.path",
        ".datasets.<name>.lr_path",
        ".downloads.<name>.path",
        ".metrics.lpips.path",
        ".upscale.input",
        ".upscale.output",
        ".upscale.network",
    }


@pytest.mark.parametrize("path", ["../x", "a/../../x", "/x", "~/x"])
def test_a_folder_of_a_download_is_inside_of_it(path):
    config = DEFAULT | {"downloads": {"theirs": {"path": "x.zip"}}}
    dataset = {"source": "folder", "download": "theirs", "path": path}
    config["datasets"] = DEFAULT["datasets"] | {"mine": dataset}
    with pytest.raises(InputError, match=r"'datasets\.mine\.path' is .*, which leads out of what"):
        complete(config)


def test_what_cannot_be_read_is_said(tmp_path):
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos/a.png").touch()
    for name, folder, expected in (
        ("photos", True, None),
        ("photos", False, None),
        ("photos/a.png", False, None),
        ("gone", False, "does not exist"),
        ("photos/a.png", True, "is no folder"),
        ("x" * 300, True, "File name too long"),
    ):
        problem = path_problem("key", str(tmp_path / name), folder)
        assert (problem is None) == (expected is None)
        if expected:
            assert problem.startswith(f"'key' ('{tmp_path / name}')")
            assert problem.endswith(expected)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_is_said(tmp_path):
    (tmp_path / "photos").mkdir(mode=0)
    (tmp_path / "file").touch(mode=0)
    assert path_problem("key", str(tmp_path / "photos"), True).endswith("Permission denied")
    assert path_problem("key", str(tmp_path / "photos/a"), True).endswith("Permission denied")
    assert path_problem("key", str(tmp_path / "file")).endswith("Permission denied")


def test_photos_are_missing_where_the_users_own_files_are(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    config = complete(
        DEFAULT
        | {
            "datasets": DEFAULT["datasets"]
            | {
                "mine": {"source": "folder", "path": "photos"},
                "packed": {"source": "folder", "download": "theirs", "path": "inside"},
                "fetched": {"source": "download", "download": "kaggle"},
            },
            "downloads": {
                "theirs": {"path": "theirs.zip"},
                "kaggle": {"kaggle": "a/b", "version": 1},
            },
        },
    )
    names = ["bundled", "mine", "packed", "fetched"]
    assert [photos_problem(config, name) for name in names] == [
        None,
        "'datasets.mine.path' ('photos') does not exist",
        "'downloads.theirs.path' ('theirs.zip') does not exist",
        None,
    ]
    Path("photos").mkdir()
    Path("photos/a.png").touch()
    Path("theirs.zip").touch()
    assert not any(photos_problem(config, name) for name in names)


@pytest.mark.parametrize("name", ["my {x}.onnx", "my <y>.onnx", "{}.onnx"])
@pytest.mark.parametrize("key", ["upscale.network", "metrics.lpips.path"])
def test_a_file_whose_name_snakemake_reads_as_a_pattern_is_refused(key, name):
    section = {
        "upscale.network": {"upscale": {"input": "a", "output": "b", "network": name}},
        "metrics.lpips.path": {"metrics": {"lpips": {"path": name, "sha256": "0" * 64}}},
    }[key]
    with pytest.raises(InputError, match=f"'{key}' is '{re.escape(name)}', of which .*; rename"):
        complete(DEFAULT | section)


def upscaling(**values) -> list[str]:
    return upscaling_problems(complete(DEFAULT | {"upscale": values}).upscale)


def test_what_keeps_pictures_from_being_upscaled_is_said_for_every_path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pictures").mkdir()
    assert upscaling(input="pictures", output="big") == []
    assert upscaling(input="absent", output="big", network="mine.onnx") == [
        "'upscale.input' ('absent') does not exist",
        "'upscale.network' ('mine.onnx') does not exist",
    ]
    # A rule makes what is in results/.
    assert upscaling(input="pictures", output="big", network="results/a/model.onnx") == []
    assert upscaling(input="pictures", output="big", network="results_of/model.onnx") != []
