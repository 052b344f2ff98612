import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from superres.core import atomic
from superres.core.atomic import appearing, temporary, write_text

SCRIPTS = Path(atomic.__file__).parents[2]
# Begins to write a file, says so, and waits.
WRITER = """
import sys, time
from pathlib import Path
from superres.core.atomic import appearing

with appearing(Path(sys.argv[1])) as unfinished:
    unfinished.write_text("half")
    print("begun", flush=True)
    sys.stdin.readline()
    unfinished.write_text(sys.argv[2])
"""


def writing(file: Path, content: str = "whole") -> subprocess.Popen:
    """A process that has begun to write a file, and ends when a line is sent to it."""
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(file), content],
        env=os.environ | {"PYTHONPATH": str(SCRIPTS)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "begun\n"
    return process


@pytest.fixture(autouse=True)
def new_process():
    """What is done once in a process is done again in every test."""
    atomic._remove_abandoned.cache_clear()


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


def test_what_a_killed_process_left_is_removed_by_the_next_one(tmp_path):
    killed = writing(tmp_path / "a.csv")
    assert len(list(tmp_path.iterdir())) == 1
    killed.kill()
    killed.wait()
    assert len(list(tmp_path.iterdir())) == 1
    write_text(tmp_path / "b.csv", "new")
    assert list(tmp_path.iterdir()) == [tmp_path / "b.csv"]


@pytest.mark.parametrize("number", [signal.SIGSTOP, signal.SIGCONT])
def test_what_another_process_is_writing_is_left_alone(tmp_path, number):
    other = writing(tmp_path / "a.csv")
    other.send_signal(number)
    write_text(tmp_path / "a.csv", "ours")
    assert (tmp_path / "a.csv").read_text() == "ours"
    other.send_signal(signal.SIGCONT)
    other.communicate("\n")
    assert other.returncode == 0
    assert (tmp_path / "a.csv").read_text() == "whole"
    assert list(tmp_path.iterdir()) == [tmp_path / "a.csv"]


def test_many_that_write_and_tidy_one_folder_do_not_fail_over_each_other(tmp_path):
    def write(number: int) -> None:
        # As if every file were written by another process.
        atomic._remove_abandoned.cache_clear()
        write_text(tmp_path / f"{number % 5}.csv", str(number))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(400)))
    assert sorted(file.name for file in tmp_path.iterdir()) == [f"{n}.csv" for n in range(5)]


@pytest.mark.parametrize("link", [False, True])
def test_what_somebody_else_left_is_not_touched(tmp_path, link):
    # Browsers name unfinished downloads so.
    own, elsewhere = tmp_path / "folder/a.png.part", tmp_path / "elsewhere"
    own.parent.mkdir()
    elsewhere.write_text("theirs")
    own.symlink_to(elsewhere) if link else own.write_text("theirs")
    write_text(own.with_name("a.png"), "ours")
    assert own.read_text() == elsewhere.read_text() == "theirs"
    assert own.is_symlink() == link
    assert own.with_name("a.png").read_text() == "ours"


def test_links_are_neither_written_through_nor_tidied_away(tmp_path, monkeypatch):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("theirs")
    names = iter(["0" * 16, "1" * 16])
    monkeypatch.setattr(atomic.secrets, "token_hex", lambda count: next(names))
    link = tmp_path / f".superres-{'0' * 16}.part"
    link.symlink_to(elsewhere)
    with pytest.raises(FileExistsError):
        write_text(tmp_path / "a.csv", "ours")
    write_text(tmp_path / "a.csv", "ours")
    assert link.is_symlink()
    assert elsewhere.read_text() == "theirs"


def test_a_target_that_is_a_link_is_replaced_and_not_written_through(tmp_path):
    elsewhere, link = tmp_path / "elsewhere", tmp_path / "a.csv"
    elsewhere.write_text("theirs")
    link.symlink_to(elsewhere)
    write_text(link, "ours")
    assert not link.is_symlink()
    assert (link.read_text(), elsewhere.read_text()) == ("ours", "theirs")


@pytest.mark.parametrize("name", ["x" * 255, "ü" * 127, "x" * 251 + ".png"])
def test_every_name_that_a_file_can_have_can_be_written(tmp_path, name):
    write_text(tmp_path / name, "content")
    assert (tmp_path / name).read_text() == "content"
    assert [file.name for file in tmp_path.iterdir()] == [name]


def test_a_folder_that_is_missing_is_made(tmp_path):
    write_text(tmp_path / "a/b/c.csv", "content")
    assert (tmp_path / "a/b/c.csv").read_text() == "content"


def test_a_program_may_insist_on_an_ending(tmp_path):
    with appearing(tmp_path / "model.onnx", ".onnx") as unfinished:
        assert unfinished.suffix == ".onnx"
        assert atomic.TEMPORARY.fullmatch(unfinished.name)
        unfinished.write_bytes(b"")
    assert (tmp_path / "model.onnx").exists()


def test_a_file_has_the_mode_that_the_user_wants(tmp_path):
    before = os.umask(0o027)
    try:
        write_text(tmp_path / "a.csv", "content")
    finally:
        os.umask(before)
    assert (tmp_path / "a.csv").stat().st_mode & 0o777 == 0o640


def test_a_temporary_file_is_gone_at_the_end(tmp_path):
    with temporary(tmp_path) as file:
        file.write_text("content")
    assert list(tmp_path.iterdir()) == []
