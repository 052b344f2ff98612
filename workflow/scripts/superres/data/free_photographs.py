"""Freely licensed photographs that the workflow carries."""

import pandas as pd

from superres.core import csv_tables
from superres.core.checksums import sha256
from superres.core.errors import InputError
from superres.core.resources import resource

FOLDER = resource("photographs")
TABLE = FOLDER / "photographs.csv"


def carried() -> pd.DataFrame:
    """The table of the photographs in `workflow/photographs/`, of the schema `photographs`.

    Raises:
        InputError: the table or a file is missing, or a file is not what the table says.
    """
    table = csv_tables.read([TABLE], "photographs")
    for row in table.itertuples():
        file = FOLDER / row.file
        if not file.is_file() or sha256(file) != row.sha256:
            raise InputError(f"{file}: missing or damaged; get the files of the workflow again")
    return table
