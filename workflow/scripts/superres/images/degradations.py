"""LR images from HR images, picked by name."""

import hashlib
import io

import cv2
import numpy as np
from PIL import Image

from superres.core.errors import InputError

# Side of what JPEG compresses together, with colours at half resolution.
JPEG_BLOCK_PX = 16


def mod_crop(hr: np.ndarray, scale: int) -> np.ndarray:
    """Crop the right and lower edge so that both sides are multiples of the scale.

    Args:
        hr: array (height, width, 3).
        scale: whole factor, at least 1.

    Returns:
        View (height - height % scale, width - width % scale, 3).

    Raises:
        InputError: a side is shorter than the scale, so nothing would be left.
    """
    height_px, width_px = hr.shape[:2]
    if min(height_px, width_px) < scale:
        raise InputError(
            f"{width_px}x{height_px} px is smaller than the scale x{scale}; "
            "remove the photo or choose a smaller scale"
        )
    return hr[: height_px - height_px % scale, : width_px - width_px % scale]


def bicubic(hr: np.ndarray, scale: int) -> np.ndarray:
    """Bicubic down-sampling with antialiasing, Keys' kernel with a = -0.5 (Pillow, near MATLAB's).

    Args:
        hr: uint8 array (height, width, 3) whose sides are multiples of the scale.
        scale: whole factor, at least 1.

    Returns:
        uint8 array (height // scale, width // scale, 3).
    """
    return down_sampled(hr, scale, "bicubic")


