"""Scores of the predictions of one shard against their HR images."""

from pathlib import Path

from superres.core.console import run


def metrics(
    pairs: Path, predictions: Path, scale: int, method: str, seed: int, resume: Path, output: Path
) -> None:
    """Score the predictions of one shard against their HR images.

    Args:
        pairs: folder with hr/ and lr/.
        predictions: folder of PNG files.
        scale: whole factor.
        method: name for the table.
        seed: number for the table.
        resume: folder for partial work, from which a killed step continues; removed at the end.
        output: CSV to write.
    """
    from superres.core import csv_tables
    from superres.core.checksums import sha256
    from superres.data import pair_files
    from superres.images.rgb_files import is_grey
    from superres.resuming.fingerprints import fingerprint
    from superres.resuming.per_photo import Draft
    from superres.scoring import image_quality

    settings = {"scale": scale, "method": method, "seed": seed}

    def make(one: pair_files.Prediction, _) -> dict:
        return {
            **settings,
            "photo": one.photo,
            **image_quality.score(*one.read(), scale, is_grey(one.hr)),
            "hr_sha256": sha256(one.hr),
            "prediction_sha256": sha256(one.predicted),
        }

    draft = Draft(resume, fingerprint("metrics", settings))
    rows = draft.each(pair_files.predictions(pairs, predictions), make)
    csv_tables.write(csv_tables.frame(rows, "metrics"), output, "metrics")
    draft.clear()


if __name__ == "__main__":
    run(metrics)
