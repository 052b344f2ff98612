"""Training pairs whose HR is blended with what a trained network predicts."""

from pathlib import Path

from superres.core.console import label, run
from superres.core.precisions import Precision


def teach(
    network: Path,
    pairs: Path,
    scale: int,
    resume: Path,
    output: Path,
    precision: Precision = "float32",
) -> None:
    """Blend HR images half and half with what a trained network predicts from their LR images.

    Args:
        network: .onnx, .tflite or .keras file.
        pairs: folder of training pairs.
        scale: whole factor.
        resume: folder for partial work, from which a killed step continues; removed at the end.
        output: folder for hr/ and lr/.
        precision: of the products.
    """
    from superres.data import pair_files
    from superres.images.rgb_files import read_rgb
    from superres.networks import prediction
    from superres.networks.runtimes import open_network
    from superres.resuming.fingerprints import fingerprint
    from superres.resuming.per_photo import Draft

    label(f"x{scale}")
    opened = open_network(network, threads=1, precision=precision)

    def make(pair: pair_files.Pair, folder: Path) -> None:
        lr = read_rgb(pair.lr)
        enlarged = read_rgb(pair.enlarged) if pair.enlarged else None
        taught = prediction.blended(opened, lr, scale, read_rgb(pair.hr), enlarged)
        pair_files.write(folder, pair.photo, lr, taught, enlarged)

    settings = {"scale": scale, "precision": opened.precision}
    draft = Draft(resume, fingerprint("teach", settings, [network]))
    draft.each(pair_files.photos([pairs]), make)
    draft.deliver(output)


if __name__ == "__main__":
    run(teach)