def down_sampled(hr: np.ndarray, scale: int, filter: str) -> np.ndarray:
    """The same by a filter of Pillow's, antialiased but for `nearest`."""
    height_px, width_px = hr.shape[:2]
    size_px = (width_px // scale, height_px // scale)
    return np.asarray(Image.fromarray(hr).resize(size_px, Image.Resampling[filter.upper()]))


def unsplash(hr: np.ndarray, scale: int) -> bytes:
    """The LR file of the Kaggle dataset "Image Super Resolution - Unsplash", made again.

    Bilinear down-sampling without antialiasing to (width // scale, height // scale), NEAREST
    up-sampling back, JPEG at quality 95. Found by trying: it gives the pixels of the dataset's
    own LR files.

    Args:
        hr: uint8 array (height, width, 3), no side shorter than the scale.
        scale: whole factor, at least 1.

    Returns:
        A JPEG file of (height, width).
    """
    height_px, width_px = hr.shape[:2]
    small = cv2.resize(hr, (width_px // scale, height_px // scale), interpolation=cv2.INTER_LINEAR)
    rows, columns = _blocks(height_px, scale), _blocks(width_px, scale)
    file = io.BytesIO()
    Image.fromarray(small[rows][:, columns]).save(file, format="JPEG", quality=95)
    return file.getvalue()


def draw(ranges: dict, photo: str) -> dict:
    """The strength of every part of `realistic` for one photo.

    Depends on the seed and the name alone, so neither shards nor other photos play a part.

    Args:
        ranges: seed, and what `strengths` takes.
        photo: name.

    Returns:
        photo, seed (of the noise), and what `strengths` returns.
    """
    digest = hashlib.sha256(f"{ranges['seed']}:{photo}".encode()).digest()
    seed = int.from_bytes(digest[:6])
    return {"photo": photo, "seed": seed} | strengths(ranges, np.random.default_rng(seed))


def strengths(ranges: dict, rng: np.random.Generator) -> dict:
    """The strength of every part of `realistic`.

    Args:
        ranges: the section `realistic` of a dataset: lowest and highest blur_sigma_px, noise_sigma,
            jpeg_quality and sharpening; blur_share, noise_share, jpeg_share and sharpening_share,
            how often each is done; jpeg_twice_share, how often a JPEG is one of a JPEG; filters and
            jpeg_chroma, of each of which one is drawn.
        rng: draws them.

    Returns:
        blur_sigma_px, noise_sigma, jpeg_quality, jpeg_earlier_quality and sharpening, each 0 where
        it is not done; filter and jpeg_chroma.
    """
    lowest, highest = ranges["jpeg_quality"]
    drawn = {
        "blur_sigma_px": float(rng.uniform(*ranges["blur_sigma_px"])),
        "noise_sigma": float(rng.uniform(*ranges["noise_sigma"])),
        "jpeg_quality": int(rng.integers(lowest, highest + 1)),
        "sharpening": float(rng.uniform(*ranges["sharpening"])),
    }
    shares = {name: ranges[f"{name.split('_')[0]}_share"] for name in drawn}
    done = {name: value * (rng.random() < shares[name]) for name, value in drawn.items()}
    done |= {
        "filter": str(rng.choice(ranges["filters"])),
        "jpeg_chroma": str(rng.choice(ranges["jpeg_chroma"])),
    }
    earlier = int(rng.integers(lowest, highest + 1))
    twice = done["jpeg_quality"] > 0 and rng.random() < ranges["jpeg_twice_share"]
    return done | {"jpeg_earlier_quality": earlier * twice}


def realistic(
    hr: np.ndarray,
    scale: int,
    seed: int,
    blur_sigma_px: float,
    noise_sigma: float,
    jpeg_quality: int,
    sharpening: float = 0.0,
    filter: str = "bicubic",
    jpeg_chroma: str = "4:2:0",
    jpeg_earlier_quality: int = 0,
) -> np.ndarray:
    """What cameras and uploads do: blur, down-sampling, sharpening, noise, JPEG once or twice.

    Args:
        hr: uint8 array (height, width, 3) whose sides are multiples of the scale.
        scale: whole factor, at least 1.
        seed: of the noise, and of where the blocks of the earlier JPEG begin.
        blur_sigma_px: of a Gaussian, in HR pixels; 0 for none.
        noise_sigma: of Gaussian noise, in grey levels of 255.
        jpeg_quality: Pillow's, 1 to 95; 0 for no JPEG.
        sharpening: share of the difference from a Gaussian of 1 LR pixel that is added.
        filter: Pillow's for the down-sampling, antialiased but for `nearest`.
        jpeg_chroma: how JPEG samples the colours.
        jpeg_earlier_quality: of a JPEG from which that one was made; 0 for none.

    Returns:
        uint8 array (height // scale, width // scale, 3).
    """
    blurred = cv2.GaussianBlur(hr, (0, 0), blur_sigma_px) if blur_sigma_px > 0 else hr
    lr = down_sampled(blurred, scale, filter)
    if sharpening > 0:
        lr = cv2.addWeighted(lr, 1 + sharpening, cv2.GaussianBlur(lr, (0, 0), 1), -sharpening, 0)
    if noise_sigma > 0:
        lr = noisy(lr, seed, noise_sigma)
    if jpeg_earlier_quality:
        lr = as_cropped_jpeg(lr, seed, jpeg_earlier_quality, jpeg_chroma)
    return as_jpeg(lr, jpeg_quality, jpeg_chroma) if jpeg_quality else lr


def noisy(lr: np.ndarray, seed: int, sigma: float) -> np.ndarray:
    """The image with Gaussian noise, rounded and clipped.

    Args:
        lr: uint8 array (height, width, 3).
        seed: of the noise.
        sigma: in grey levels of 255.
    """
    noise = np.random.default_rng(seed).normal(0, sigma, lr.shape)
    return np.clip(np.rint(lr + noise), 0, 255).astype(np.uint8)


def as_jpeg(lr: np.ndarray, quality: int, subsampling: str = "4:2:0") -> np.ndarray:
    """The image as a JPEG file shows it.

    Args:
        lr: uint8 array (height, width, 3).
        quality: Pillow's, 1 to 95.
        subsampling: of the colours.
    """
    file = io.BytesIO()
    Image.fromarray(lr).save(file, format="JPEG", quality=quality, subsampling=subsampling)
    return np.asarray(Image.open(file, formats=["JPEG"]))


def as_cropped_jpeg(lr: np.ndarray, seed: int, quality: int, subsampling: str) -> np.ndarray:
    """The image as a JPEG file shows it that was larger: its blocks begin at any pixel.

    Args:
        lr: uint8 array (height, width, 3).
        seed: of the place.
        quality: Pillow's, 1 to 95.
        subsampling: of the colours.
    """
    top, left = np.random.default_rng([seed, 1]).integers(JPEG_BLOCK_PX, size=2)
    larger = np.pad(lr, ((top, 0), (left, 0), (0, 0)), mode="edge")
    return as_jpeg(larger, quality, subsampling)[top:, left:]


def recover(enlarged: np.ndarray, scale: int) -> np.ndarray:
    """The small image inside an LR file that was up-sampled by NEAREST.

    Every pixel is the mean of its block, which also averages the JPEG noise away. Blocks need not
    be alike: 800 rows hold 133 blocks of 6 or 7.

    Args:
        enlarged: uint8 array (height, width, 3) as `unsplash` stores it.
        scale: whole factor, at least 1.

    Returns:
        uint8 array (height // scale, width // scale, 3).
    """
    sums = enlarged.astype(np.float64)
    for axis in (0, 1):
        blocks = _blocks(enlarged.shape[axis], scale)
        starts = np.flatnonzero(np.diff(blocks, prepend=-1))
        shape = [-1 if dimension == axis else 1 for dimension in range(3)]
        sums = np.add.reduceat(sums, starts, axis) / np.bincount(blocks).reshape(shape)
    return np.rint(sums).astype(np.uint8)


def _blocks(side_px: int, scale: int) -> np.ndarray:
    """Which small pixel every large one repeats, as OpenCV's NEAREST picks it."""
    return np.arange(side_px) * (side_px // scale) // side_px


def degrade(
    name: str, hr: np.ndarray, scale: int, drawn: dict | None = None
) -> tuple[np.ndarray, bytes | None]:
    """LR from HR.

    Args:
        name: one of `DEGRADATIONS`.
        hr: uint8 array (height, width, 3).
        scale: whole factor, at least 1.
        drawn: from `draw`, for `realistic`.

    Returns:
        The LR image, uint8 (height // scale, width // scale, 3), and the HR-sized file in which
        it was stored, where the degradation has one.
    """
    if name == "bicubic":
        return bicubic(hr, scale), None
    if name == "realistic":
        own = {key: value for key, value in (drawn or {}).items() if key != "photo"}
        return realistic(hr, scale, **own), None
    stored = unsplash(hr, scale)
    return recover(np.asarray(Image.open(io.BytesIO(stored), formats=["JPEG"])), scale), stored


DEGRADATIONS = ("bicubic", "unsplash", "realistic")
