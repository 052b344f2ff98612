"""Options of architectures, from signatures alone, as Keras takes seconds to import."""

import ast
from functools import cache
from pathlib import Path

from superres.config.values import dotted
from superres.core.errors import InputError

ARCHITECTURES = Path(__file__).parents[1] / "networks/architectures"
# Wider or deeper networks fill any memory.
TYPES = {
    "int": {"type": "integer", "minimum": 0, "maximum": 4096},
    "float": {"type": "number", "minimum": -1000, "maximum": 1000},
    "bool": {"type": "boolean"},
    "str": {"type": "string"},
}


def of_architecture(name: str, path: tuple) -> dict:
    """The JSON schema of an architecture's options.

    Args:
        name: of a module of `superres.networks.architectures`.
        path: keys that lead to it.

    Returns:
        A property for every keyword argument of its `build`, of any type where none is annotated.

    Raises:
        InputError: no such architecture, or one that is no Python or has no `build`.
    """
    known = sorted(file.stem for file in ARCHITECTURES.glob("[!_]*.py"))
    if name not in known:
        raise InputError(
            f"configuration: '{dotted(path)}' is {name!r}; allowed: {', '.join(known)}"
        )
    return _signature(ARCHITECTURES / f"{name}.py")


@cache
def _signature(file: Path) -> dict:
    try:
        body = ast.parse(file.read_bytes()).body
    except SyntaxError as error:
        raise InputError(f"{file}: line {error.lineno}: {error.msg}") from error
    builders = [node for node in body if isinstance(node, ast.FunctionDef) and node.name == "build"]
    if not builders:
        raise InputError(f"{file}: has no function build(scale, ...)")
    arguments = builders[-1].args
    # The scale comes first, and is no option.
    named = arguments.args[1:]
    required = named[: len(named) - len(arguments.defaults)] + [
        argument
        for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
        if default is None
    ]
    return {
        "type": "object",
        "properties": {
            argument.arg: TYPES.get(ast.unparse(argument.annotation), {})
            if argument.annotation
            else {}
            for argument in [*named, *arguments.kwonlyargs]
        },
        "required": [argument.arg for argument in required],
        "additionalProperties": arguments.kwarg is not None,
    }
