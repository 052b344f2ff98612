"""Train, validation and test splits."""

import hashlib
from collections.abc import Sequence

import pandas as pd

from superres.core.errors import InputError
from superres.core.natural_order import composed, natural
from superres.images.perceptual_hash import groups, near

SPLITS = ("train", "validation", "test")


def with_scenes(photos: pd.DataFrame, within_bits: int) -> pd.DataFrame:
    """Photos in natural order with their scene: the first of all photos that look alike.

    Args:
        photos: columns photo, phash.
        within_bits: hashes that differ in at most so many of their 64 bits look alike.
    """
    photos = photos.sort_values("photo", key=lambda names: names.map(natural), ignore_index=True)
    alike = groups(list(photos["phash"]), within_bits)
    return photos.assign(scene=photos["photo"].iloc[alike].to_numpy())


def learned_from(photos: pd.DataFrame, split: pd.DataFrame) -> pd.DataFrame:
    """The photos that models were trained on or chosen by: all that are not test photos."""
    names = split.loc[split["split"] != "test", "photo"]
    return photos[photos["photo"].isin(set(names))]


def by_scene(
    photos: pd.DataFrame,
    locked: dict[str, Sequence[str]],
    counts: dict[str, int],
    shares: dict[str, float],
    seed: int,
) -> pd.DataFrame:
    """Split photos so that all photos of one scene stay on one side.

    A named photo takes its whole scene along. Sides with a count then get the other scenes in the
    order of their hashes, those that still fit, up to exactly so many photos. Every other scene
    goes where the hash of the seed and its name sends it, so that photos that come later never
    move those that were there; where sides have counts, they may.

    Args:
        photos: columns photo, scene.
        locked: photos of test and of validation, by name.
        counts: photos of test or validation, where their number is given.
        shares: expected shares of the other scenes, in [0, 1], of test and of validation.
        seed: another seed gives another split.

    Returns:
        Columns photo, scene, split (one of `SPLITS`), rows as given.

    Raises:
        InputError: a named photo does not exist, a scene is claimed by both lists, no scenes add up
            to a count, or a side stays empty.
    """
    sides = _locked_scenes(photos, locked)
    rest = [scene for scene in dict.fromkeys(photos["scene"]) if scene not in sides]
    rest.sort(key=lambda scene: _unit_hash(f"{seed}:count:{scene}"))
    for side, count in counts.items():
        sides |= dict.fromkeys(_counted_scenes(photos, rest, side, count), side)
        rest = [scene for scene in rest if scene not in sides]
    for scene in rest:
        position = _unit_hash(f"{seed}:{scene}")
        if position < shares["test"]:
            sides[scene] = "test"
        elif position < shares["test"] + shares["validation"]:
            sides[scene] = "validation"
        else:
            sides[scene] = "train"
    table = photos[["photo", "scene"]].assign(split=photos["scene"].map(sides))
    for split in SPLITS:
        if split not in set(table["split"]):
            raise InputError(
                f"split: no photo of {len(table)} is in {split}; name photos or change numbers, "
                "shares or the seed under datasets.<name>.split"
            )
    return table


def fold(photos: pd.DataFrame, number: int, folds: int, seed: int) -> list[str]:
    """Test photos of one fold; every photo is in one of them, with all of its scene.

    Args:
        photos: columns photo, scene.
        number: of the fold, from 1.
        folds: how many there are.
        seed: another seed gives other folds.
    """
    scenes = sorted(set(photos["scene"]), key=lambda scene: _unit_hash(f"{seed}:fold:{scene}"))
    return list(photos.loc[photos["scene"].isin(scenes[number - 1 :: folds]), "photo"])


def _locked_scenes(photos: pd.DataFrame, locked: dict[str, Sequence[str]]) -> dict[str, str]:
    """Side of every scene with a photo that is named."""
    scenes = dict(zip(photos["photo"], photos["scene"], strict=True))
    sides: dict[str, str] = {}
    for split, named in locked.items():
        _check_named(list(scenes), split, named)
        for photo in map(composed, named):
            if sides.setdefault(scenes[photo], split) != split:
                raise InputError(
                    f"split.{split}: photo '{photo}' shows scene '{scenes[photo]}', which "
                    f"another photo locks into {sides[scenes[photo]]}"
                )
    return sides


def _check_named(photos: Sequence[str], split: str, named: Sequence[str]) -> None:
    """Refuse a name that no photo has."""
    for photo in map(composed, named):
        if photo not in photos:
            raise InputError(
                f"split.{split}: photo '{photo}' does not exist; photos: {', '.join(photos)}"
            )


def _counted_scenes(photos: pd.DataFrame, scenes: list[str], split: str, count: int) -> list[str]:
    """Scenes, in their order, that have exactly `count` photos together."""
    sizes = photos["scene"].value_counts()
    chosen, left = [], count
    for scene in scenes:
        if sizes[scene] <= left:
            chosen.append(scene)
            left -= sizes[scene]
    if left:
        free = int(sizes[scenes].sum())
        raise InputError(
            f"split.{split}: {count} photos cannot be chosen: {free} of {len(photos)} are free, "
            f"in {len(scenes)} scenes that stay together; give another number"
        )
    return chosen


def by_rows(rows: pd.DataFrame, validation_share: float) -> pd.DataFrame:
    """Split the rows of a table as Keras' `validation_split` does: the first are validation.

    Nothing keeps the LR files of one photo together. Where the table is ordered by scale, as the
    Kaggle dataset's is, validation holds the first scale alone, and all its photos are in
    training at the other scales.

    Args:
        rows: columns row, photo, scale; rows that cannot be used are left out already, as Keras
            leaves out rows without a file.
        validation_share: share of the rows, in [0, 1].

    Returns:
        Columns photo, scale, split (train or validation), ordered by row.

    Raises:
        InputError: a side stays empty.
    """
    table = rows.sort_values("row", ignore_index=True)[["photo", "scale"]]
    held_out = int(validation_share * len(table))
    if not 0 < held_out < len(table):
        raise InputError(
            f"split: the first int({validation_share} x {len(table)}) rows are validation, which "
            "leaves one side empty; change split.validation_share"
        )
    return table.assign(split=["validation"] * held_out + ["train"] * (len(table) - held_out))


def all_test(
    photos: pd.DataFrame, learned: pd.DataFrame, within_bits: int, named: Sequence[str] = ()
) -> pd.DataFrame:
    """Make photos test photos, once none of them looks like one that was learned from.

    Args:
        photos: columns photo, scene, phash.
        learned: columns photo, phash: what models were trained on or chosen by; may be empty.
        within_bits: hashes that differ in at most so many of their 64 bits look alike.
        named: the photos to take, as `split.test` names them; all where it is empty.

    Returns:
        Columns photo, scene, split (test), rows as given.

    Raises:
        InputError: a photo looks like a learned one, or a named one does not exist.
    """
    if named:
        _check_named(list(photos["photo"]), "test", named)
        photos = photos[photos["photo"].isin(map(composed, named))]
    hashes = list(learned["phash"])
    for photo in photos.itertuples():
        if alike := near(photo.phash, hashes, within_bits):
            raise InputError(
                f"photo '{photo.photo}' looks like '{learned['photo'].iloc[alike[0]]}', which the "
                "models learned from; remove it from the test set"
            )
    return photos[["photo", "scene"]].assign(split="test")


def _unit_hash(text: str) -> float:
    """A number in [0, 1) that depends on the text alone, on every machine."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]) / 2**64
