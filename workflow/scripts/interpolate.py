"""Up-sample the LR images of some pairs with a fixed kernel."""

import argparse
from pathlib import Path

from superres import pairs
from superres.console import add_resume, run
from superres.drafts import Draft
from superres.fingerprint import fingerprint
from superres.interpolations import upsample
from superres.methods import INTERPOLATIONS, UNCHANGED
from superres.photos import read_rgb, write_png


def main(arguments: argparse.Namespace) -> None:
    def make(pair: pairs.Pair, folder: Path) -> None:
        if arguments.method == UNCHANGED:
            image = pair.read_enlarged()
        else:
            image = upsample(read_rgb(pair.lr), pair.hr_size_px(), arguments.method)
        write_png(folder / f"{pair.photo}.png", image)

    draft = Draft(arguments.resume, fingerprint("interpolate", {"method": arguments.method}))
    draft.each(pairs.photos([arguments.pairs]), make)
    draft.deliver(arguments.output)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--method", choices=INTERPOLATIONS, required=True)
    parser.add_argument("--pairs", type=Path, required=True, help="folder with lr/ and hr/")
    parser.add_argument("--output", type=Path, required=True, help="folder for the PNG files")
    add_resume(parser)
    run(main, parser)
