"""All scores of a photo beside the same scores by the libraries that researchers use.

In turns, CPU seconds on one thread; ratios are medians over the turns.
"""

import argparse
import time
from pathlib import Path

import flip_evaluator
import numpy as np
from PIL import Image
from skimage.color import rgb2ycbcr
from skimage.metrics import peak_signal_noise_ratio, structural_similarity
from turns import ratio, spread, write

from superres.data import photo_sources
from superres.images.rgb_files import read_rgb
from superres.scoring import image_quality
from superres.scoring.flip import PIXELS_PER_DEGREE

SIZE_PX = (1200, 800)
SCALE = 2
WANG = {"gaussian_weights": True, "sigma": 1.5, "use_sample_covariance": False, "data_range": 1.0}


def main() -> None:
    """Measure in turns, one photo after the other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=3, help="of each photo")
    parser.add_argument("--output", type=Path, help="JSON to write")
    arguments = parser.parse_args()
    seconds: dict[str, list[float]] = {"ours": [], "libraries": []}
    differences: dict[str, float] = {}
    for source in photo_sources.from_packages():
        photo = Image.fromarray(read_rgb(source.file)).resize(SIZE_PX, Image.Resampling.BICUBIC)
        small = photo.resize([side // SCALE for side in SIZE_PX], Image.Resampling.BICUBIC)
        images = [np.asarray(photo), np.asarray(small.resize(SIZE_PX, Image.Resampling.BICUBIC))]
        for _ in range(arguments.turns):
            found = {}
            for name, scored in (("ours", ours), ("libraries", libraries)):
                start_s = time.process_time()
                found[name] = scored(*images)
                seconds[name].append(time.process_time() - start_s)
        for score, value in found["libraries"].items():
            difference = abs(value - found["ours"][score])
            differences[score] = max(differences.get(score, 0.0), difference)
    measured = {
        "megapixels": SIZE_PX[0] * SIZE_PX[1] / 1e6,
        "cpu_s": {name: spread(values) for name, values in seconds.items()},
        "libraries_to_ours": ratio(seconds["libraries"], seconds["ours"]),
        "differences": differences,
    }
    write(measured, arguments.output)


def ours(truth: np.ndarray, predicted: np.ndarray) -> dict[str, float]:
    """As the step scores an image: these and five further scores."""
    return image_quality.score(truth, predicted, SCALE)


def libraries(truth: np.ndarray, predicted: np.ndarray) -> dict[str, float]:
    """The same by scikit-image and NVIDIA's flip-evaluator, which have no MS-SSIM."""
    rgb = [image[SCALE:-SCALE, SCALE:-SCALE] / 255 for image in (truth, predicted)]
    y = [rgb2ycbcr(image)[..., 0] / 255 for image in rgb]
    _, error, _ = flip_evaluator.evaluate(
        *(image.astype(np.float32) for image in rgb),
        "LDR",
        applyMagma=False,
        parameters={"ppd": PIXELS_PER_DEGREE},
    )
    return {
        "psnr_rgb_db": peak_signal_noise_ratio(*rgb, data_range=1.0),
        "psnr_y_db": peak_signal_noise_ratio(*y, data_range=1.0),
        "ssim_rgb": structural_similarity(*rgb, channel_axis=-1, **WANG),
        "ssim_y": structural_similarity(*y, **WANG),
        "flip": error,
    }


if __name__ == "__main__":
    main()
