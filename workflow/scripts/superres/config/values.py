"""Values of the configuration: read as the schema wants them, then checked by it."""

import datetime
import json
import math
import re

import jsonschema
import yaml

from superres.config.paths import expanded
from superres.core.errors import InputError
from superres.core.readable import one_line

# YAML's anchors make billions of values of a few lines; all configurations here have hundreds.
MOST_VALUES = 200_000
# The schema's own keys are six deep.
DEEPEST = 20
# No number of the schema has more; Python itself refuses to print numbers of some thousand digits.
MOST_DIGITS = 30
# YAML 1.1 takes a number with an exponent for text unless it has a point and a sign: 1.0e-3.
NUMBER = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?")
# YAML 1.1 takes 010 for 8, to the base of 8, and 1:30 for 90, to that of 60.
OTHER_BASE = re.compile(r"[-+]?(0[0-7_]+|[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?)")
# Neither a file's name nor a command can hold all of these.
CONTROL = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
LONGEST_MESSAGE = 300


def check_plain(config: object) -> None:
    """Refuse what no schema can speak of: keys, numbers and text that are none, and anchor bombs.

    Raises:
        InputError: names the key.
    """
    check_size(config)
    _check_kinds(config, ())


def check_size(value: object, source: str = "configuration") -> None:
    """Refuse more values, or a deeper nesting, than a configuration can need.

    What anchors share is counted as often as it is named, but walked through once.

    Args:
        value: lists and sections of anything.
        source: what the message calls it.

    Raises:
        InputError: says what the limit is.
    """
    try:
        count = _count(value, 0, {})
    except RecursionError:
        raise InputError(
            f"{source}: nested deeper than {DEEPEST} levels; look for an anchor (&name) that holds "
            "itself (*name)"
        ) from None
    if count > MOST_VALUES:
        raise InputError(
            f"{source}: has {float(count):.0e} values; allowed: at most {MOST_VALUES:,}; look for "
            "anchors (&name) that are named again and again (*name)"
        )


def read(value, schema: dict, path: tuple = ()):
    """Read a value as a schema wants it and check it.

    Text is read as YAML where the schema wants something else, and a number without a fraction is
    a whole number, however it is written.

    Args:
        value: what `check_plain` accepts; left unchanged.
        schema: JSON schema.
        path: keys that lead to the value.

    Returns:
        A copy with the types that the schema names.

    Raises:
        InputError: names the key, what is wrong with it and what is allowed.
    """
    value = converted(value, schema, path)
    check(value, schema, path)
    return value


def check(value, schema: dict, path: tuple = ()) -> None:
    """Check a value that has the types of its schema already.

    Raises:
        InputError: names the key, what is wrong with it and what is allowed.
    """
    error = jsonschema.exceptions.best_match(
        _Validator(schema).iter_errors(value),
        # The deepest error names the key that the user wrote.
        key=lambda error: len(error.absolute_path),
    )
    if error is not None:
        raise InputError(_shortened(_explain(error, path)))


def converted(value, schema: dict, path: tuple = ()):
    """Read a value as a schema wants it, like `read`, without checking it."""
    kinds = _kinds(schema)
    if isinstance(value, str):
        if schema.get("format") == "path":
            return expanded(value, dotted(path))
        readings = (_from_text(value, kind, path) for kind in kinds)
        value = next((one for one in readings if not isinstance(one, str)), value)
    match value:
        case dict():
            known, others = schema.get("properties", {}), schema.get("additionalProperties")
            others = others if isinstance(others, dict) else {}
            return {
                key: converted(child, known.get(key, others), (*path, key))
                for key, child in value.items()
            }
        case list():
            items = schema.get("items", {})
            return [converted(child, items, (*path, index)) for index, child in enumerate(value)]
        case float() if "integer" in kinds and value.is_integer():
            return int(value)
    return value


