"""Which files of this library a script stands on, so that a change re-runs what it concerns."""

from functools import cache
from modulefinder import ModuleFinder
from pathlib import Path

SCRIPTS = Path(__file__).parents[1]


@cache
def code_of(script: str, *picked_by_name: str) -> list[Path]:
    """A script and every module of the library that it imports, directly or not.

    Args:
        script: name of a script without `.py`.
        *picked_by_name: modules that it imports by a name from the configuration.

    Returns:
        Absolute paths: the script first, then the modules, sorted.
    """
    finder = ModuleFinder(path=[str(SCRIPTS)])
    file = SCRIPTS / f"{script}.py"
    finder.run_script(str(file))
    for name in picked_by_name:
        finder.import_hook(name)
    found = {Path(module.__file__) for module in finder.modules.values() if module.__file__}
    return [file, *sorted(found - {file})]
