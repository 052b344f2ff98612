"""LR images up-sampled with a fixed kernel."""

from pathlib import Path
from typing import Literal

from superres.core.console import label, run


def interpolate(
    method: Literal["unchanged", "nearest", "bilinear", "bicubic", "lanczos"],
    pairs: Path,
    resume: Path,
    output: Path,
) -> None:
    """Up-sample the LR images of some pairs with a fixed kernel.

    Args:
        method: kernel.
        pairs: folder with lr/ and hr/.
        resume: folder for partial work, from which a killed step continues; removed at the end.
        output: folder for the PNG files.
    """
    from superres.core.methods import UNCHANGED
    from superres.data import pair_files
    from superres.images.interpolations import upsample
    from superres.images.rgb_files import read_rgb, write_png
    from superres.resuming.fingerprints import fingerprint
    from superres.resuming.per_photo import Draft

    label(method)

    def make(pair: pair_files.Pair, folder: Path) -> None:
        if method == UNCHANGED:
            image = pair.read_enlarged()
        else:
            image = upsample(read_rgb(pair.lr), pair.hr_size_px(), method)
        write_png(folder / f"{pair.photo}.png", image)

    draft = Draft(resume, fingerprint("interpolate", {"method": method}))
    draft.each(pair_files.photos([pairs]), make)
    draft.deliver(output)


if __name__ == "__main__":
    run(interpolate)
