"""Names that a configuration gives, which become names of folders."""

from collections.abc import Iterable
from pathlib import PureWindowsPath

from superres.config.sections import Configuration
from superres.core.errors import InputError
from superres.core.methods import INTERPOLATIONS

WILDCARDS = {
    "datasets": "{dataset}",
    "models": "{method}",
    "downloads": "{download}",
    "sweeps": "{sweep}",
}


def check_alike(config: Configuration) -> None:
    """Refuse names that are one folder where upper and lower case are, as on macOS and Windows.

    Raises:
        InputError: names both.
    """
    for section in WILDCARDS:
        others: dict[str, str] = {}
        for name in getattr(config, section):
            folder = name.casefold()
            if section == "models" and folder in INTERPOLATIONS:
                raise InputError(
                    f"configuration: the name {name!r} in 'models' is reserved, as '{folder}' is "
                    "a method without training; choose another"
                )
            if PureWindowsPath(name).is_reserved():
                raise InputError(
                    f"configuration: the name {name!r} in '{section}' is reserved, as Windows has "
                    "no such folders; choose another"
                )
            if folder in others:
                raise InputError(
                    f"configuration: the names {others[folder]!r} and {name!r} in '{section}' "
                    "differ in upper and lower case alone, which is one folder on macOS and "
                    "Windows; rename one of them"
                )
            others[folder] = name


def check_reserved(config: Configuration, patterns: Iterable[str]) -> None:
    """Refuse names of files and folders that some rule writes where the names would go.

    Args:
        config: a complete configuration.
        patterns: paths of what all rules write, with wildcards.

    Raises:
        InputError: says which file or folder that is.
    """
    parts = [pattern.split("/") for pattern in patterns]
    for section, wildcard in WILDCARDS.items():
        taken = {name.casefold(): path for name, path in _siblings(wildcard, parts).items()}
        for name in getattr(config, section):
            if name.casefold() in taken:
                raise InputError(
                    f"configuration: the name {name!r} in '{section}' is reserved, as the workflow "
                    f"writes {taken[name.casefold()]}; choose another"
                )


def _siblings(wildcard: str, patterns: list[list[str]]) -> dict[str, str]:
    """Fixed names where a wildcard may be too, and the path of each."""
    folders = {
        tuple(parts[:depth])
        for parts in patterns
        for depth, part in enumerate(parts)
        if part == wildcard
    }
    return {
        parts[depth]: "/".join(parts[: depth + 1])
        # Of several, the first is the one to tell.
        for parts in reversed(patterns)
        for depth in range(len(parts))
        if tuple(parts[:depth]) in folders and "{" not in parts[depth]
    }


def fold(dataset: str, number: int) -> str:
    """Name of a fold of a dataset, a dataset itself."""
    return f"{dataset}_fold{number}"
