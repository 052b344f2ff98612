"""Files of the configuration: what YAML or Snakemake would read wrongly, or for minutes."""

import json
from pathlib import Path

import yaml

from superres.config.values import DEEPEST, OTHER_BASE, check_size
from superres.core.errors import InputError

# libyaml's take a tenth of the time, but are not everywhere.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
TEXT_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


def check_file(file: Path) -> None:
    """Refuse a file that is no YAML or JSON, has a key twice, or makes too much of a few anchors.

    Raises:
        InputError: names the file, the line and the key.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise InputError(
            f"{file}: is not UTF-8 at byte {error.start}; save it with that encoding"
        ) from None
    except OSError as error:
        raise InputError(f"{file}: {error.strerror}") from None
    if not isinstance(check_text(str(file), text, numbers=True), dict):
        raise InputError(f"{file}: has no keys at its top level; write `key: value`")


def check_text(source: str, text: str, numbers: bool = False):
    """Check text in the same way, whatever it holds.

    Args:
        source: what messages call it.
        text: YAML, of which JSON is a part.
        numbers: whether numbers in it will be read as YAML 1.1 does, 010 as 8.

    Returns:
        What it holds, all values as text.

    Raises:
        InputError: names the source, the line and the key.
    """
    try:
        value = json.loads(text, object_pairs_hook=_pairs)
    except KeyError as error:
        raise InputError(
            f"{source}: the key {error.args[0]!r} is there twice; remove one of them"
        ) from None
    except (ValueError, RecursionError):
        value = _from_yaml(source, text, numbers)
    check_size(value, source)
    return value


def _pairs(pairs: list[tuple[str, object]]) -> dict:
    section = dict(pairs)
    if len(section) < len(pairs):
        keys = [key for key, _ in pairs]
        raise KeyError(next(key for key in keys if keys.count(key) > 1))
    return section


def _from_yaml(source: str, text: str, numbers: bool):
    try:
        _check_events(source, yaml.parse(text, LOADER), numbers)
        return yaml.load(text, TEXT_LOADER)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}: " if mark else ""
        problem = getattr(error, "problem", None) or getattr(error, "reason", "unreadable")
        raise InputError(f"{source}: {where}is no YAML: {problem}") from None


def _check_events(source: str, events, numbers: bool) -> None:
    """Refuse keys that are there twice, of which YAML takes the last, and what it reads oddly.

    Unlike the values themselves, events know their lines, and take no more memory or time for what
    is nested deeply.
    """
    # The keys of every section that is open; None for a list, whose entries have none.
    open_parts: list[_Keys | None] = []
    for event in events:
        line = f"{source}: line {event.start_mark.line + 1}"
        if isinstance(event, yaml.NodeEvent) and open_parts and open_parts[-1] is not None:
            open_parts[-1].take(event, line)
        match event:
            case yaml.ScalarEvent() if numbers and event.implicit[0]:
                if OTHER_BASE.fullmatch(event.value):
                    raise InputError(
                        f"{line}: YAML reads {event.value} to another base than 10; write another "
                        "number, or put it into quotes"
                    )
            case yaml.CollectionStartEvent():
                if len(open_parts) == DEEPEST:
                    raise InputError(f"{line}: nested deeper than {DEEPEST} levels")
                open_parts.append(_Keys() if isinstance(event, yaml.MappingStartEvent) else None)
            case yaml.CollectionEndEvent():
                open_parts.pop()


class _Keys:
    """The keys of a section, of whose nodes every other one is a key."""

    def __init__(self) -> None:
        self.keys: set[str] = set()
        self.is_next = True

    def take(self, node: yaml.NodeEvent, line: str) -> None:
        """Take the next key or value; a value may be a section or a list."""
        # A section may take in several others.
        if self.is_next and isinstance(node, yaml.ScalarEvent) and node.value != "<<":
            if node.value in self.keys:
                raise InputError(
                    f"{line}: the key {node.value!r} is there twice; remove one of them"
                )
            self.keys.add(node.value)
        self.is_next = not self.is_next
