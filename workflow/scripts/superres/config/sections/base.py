"""Base of the typed sections, and kinds of values that several of them have."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field


class Section(BaseModel):
    """A section whose keys are fixed; its docstring describes it in the reference."""

    # The engine of JSON schema's patterns, which may look ahead.
    model_config = ConfigDict(extra="forbid", regex_engine="python-re")


# A folder's name on every machine; `$` alone would let a line break through.
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$(?!\n)")]
PathText = Annotated[str, Field(min_length=1, json_schema_extra={"format": "path"})]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$(?!\n)")]
Scale = Annotated[int, Field(ge=2, le=8)]
Seed = Annotated[int, Field(ge=0, le=2**32 - 1)]

# Default of a list that `complete` fills from another key.
FILLED: list = []
_REQUIRED = object()


def key(
    description: str | None = None,
    *,
    default: Any = _REQUIRED,
    unit: str | None = None,
    unique: bool = False,
    contains: str | None = None,
    path: bool = False,
    entries: int | None = None,
    **limits: Any,
) -> Any:
    """A key of a section.

    Args:
        description: for the reference; a key that is a section has its own.
        default: value, or class of a section; required without, never given if None.
        unit: in words.
        unique: no entry of the list is there twice.
        contains: an entry that the list must have.
        path: `~` and variables of the environment are replaced.
        entries: of a list that has just so many.
        **limits: as pydantic's `Field` takes them.
    """
    more = {
        "unit": unit,
        "uniqueItems": unique or None,
        "contains": contains and {"const": contains},
        "format": "path" if path else None,
        "default": {} if isinstance(default, type) else None,
    }
    if entries is not None:
        limits |= {"min_length": entries, "max_length": entries}
    options = limits | {
        "description": description,
        "json_schema_extra": {name: value for name, value in more.items() if value is not None},
    }
    if default is _REQUIRED:
        return Field(**options)
    # The schema shows no default that a factory makes.
    if default is FILLED:
        default = list
    if isinstance(default, type):
        return Field(default_factory=default, **options)
    return Field(default, **options)
