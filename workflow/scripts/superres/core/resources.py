"""Files beside the code: schemas, networks, templates."""

from pathlib import Path

_LIBRARY = Path(__file__).parents[1]


def resource(name: str) -> Path:
    """A file or folder of `workflow/`, which an installed package has in a folder of its own.

    Args:
        name: path below `workflow/`.
    """
    installed = _LIBRARY / "resources" / name
    return installed if installed.exists() else _LIBRARY.parents[1] / name
