"""Gain of a network over bicubic up-sampling, by the kind of LR image that it is given."""

import zlib
from collections.abc import Callable, Iterable

import numpy as np

from superres.data.pair_files import without_border
from superres.images.interpolations import upsample
from superres.images.lr_kinds import KINDS
from superres.scoring.image_quality import psnr_db

BICUBIC = "bicubic"
Upscale = Callable[[np.ndarray], np.ndarray]


def gains(
    upscale: Upscale, photos: Iterable[tuple[str, np.ndarray]], scale: int
) -> list[dict[str, str | float]]:
    """Score a network on every kind of LR image of every photo.

    Args:
        upscale: from uint8 RGB LR (h, w, 3) to uint8 RGB (h * scale, w * scale, 3).
        photos: name and uint8 RGB HR (height, width, 3), sides multiples of the scale.
        scale: whole factor.

    Returns:
        photo, kind, bicubic_psnr_db and psnr_db: RGB, 8 bits, peak 1.0, border crop = scale.
    """
    return [
        {"photo": photo, "kind": kind, **_scores(upscale, hr, make(hr, scale, _seed(photo)), scale)}
        for photo, hr in photos
        for kind, make in KINDS.items()
    ]


def _scores(upscale: Upscale, hr: np.ndarray, lr: np.ndarray, scale: int) -> dict[str, float]:
    truth = without_border(hr, scale) / 255.0
    predicted = {
        "bicubic_psnr_db": upsample(lr, (hr.shape[1], hr.shape[0]), BICUBIC),
        "psnr_db": upscale(lr),
    }
    return {
        name: psnr_db(truth, without_border(image, scale) / 255.0)
        for name, image in predicted.items()
    }


def _seed(photo: str) -> int:
    """A seed of the noise that depends on the photo's name alone."""
    return zlib.crc32(photo.encode())


def summary(scores: list[dict]) -> list[dict]:
    """One row per kind of LR image.

    Args:
        scores: from `gains`.

    Returns:
        kind; photos; bicubic_psnr_db and psnr_db, means over photos; gain_db, the mean of their
        differences; least_gain_db and greatest_gain_db; won, the photos with a gain above 0. A
        photo that either reproduces exactly has no finite PSNR and is left out of its kind.
    """
    rows = []
    for kind in KINDS:
        pairs = [
            (score["bicubic_psnr_db"], score["psnr_db"])
            for score in scores
            if score["kind"] == kind
        ]
        finite = np.array([pair for pair in pairs if np.isfinite(pair).all()]).reshape(-1, 2)
        if not len(finite):
            continue
        gain_db = finite[:, 1] - finite[:, 0]
        rows.append(
            {
                "kind": kind,
                "photos": len(finite),
                "bicubic_psnr_db": finite[:, 0].mean(),
                "psnr_db": finite[:, 1].mean(),
                "gain_db": gain_db.mean(),
                "least_gain_db": gain_db.min(),
                "greatest_gain_db": gain_db.max(),
                "won": int((gain_db > 0).sum()),
            }
        )
    return rows
