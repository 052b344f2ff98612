import os
import shutil
from pathlib import Path

from superres.resuming import folder_state


def state(path):
    folder_state.state.cache_clear()
    return folder_state.state(str(path))


def test_nothing_has_an_empty_state(tmp_path):
    assert state(tmp_path / "missing") == ""


def test_any_change_in_a_folder_changes_its_state(tmp_path):
    (tmp_path / "a/b").mkdir(parents=True)
    (tmp_path / "a/b/photo.png").write_bytes(b"1")
    states = [state(tmp_path)]
    (tmp_path / "a/other.png").write_bytes(b"1")
    states.append(state(tmp_path))
    (tmp_path / "a/other.png").rename(tmp_path / "a/another.png")
    states.append(state(tmp_path))
    (tmp_path / "a/b/photo.png").write_bytes(b"12")
    states.append(state(tmp_path))
    os.utime(tmp_path / "a/b/photo.png", (0, 0))
    states.append(state(tmp_path))
    (tmp_path / "a/another.png").unlink()
    states.append(state(tmp_path))
    assert len(set(states)) == len(states)
    assert state(tmp_path) == states[-1]


def test_a_file_has_a_state_of_its_own(tmp_path):
    file = tmp_path / "photo.png"
    file.write_bytes(b"1")
    first = state(file)
    (tmp_path / "other.png").write_bytes(b"1")
    assert state(file) == first
    file.write_bytes(b"12")
    assert state(file) != first


def test_a_link_is_what_it_points_to(tmp_path):
    (tmp_path / "photos").mkdir()
    (tmp_path / "link").symlink_to("photos")
    first = state(tmp_path / "link")
    (tmp_path / "photos/new.png").write_bytes(b"1")
    assert state(tmp_path / "link") == state(tmp_path / "photos") != first


def test_a_folder_that_was_moved_as_a_whole_has_not_changed(tmp_path):
    (tmp_path / "old").mkdir()
    (tmp_path / "old/photo.png").write_bytes(b"1")
    first = state(tmp_path / "old")
    shutil.move(tmp_path / "old", tmp_path / "new")
    assert state(tmp_path / "new") == first


def test_a_name_that_is_not_utf8_counts(tmp_path):
    (tmp_path / "folder").mkdir()
    first = state(tmp_path / "folder")
    Path(tmp_path / "folder", os.fsdecode(b"\xff.png")).touch()
    assert state(tmp_path / "folder") != first


def test_links_within_a_folder_are_what_they_point_to(tmp_path):
    (tmp_path / "in/deeper").mkdir(parents=True)
    (tmp_path / "disk").mkdir()
    (tmp_path / "disk/a.png").write_bytes(b"1")
    (tmp_path / "in/file.png").symlink_to(tmp_path / "disk/a.png")
    (tmp_path / "in/deeper/folder").symlink_to(tmp_path / "disk")
    (tmp_path / "in/deeper/up").symlink_to(tmp_path / "in")
    (tmp_path / "in/nowhere.png").symlink_to("nothing")
    states = [state(tmp_path / "in")]
    (tmp_path / "disk/a.png").write_bytes(b"12")
    states.append(state(tmp_path / "in"))
    (tmp_path / "disk/b.png").write_bytes(b"1")
    states.append(state(tmp_path / "in"))
    (tmp_path / "in/nothing").write_bytes(b"1")
    states.append(state(tmp_path / "in"))
    assert len(set(states)) == len(states)
    assert state(tmp_path / "in") == states[-1]
