"""Up-sample the LR images of some pairs with a fixed kernel."""

import argparse
from pathlib import Path

from superres.core.console import add_resume, run
from superres.core.methods import INTERPOLATIONS, UNCHANGED
from superres.data import pair_files
from superres.images.interpolations import upsample
from superres.images.rgb_files import read_rgb, write_png
from superres.resuming.fingerprints import fingerprint
from superres.resuming.per_photo import Draft


def main(arguments: argparse.Namespace) -> None:
    def make(pair: pair_files.Pair, folder: Path) -> None:
        if arguments.method == UNCHANGED:
            image = pair.read_enlarged()
        else:
            image = upsample(read_rgb(pair.lr), pair.hr_size_px(), arguments.method)
        write_png(folder / f"{pair.photo}.png", image)

    draft = Draft(arguments.resume, fingerprint("interpolate", {"method": arguments.method}))
    draft.each(pair_files.photos([arguments.pairs]), make)
    draft.deliver(arguments.output)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--method", choices=INTERPOLATIONS, required=True)
    parser.add_argument("--pairs", type=Path, required=True, help="folder with lr/ and hr/")
    parser.add_argument("--output", type=Path, required=True, help="folder for the PNG files")
    add_resume(parser)
    run(main, parser)
