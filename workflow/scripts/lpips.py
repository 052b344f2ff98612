"""LPIPS of the predictions of one shard, with weights that the user has."""

from pathlib import Path

from superres.core.console import run


def lpips(
    weights: Path,
    sha256: str,
    pairs: Path,
    predictions: Path,
    scale: int,
    method: str,
    seed: int,
    resume: Path,
    output: Path,
) -> None:
    """Score the predictions of one shard by LPIPS.

    Args:
        weights: ONNX file.
        sha256: its checksum.
        pairs: folder with hr/ and lr/.
        predictions: folder of PNG files.
        scale: whole factor.
        method: name for the table.
        seed: number for the table.
        resume: folder for partial work, from which a killed step continues; removed at the end.
        output: CSV to write.
    """
    from superres.data import pair_files
    from superres.scoring import lpips_network, prediction_scores

    session = lpips_network.load(weights, sha256)
    settings = {"scale": scale, "method": method, "seed": seed}

    def score(one: pair_files.Prediction) -> dict:
        images = (pair_files.without_border(image, scale) for image in one.read())
        return {"lpips": lpips_network.distance(session, *images)}

    prediction_scores.write("lpips", settings, score, pairs, predictions, resume, output, [weights])


if __name__ == "__main__":
    run(lpips)
