"""Scenes: copies of a photo that are told from other photos."""

import itertools

import pandas as pd
import pytest
from PIL import Image

from superres.data import ingest, photo_sources
from superres.data.splits import with_scenes

BITS = 8


def scenes(folder, **images: Image.Image) -> dict[str, str]:
    """Scene of every image, as the photo and split steps find it."""
    (folder / "in").mkdir(parents=True)
    for name, image in images.items():
        image.save(folder / f"in/{name}.png")
    sources, *_ = photo_sources.folder(folder / "in")
    copied = ingest.copy(sources, folder / "out", False, None)
    table = with_scenes(pd.DataFrame(copied.photos), BITS)
    return dict(zip(table["photo"], table["scene"], strict=True))


@pytest.fixture(scope="module")
def photos():
    # The right picture of a stereo pair shows what the left one does.
    sources = [one for one in photo_sources.bundled() if not one.photo.endswith("right")]
    return [Image.open(source.file).convert("RGB") for source in sources]


def cropped(image: Image.Image, share: float) -> Image.Image:
    width, height = image.size
    return image.crop((0, 0, round(width * (1 - share)), round(height * (1 - share))))


def test_mirrored_and_turned_copies_are_one_scene(photos, tmp_path):
    for number, photo in enumerate(photos[:4]):
        copies = {f"copy{way.value}": photo.transpose(way) for way in Image.Transpose}
        found = scenes(tmp_path / str(number), original=photo, **copies)
        assert len(copies) == 7 and len(set(found.values())) == 1


def test_smaller_and_slightly_cropped_copies_are_one_scene(photos, tmp_path):
    photo = photos[0]
    smaller = photo.resize([side_px // 3 for side_px in photo.size], Image.Resampling.BICUBIC)
    turned = cropped(photo, 0.01).transpose(Image.Transpose.ROTATE_90)
    assert len(set(scenes(tmp_path, a=photo, b=smaller, c=turned).values())) == 1


def test_other_photos_and_large_crops_are_scenes_of_their_own(photos, tmp_path):
    found = scenes(tmp_path / "all", **{f"p{number}": one for number, one in enumerate(photos)})
    for one, other in itertools.combinations(found, 2):
        assert found[one] != found[other]
    # What the documentation says is not found.
    crops = {f"c{number}": cropped(one, 0.25) for number, one in enumerate(photos)}
    originals = {f"p{number}": one for number, one in enumerate(photos)}
    found = scenes(tmp_path / "cropped", **originals, **crops)
    missed = [number for number in range(len(photos)) if found[f"p{number}"] != found[f"c{number}"]]
    assert len(missed) > len(photos) / 2
