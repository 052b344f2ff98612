"""Paths of the configuration: what a shell would make of them, and whether they exist."""

import os
import re
from pathlib import Path

from superres.config.sections import Configuration
from superres.config.sections.outputs import Upscale
from superres.core.errors import InputError

UNSET = re.compile(r"\$([A-Za-z_]\w*|\{[^}]*\})")

# `{name}` is a wildcard of Snakemake, `<name>` one of its variables for paths.
PATTERN = re.compile("[{}<>]")


def expanded(path: str, key: str) -> str:
    """A path with the user's home in place of `~` and its value in place of `$NAME`.

    Args:
        path: as the user wrote it.
        key: that holds it, for the message.

    Raises:
        InputError: a variable that is not set, or a home that is unknown.
    """
    full = os.path.expandvars(path)
    unknown = UNSET.search(full)
    if full.startswith("~"):
        try:
            full = str(Path(full).expanduser())
        except RuntimeError:
            unknown = re.match("[^/]*", full)
    if unknown:
        raise InputError(
            f"configuration: '{key}' is {path!r}, but this machine knows no {unknown[0]}; write "
            "the path out"
        )
    return full


def check_plain_name(path: str, key: str) -> None:
    """Refuse the path of an input file of a rule that Snakemake would read as a pattern.

    Args:
        path: of a file.
        key: that holds it, for the message.

    Raises:
        InputError: names the key.
    """
    if PATTERN.search(path):
        raise InputError(
            f"configuration: '{key}' is {path!r}, of which Snakemake reads braces and angle "
            "brackets as wildcards; rename the file"
        )


def photos_problem(config: Configuration, dataset: str) -> str | None:
    """What keeps a dataset's photos from being read, as far as they are the user's own files.

    Args:
        config: a complete configuration.
        dataset: name of a dataset.

    Returns:
        Key, path and problem in words; None where there is none.
    """
    chosen = config.datasets[dataset]
    if chosen.download is not None:
        key = f"downloads.{chosen.download}.path"
        path = config.downloads[chosen.download].path
        return None if path is None else path_problem(key, path)
    if chosen.path is None:
        return None
    problems = [
        path_problem(f"datasets.{dataset}.{key}", path, folder=True)
        for key, path in (("path", chosen.path), ("lr_path", chosen.lr_path))
        if path is not None
    ]
    return next(filter(None, problems), None)


def upscaling_problems(section: Upscale) -> list[str]:
    """What keeps the user's pictures, or a network of the user's own, from being read.

    Args:
        section: `upscale` of the configuration.

    Returns:
        Key, path and problem in words, one for each path that has one.
    """
    paths = {"input": section.input}
    if section.network is not None and not section.network_is_result:
        paths["network"] = section.network
    problems = [path_problem(f"upscale.{key}", path) for key, path in paths.items()]
    return [*filter(None, problems)]


def path_problem(key: str, path: str, folder: bool = False) -> str | None:
    """What keeps a file or a folder from being read.

    Args:
        key: that holds the path.
        path: relative to the working directory, or absolute.
        folder: whether it must be a folder.

    Returns:
        Key, path and problem in words; None where there is none.
    """
    there, shown = Path(path), f"'{key}' ({path!r})"
    try:
        if not there.exists():
            return f"{shown} does not exist"
        if folder and not there.is_dir():
            return f"{shown} is no folder"
        if not os.access(path, os.R_OK):
            return f"{shown}: Permission denied"
    except OSError as error:
        return f"{shown}: {error.strerror}"
    return None
