"""A killed job's items are used again where they are whole, and nothing else is."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from superres.resuming import locks
from superres.resuming.per_photo import Draft

KEY = "0123456789abcdef"


@dataclass(frozen=True)
class Item:
    photo: str
    file: Path

    def files(self) -> list[Path]:
        return [self.file]


class KilledError(Exception):
    """In the place of a kill."""


class Step:
    """Two files an item and a record, from one input; stops before some item."""

    def __init__(self, folder: Path, inputs: dict[str, str]) -> None:
        self.folder = folder
        self.output = folder / "output"
        self.inputs = dict(inputs)
        (folder / "in").mkdir(parents=True)

    def run(self, stop_before: str = "", key: str = KEY) -> tuple[list[str], list]:
        """The items that were made again, and all records."""
        made = []

        def make(item: Item, folder: Path) -> dict:
            if item.photo == stop_before:
                (folder / "unfinished").write_text("torn")
                raise KilledError
            made.append(item.photo)
            text = item.file.read_text()
            (folder / "upper").mkdir()
            (folder / "upper" / f"{item.photo}.txt").write_text(text.upper())
            (folder / f"{item.photo}.txt").write_text(text)
            return {"score": len(text) / 3, "name": item.photo}

        for name, text in self.inputs.items():
            (self.folder / "in" / name).write_text(text)
        draft = Draft(self.folder / "draft", key)
        items = [Item(name, self.folder / "in" / name) for name in self.inputs]
        try:
            records = draft.each(items, make)
        except KilledError:
            return made, []
        draft.deliver(self.output)
        return made, records

    def left(self) -> list[Path]:
        """The files of the draft, journal and all."""
        return sorted(file for file in (self.folder / "draft").rglob("*") if file.is_file())


def contents(folder: Path) -> dict[str, bytes]:
    files = (file for file in folder.rglob("*") if file.is_file())
    return {str(file.relative_to(folder)): file.read_bytes() for file in files}


def undisturbed(folder: Path, inputs: dict[str, str]) -> tuple[dict[str, bytes], list]:
    step = Step(folder / "undisturbed", inputs)
    _, records = step.run()
    return contents(step.output), records


INPUTS = {"a": "one", "b c": "two", "d;e": "three", "é": "four"}


def test_only_what_was_not_finished_is_made_again(tmp_path):
    step = Step(tmp_path / "step", INPUTS)
    assert step.run(stop_before="d;e") == (["a", "b c"], [])
    assert not step.output.exists()
    made, records = step.run()
    assert made == ["d;e", "é"]
    assert (contents(step.output), records) == undisturbed(tmp_path, INPUTS)
    assert not (step.folder / "draft").exists()


def test_no_items_are_an_empty_folder(tmp_path):
    step = Step(tmp_path, {})
    assert step.run() == ([], [])
    assert list(step.output.iterdir()) == []


def test_a_folder_that_is_there_keeps_what_is_not_replaced(tmp_path):
    step = Step(tmp_path, {"a": "new"})
    step.output.mkdir()
    (step.output / "a.txt").write_text("old")
    (step.output / "mine.txt").write_text("mine")
    step.run()
    assert contents(step.output) == {
        "a.txt": b"new",
        "mine.txt": b"mine",
        "upper/a.txt": b"NEW",
    }


def test_other_inputs_settings_or_items_are_made_anew(tmp_path):
    step = Step(tmp_path / "step", INPUTS)
    step.run(stop_before="é")
    step.inputs["a"] = "another"
    del step.inputs["b c"]
    assert step.run(stop_before="é")[0] == ["a"]
    assert step.run(stop_before="é", key="f" * 16)[0] == ["a", "d;e"]
    made, records = step.run()
    assert made == ["é"]
    assert (contents(step.output), records) == undisturbed(tmp_path, step.inputs)


@pytest.mark.parametrize("damage", ["cut", "empty", "noise", "gone", "longer"])
@given(choice=st.integers(0, 99), at=st.integers(0, 10**6))
def test_what_is_torn_is_made_again_whatever_file_and_byte(damage, choice, at, tmp_path_factory):
    folder = tmp_path_factory.mktemp("torn")
    step = Step(folder / "step", INPUTS)
    step.run(stop_before="é")
    # The lock holds nothing.
    files = [file for file in step.left() if file.name != locks.NAME]
    file = files[choice % len(files)]
    content = file.read_bytes()
    at %= len(content)
    match damage:
        case "cut":
            file.write_bytes(content[:at])
        case "empty":
            file.write_bytes(b"")
        case "noise":
            file.write_bytes(content[:at] + bytes([content[at] ^ 255]) + content[at + 1 :])
        case "gone":
            file.unlink()
        case "longer":
            file.write_bytes(content + b"more")
    made, records = step.run()
    assert (contents(step.output), records) == undisturbed(folder, INPUTS)
    assert made[-1] == "é"
    shutil.rmtree(folder)
