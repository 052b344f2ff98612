"""Modules of this library that a step imports, so that a change re-runs exactly what uses it."""

import ast
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

SCRIPTS = Path(__file__).parents[2]


@cache
def code_of(script: str, *picked_by_name: str) -> list[Path]:
    """A script and every module of the library that it imports, directly or through others.

    Args:
        script: name of a script without `.py`; of a script with several commands, `script command`
            gives what this one command imports.
        *picked_by_name: modules that it imports by a name from the configuration.

    Returns:
        Absolute paths: the script first, then the modules, sorted.
    """
    name, _, command = script.partition(" ")
    file = SCRIPTS / f"{name}.py"
    modules: set[Path] = set()
    waiting = [*_files_of(_names(_statements(file, command))), *_files_of(picked_by_name)]
    while waiting:
        module = waiting.pop()
        if module not in modules:
            modules.add(module)
            waiting.extend(_imported(module))
    return [file, *sorted(modules)]


def _statements(file: Path, command: str) -> Iterator[ast.AST]:
    """All statements of a script, without the functions of its other commands."""
    for node in ast.parse(file.read_bytes()).body:
        if not command or not isinstance(node, ast.FunctionDef) or node.name == command:
            yield from _within(node)


def _within(statement: ast.AST) -> Iterator[ast.AST]:
    """A statement and those in it, without their expressions, which are most of a file."""
    yield statement
    for part in ("body", "orelse", "handlers", "finalbody", "cases"):
        for inner in getattr(statement, part, ()):
            yield from _within(inner)


@cache
def _imported(file: Path) -> set[Path]:
    """Files of the library that a file imports itself, at its top or within a function.

    Python's own modulefinder gives the same and reads every module again for every script, which
    would be a quarter of the time that Snakemake takes to start.
    """
    return _files_of(_names(_within(ast.parse(file.read_bytes()))))


def _names(nodes: Iterable[ast.AST]) -> set[str]:
    """Names of everything that is imported and may be a module."""
    names: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            # What is imported from a package may be a module.
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def _files_of(names: Iterable[str]) -> set[Path]:
    """The files of some modules, if they are part of the library, and of their packages."""
    files = set()
    for name in names:
        parts = name.split(".")
        for length in range(1, len(parts) + 1):
            path = SCRIPTS.joinpath(*parts[:length])
            files |= {path.with_suffix(".py"), path / "__init__.py"}
    return set(filter(Path.is_file, files))
