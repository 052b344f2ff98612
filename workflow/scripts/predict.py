"""LR images up-sampled with a trained network."""

from pathlib import Path

from superres.core.console import label, run
from superres.core.precisions import Precision


def predict(
    network: Path,
    pairs: Path,
    scale: int,
    resume: Path,
    output: Path,
    precision: Precision = "float32",
) -> None:
    """Up-sample the LR images of some pairs with a trained network.

    Args:
        network: .onnx, .tflite or .keras file.
        pairs: folder with lr/.
        scale: whole factor.
        resume: folder for partial work, from which a killed step continues; removed at the end.
        output: folder for the PNG files.
        precision: of the products.
    """
    from superres.data import pair_files
    from superres.images.rgb_files import read_rgb, write_png
    from superres.networks import prediction
    from superres.networks.runtimes import open_network
    from superres.resuming.fingerprints import fingerprint
    from superres.resuming.per_photo import Draft

    label(f"x{scale}")
    # One thread per job on any machine, so that sums, and so bytes, are the same; shards run side
    # by side.
    opened = open_network(network, threads=1, precision=precision)

    def make(pair: pair_files.Pair, folder: Path) -> None:
        enlarged = read_rgb(pair.enlarged) if pair.enlarged else None
        image = prediction.predict(opened, read_rgb(pair.lr), scale, enlarged)
        write_png(folder / f"{pair.photo}.png", image)

    settings = {"scale": scale, "precision": opened.precision}
    draft = Draft(resume, fingerprint("predict", settings, [network]))
    draft.each(pair_files.photos([pairs]), make)
    draft.deliver(output)


if __name__ == "__main__":
    run(predict)
