"""Which files of this library a script stands on, so that a change re-runs what it concerns."""

import ast
from functools import cache
from pathlib import Path

SCRIPTS = Path(__file__).parents[2]


@cache
def code_of(script: str, *picked_by_name: str) -> list[Path]:
    """A script and every module of the library that it imports, directly or not.

    Args:
        script: name of a script without `.py`.
        *picked_by_name: modules that it imports by a name from the configuration.

    Returns:
        Absolute paths: the script first, then the modules, sorted.
    """
    file = SCRIPTS / f"{script}.py"
    found, waiting = {file}, [*_imported(file), *_files_of(picked_by_name)]
    while waiting:
        module = waiting.pop()
        if module not in found:
            found.add(module)
            waiting.extend(_imported(module))
    return [file, *sorted(found - {file})]


@cache
def _imported(file: Path) -> set[Path]:
    """Files of the library that a file imports itself, at its top or within a function.

    Python's own modulefinder says the same and reads every module anew for every script, which
    would be a quarter of the time that Snakemake takes to start.
    """
    names = set()
    for node in ast.walk(ast.parse(file.read_bytes())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            # What is imported from a package may be a module.
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return _files_of(names)


def _files_of(names) -> set[Path]:
    """The files of some modules, as far as they are of the library, and of their packages."""
    found = set()
    for name in names:
        parts = name.split(".")
        for length in range(1, len(parts) + 1):
            path = SCRIPTS.joinpath(*parts[:length])
            found |= {path.with_suffix(".py"), path / "__init__.py"}
    return set(filter(Path.is_file, found))
