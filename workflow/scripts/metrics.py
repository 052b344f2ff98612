"""Scores of the predictions of one shard against their HR images."""

from pathlib import Path

from superres.core.console import label, run


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
    from superres.core.checksums import sha256
    from superres.data import pair_files
    from superres.images.rgb_files import is_grey
    from superres.scoring import image_quality, prediction_scores

    label(method, f"x{scale}", seed and f"seed {seed}")
    settings = {"scale": scale, "method": method, "seed": seed}

    def score(one: pair_files.Prediction) -> dict:
        return {
            **image_quality.score(*one.read(), scale, is_grey(one.hr)),
            "hr_sha256": sha256(one.hr),
            "prediction_sha256": sha256(one.predicted),
        }

    prediction_scores.write("metrics", settings, score, pairs, predictions, resume, output)


if __name__ == "__main__":
    run(metrics)
