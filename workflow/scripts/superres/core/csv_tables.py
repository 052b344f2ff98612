"""Tables that go from one step to the next: CSV with a JSON schema for a row."""

import functools
from collections.abc import Sequence
from pathlib import Path

import jsonschema
import pandas as pd
import yaml

from superres.core.atomic import appearing
from superres.core.errors import InputError
from superres.core.resources import resource

SCHEMAS = resource("schemas")


def read(files: Sequence[Path], kind: str) -> pd.DataFrame:
    """Read tables of one kind as one, rows in the order of the files.

    Args:
        files: CSV files, UTF-8.
        kind: name of a schema `workflow/schemas/<kind>.schema.yaml`.

    Raises:
        InputError: a missing or unknown column, or a value that the schema refuses, with its row.
    """
    schema = _schema(kind)
    columns = schema["properties"]
    # A photo may be called "NA" or "007".
    text = [name for name, column in columns.items() if column["type"] == "string"]
    missing = {name: [""] for name in columns if name not in text}
    tables = []
    for file in files:
        try:
            table = pd.read_csv(
                file, dtype=dict.fromkeys(text, str), keep_default_na=False, na_values=missing
            )
        except (OSError, ValueError) as error:
            reason = " ".join(str(error).split())
            raise InputError(
                f"{file}: cannot be read as a table ({reason}); delete it and run again"
            ) from error
        if list(table.columns) != list(columns):
            actual = " ".join(", ".join(map(str, table.columns)).split())
            raise InputError(f"{file}: columns are {actual}; expected {', '.join(columns)}")
        _check_rows(table, schema, file)
        tables.append(table)
    # An empty table has no types and would take them from the others.
    return pd.concat([t for t in tables if len(t)] or tables[:1], ignore_index=True)


def frame(rows: list[dict], kind: str) -> pd.DataFrame:
    """Rows as a table that has the columns of its kind even when there is no row."""
    return pd.DataFrame(rows, columns=list(_schema(kind)["properties"]))


def write(table: pd.DataFrame, file: Path, kind: str) -> None:
    """Write a table as CSV; the name appears only when the file is whole.

    Args:
        table: one row a record.
        file: target.
        kind: name of a schema; columns are put into its order.

    Raises:
        InputError: a row does not fit the schema.
    """
    schema = _schema(kind)
    table = table[list(schema["properties"])]
    _check_rows(table, schema, file)
    with appearing(file) as unfinished:
        table.to_csv(unfinished, index=False)


@functools.cache
def _schema(kind: str) -> dict:
    return yaml.safe_load((SCHEMAS / f"{kind}.schema.yaml").read_text())


def _check_rows(table: pd.DataFrame, schema: dict, file: Path) -> None:
    validator = jsonschema.Draft202012Validator(schema)
    for row, record in enumerate(table.to_dict("records"), start=2):
        for error in validator.iter_errors(record):
            column = ".".join(map(str, error.absolute_path))
            raise InputError(f"{file}: line {row}, column '{column}': {error.message}")
