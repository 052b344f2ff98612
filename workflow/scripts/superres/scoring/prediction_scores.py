"""Tables of scores of a shard's predictions; a killed step continues at its prediction."""

from collections.abc import Callable, Iterable
from pathlib import Path

from superres.core import csv_tables
from superres.data.pair_files import Prediction, predictions
from superres.resuming.fingerprints import fingerprint
from superres.resuming.per_photo import Draft


def write(
    kind: str,
    settings: dict,
    score: Callable[[Prediction], dict],
    pairs: Path,
    predicted: Path,
    resume: Path,
    output: Path,
    files: Iterable[Path] = (),
) -> None:
    """Score every prediction of a folder and write the table.

    Args:
        kind: of script and schema.
        settings: columns that are the same in every row: scale, method, seed.
        score: the other columns of a prediction's row, besides photo.
        pairs: folder with hr/ and lr/.
        predicted: folder of PNG files.
        resume: folder for partial work; removed at the end.
        output: CSV to write.
        files: further files that determine the scores.
    """
    draft = Draft(resume, fingerprint(kind, settings, files))
    rows = draft.each(
        predictions(pairs, predicted),
        lambda one, _: {**settings, "photo": one.photo, **score(one)},
    )
    csv_tables.write(csv_tables.frame(rows, kind), output, kind)
    draft.clear()
