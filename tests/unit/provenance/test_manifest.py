import hashlib
import os
import shutil
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from superres.core.errors import InputError
from superres.provenance import manifest

# What a file system takes: any bytes but / and NUL, here as Python names them.
names = (
    st.binary(min_size=1, max_size=20)
    .filter(lambda name: not set(name) & set(b"/\0") and name not in (b".", b".."))
    .map(os.fsdecode)
)


@given(st.dictionaries(names, st.binary(max_size=32).map(lambda b: hashlib.sha256(b).hexdigest())))
def test_a_manifest_reads_as_it_was_written(tmp_path_factory, of_files):
    root = tmp_path_factory.mktemp("results")
    manifest.write(root, of_files)
    assert manifest.read(root) == of_files


@pytest.fixture
def results(tmp_path):
    """Files with names of all kinds, in folders, and a mark that does not count."""
    for name in ("a b.png", "new\nline.png", "back\\slash\\n.png", "in/ner/ö.csv"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    (tmp_path / "in/.snakemake_timestamp").touch()
    manifest.write(tmp_path, manifest.digests(tmp_path, list(tmp_path.iterdir())))
    return tmp_path


def test_every_file_is_in_it_once(results):
    files = ["a b.png", "back\\slash\\n.png", "in/ner/ö.csv", "new\nline.png"]
    assert list(manifest.read(results)) == files
    digest = hashlib.sha256(b"a b.png").hexdigest()
    assert manifest.read(results)["a b.png"] == digest


@pytest.mark.skipif(not shutil.which("sha256sum"), reason="sha256sum is not installed")
def test_sha256sum_reads_it_too(results):
    check = ["sha256sum", "--check", "--strict", "--quiet", manifest.NAME]
    assert subprocess.run(check, cwd=results).returncode == 0
    (results / "new\nline.png").write_text("changed")
    assert subprocess.run(check, cwd=results, capture_output=True).returncode == 1


def test_what_differs_is_named(results):
    of_files = manifest.read(results)
    assert manifest.differences(results, of_files) == []
    (results / "a b.png").unlink()
    (results / "in/ner/ö.csv").write_text("changed")
    (results / "new.png").touch()
    found = manifest.differences(results, of_files)
    assert found == [f"missing: {results / 'a b.png'}", f"changed: {results / 'in/ner/ö.csv'}"]


@pytest.mark.parametrize("line", ["abc  x\n", f"{'0' * 64} x\n", f"{'0' * 64}  \n"])
def test_a_manifest_that_is_none_is_refused(tmp_path, line):
    (tmp_path / manifest.NAME).write_text(f"{'0' * 64}  fine\n{line}")
    with pytest.raises(InputError, match=f"{manifest.NAME}, line 2: not a SHA-256 and a path"):
        manifest.read(tmp_path)


def test_results_without_a_manifest_are_said_to_be(tmp_path):
    with pytest.raises(InputError, match=r"not found; run `snakemake` to its end"):
        manifest.read(tmp_path)
