import os

import pytest

from superres.core.atomic import appearing


def test_a_name_appears_when_its_file_is_whole_and_on_the_disk(tmp_path, monkeypatch):
    file, synced = tmp_path / "a.csv", []
    monkeypatch.setattr(os, "fsync", lambda number: synced.append(os.fstat(number).st_size))
    with appearing(file) as unfinished:
        unfinished.write_text("content")
        assert not file.exists()
        assert unfinished.parent == tmp_path
    assert file.read_text() == "content"
    # Else the name could outlive a power cut and the content not.
    assert synced == [7]
    assert list(tmp_path.iterdir()) == [file]


def test_what_breaks_off_leaves_the_old_file_and_nothing_else(tmp_path):
    file = tmp_path / "a.csv"
    file.write_text("old")
    with pytest.raises(KeyboardInterrupt), appearing(file) as unfinished:
        unfinished.write_text("half")
        raise KeyboardInterrupt
    assert file.read_text() == "old"
    assert list(tmp_path.iterdir()) == [file]


def test_what_a_killed_program_left_is_in_nobodys_way(tmp_path):
    (tmp_path / "a.csv.part").write_text("half, and longer than the whole")
    with appearing(tmp_path / "a.csv") as unfinished:
        unfinished.write_text("new")
    assert (tmp_path / "a.csv").read_text() == "new"


def test_a_program_may_insist_on_an_ending(tmp_path):
    with appearing(tmp_path / "model.onnx", ".part.onnx") as unfinished:
        assert unfinished.name == "model.onnx.part.onnx"
        unfinished.write_bytes(b"")
    assert (tmp_path / "model.onnx").exists()