def dotted(path) -> str:
    """The keys that lead to a value, as messages name it."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    # A key may hold anything; an error is one line.
    return one_line(text).removeprefix(".") or "(top level)"


def _count(value: object, depth: int, counts: dict[int, int]) -> int:
    if not isinstance(value, dict | list):
        return 1
    if id(value) not in counts:
        if depth == DEEPEST:
            raise RecursionError
        inner = value.values() if isinstance(value, dict) else value
        counts[id(value)] = 1 + sum(_count(child, depth + 1, counts) for child in inner)
    return counts[id(value)]


def _check_kinds(value: object, path: tuple) -> None:
    match value:
        case dict():
            for key, child in value.items():
                # YAML reads `2: x` and `no: x` so.
                if not isinstance(key, str):
                    raise InputError(
                        f"configuration: '{dotted(path)}': the key {key} is no text; put it into "
                        "quotes"
                    )
                _check_kinds(child, (*path, key))
        case list():
            for index, child in enumerate(value):
                _check_kinds(child, (*path, index))
        case str():
            if CONTROL.search(value):
                raise InputError(
                    f"configuration: '{dotted(path)}' has a line break or another control "
                    f"character: {_shortened(repr(value))}"
                )
        case int() | float():
            _check_number(value, path)
        case datetime.date():
            raise InputError(
                f"configuration: '{dotted(path)}': YAML reads {value} as a date; put it into quotes"
            )
        case None:
            pass
        case _:
            raise InputError(
                f"configuration: '{dotted(path)}': no key takes a value of the kind "
                f"{type(value).__name__}"
            )


def _check_number(value: float, path: tuple) -> None:
    if not math.isfinite(value) if isinstance(value, float) else abs(value) >= 10**MOST_DIGITS:
        shown = value if isinstance(value, float) else f"a number of more than {MOST_DIGITS} digits"
        raise InputError(
            f"configuration: '{dotted(path)}' is {shown}; allowed: a finite number, or text in "
            "quotes"
        )


def _kinds(schema: dict) -> list[str]:
    """The types that a schema allows; none where it does not say."""
    kinds = schema.get("type", [])
    return [kinds] if isinstance(kinds, str) else kinds


def _from_text(text: str, kind: str, path: tuple):
    """Text as YAML reads it without quotes, where that is of the kind that is wanted."""
    kinds: dict[str | None, tuple[type, ...]] = {
        "array": (list,),
        "object": (dict,),
        "boolean": (bool,),
        "integer": (int, float),
        "number": (int, float),
    }
    wanted = kinds.get(kind)
    if wanted is None or OTHER_BASE.fullmatch(text):
        return text
    # What is inside of a list or a section has a schema of its own.
    loader = yaml.BaseLoader if kind in ("array", "object") else yaml.SafeLoader
    try:
        value = yaml.load(text, loader)
    # Numbers of thousands of digits, dates such as 2024-99-99.
    except (yaml.YAMLError, ValueError, RecursionError):
        return text
    if kind in ("integer", "number") and value == text and NUMBER.fullmatch(text):
        value = float(text)
    if not isinstance(value, wanted):
        return text
    check_size(value)
    _check_kinds(value, path)
    return value


def _explain(error: jsonschema.ValidationError, before: tuple) -> str:
    path = (*before, *error.absolute_path)
    key, schema = dotted(path), error.schema
    # As YAML writes them.
    plain = error.instance is None or isinstance(error.instance, bool)
    shown = json.dumps(error.instance) if plain else repr(error.instance)
    match error.validator:
        case "additionalProperties":
            known = sorted(schema.get("properties", {}))
            unknown = min(set(error.instance) - set(known))
            allowed = ", ".join(known) or "none"
            return f"configuration: unknown key '{dotted((*path, unknown))}'; allowed: {allowed}"
        case "required":
            missing = [name for name in schema["required"] if name not in error.instance]
            return f"configuration: '{dotted((*path, missing[0]))}' is missing"
        case "enum":
            allowed = ", ".join(map(str, schema["enum"]))
            return f"configuration: '{key}' is {shown}; allowed: {allowed}"
        case "contains":
            needed = schema["contains"]["const"]
            return f"configuration: '{key}' lacks '{needed}', which every gain is measured against"
        case "pattern" if "propertyNames" in error.absolute_schema_path:
            return (
                f"configuration: the name {error.instance!r} in '{key}' has characters other than "
                "letters, digits, '_' and '-', or more than 64 of them"
            )
        case "type":
            if schema["type"] == "string" and isinstance(error.instance, int | float):
                return (
                    f"configuration: '{key}': YAML reads this as {shown}, not as text; put what "
                    "you mean into quotes"
                )
            return (
                f"configuration: '{key}': {shown} is not of type '{' or '.join(_kinds(schema))}'"
                f"{_limits(schema)}"
            )
    return f"configuration: '{key}': {error.message}{_limits(schema)}"


def _limits(schema: dict) -> str:
    words = {
        "type": "type",
        "minimum": "at least",
        "exclusiveMinimum": "above",
        "maximum": "at most",
        "exclusiveMaximum": "below",
        "minItems": "entries at least",
        "maxItems": "entries at most",
    }
    schema = schema | {"type": " or ".join(_kinds(schema))} if "type" in schema else schema
    limits = ", ".join(f"{word} {schema[name]}" for name, word in words.items() if name in schema)
    return f"; allowed: {limits}" if limits else ""


def _shortened(message: str) -> str:
    """A message without the middle of a value that would fill the screen."""
    if len(message) <= LONGEST_MESSAGE:
        return message
    return f"{message[: LONGEST_MESSAGE // 2]} ... {message[-LONGEST_MESSAGE // 2 :]}"


def _unique(validator, wanted: bool, entries, schema: dict):
    """Of what can be compared quickly; jsonschema compares every entry with every other."""
    if not wanted or not isinstance(entries, list):
        return
    marks = set()
    for entry in entries:
        # JSON tells 1 from true.
        mark = repr(entry) if isinstance(entry, bool | dict | list) else entry
        if mark in marks:
            yield jsonschema.ValidationError(f"{entry!r} is there twice")
        marks.add(mark)


_Validator = jsonschema.validators.extend(jsonschema.Draft202012Validator, {"uniqueItems": _unique})
