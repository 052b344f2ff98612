"""The training set made from small packages and files, as from real ones."""

import hashlib
import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from test_packages import package, resource

from superres.core import csv_tables
from superres.core.errors import InputError
from superres.data import free_photographs, originals, photo_sources, training_set
from superres.images.perceptual_hash import near
from superres.images.rgb_files import read_rgb
from superres.images.view_hashes import of_all_views

ROOT = Path(__file__).parents[3]
STANDARD_SETS = ROOT.parent / "shared/standard-sets"


def as_webp(image):
    file = io.BytesIO()
    Image.fromarray(image).save(file, "WEBP", quality=80)
    return file.getvalue()


def row(photo, content, origin, member):
    image = originals.cleaned(content, 2)
    return {
        "photo": photo,
        "licence": "CC0-1.0",
        "author": "somebody",
        "source": "https://example.org",
        "origin": origin,
        "member": member,
        "member_sha256": hashlib.sha256(content).hexdigest(),
        "reduced_by": 2,
        "left_px": 0,
        "top_px": 0,
        "width_px": image.shape[1],
        "height_px": image.shape[0],
        "round_trip_psnr_db": 30.0,
        "colours_per_pixel": 0.5,
        "phash": of_all_views(image)[0],
        "pixels_sha256": training_set.digest(image),
    }


@pytest.fixture
def small(tmp_path, monkeypatch):
    """A table of two photographs: one in a package, one at an address that is a folder here."""
    photos = [read_rgb(source.file)[:200, :300] for source in photo_sources.from_packages()[:2]]
    contents = [as_webp(image) for image in photos]
    (tmp_path / "mine").mkdir()
    inside = resource({"a.webp": contents[0]})
    deb = package(tmp_path / "mine/pictures_1_all.deb", {"usr/a.rcc": inside})
    (tmp_path / "public/some folder").mkdir(parents=True)
    (tmp_path / "public/some folder/b.webp").write_bytes(contents[1])
    known = {
        "origin": ["pictures", "site"],
        "package": ["pictures", ""],
        "version": ["1", "0123"],
        "address": ["", f"file://{tmp_path}/public/"],
        "sha256": [hashlib.sha256(deb.read_bytes()).hexdigest(), ""],
    }
    pd.DataFrame(known).to_csv(tmp_path / "origins.csv", index=False)
    rows = [
        row("a", contents[0], "pictures", "usr/a.rcc!in/a.webp"),
        row("b", contents[1], "site", "some folder/b.webp"),
    ]
    table = csv_tables.frame(rows, "training_set")
    csv_tables.write(table, tmp_path / "training_set.csv", "training_set")
    monkeypatch.setattr(originals, "ORIGINS", tmp_path / "origins.csv")
    monkeypatch.setattr(training_set, "TABLE", tmp_path / "training_set.csv")
    return tmp_path


def make(folder, leave_out=(), test_sets=(), folders=("mine",)):
    training_set.make(
        [folder / name for name in folders],
        folder / "fetched",
        folder / "out",
        list(leave_out),
        [folder / name for name in test_sets],
    )
    return sorted(file.name for file in (folder / "out").iterdir())


def refused(folder, message, **options):
    with pytest.raises(InputError, match=message) as error:
        make(folder, **options)
    assert "\n" not in str(error.value)
    assert not (folder / "out").exists()
    assert not (folder / "out.part").exists()


def test_photographs_come_from_packages_and_addresses(small):
    assert make(small) == ["a.png", "b.png"]
    table = csv_tables.read([training_set.TABLE], "training_set").set_index("photo")
    for photo in table.index:
        image = read_rgb(small / f"out/{photo}.png")
        assert training_set.digest(image) == table.loc[photo, "pixels_sha256"]
    # What was fetched is kept, and taken where the address is gone.
    (small / "public/some folder/b.webp").unlink()
    assert make(small) == ["a.png", "b.png"]


def test_origins_can_be_left_out(small):
    assert make(small, leave_out=["site"]) == ["a.png"]
    refuse = {"leave_out": ["pictures", "site"]}
    (small / "out/a.png").unlink()
    (small / "out").rmdir()
    refused(small, "no photograph is left", **refuse)
    refused(small, "no origin 'sites'; known: pictures, site", leave_out=["sites"])


def test_an_address_that_is_gone_is_named_with_a_way_out(small):
    (small / "public/some folder/b.webp").unlink()
    refused(small, r"some%20folder/b\.webp: cannot be fetched .*put the file b\.webp into one")


def test_another_file_at_an_address_is_refused(small):
    (small / "public/some folder/b.webp").write_bytes(b"another one")
    refused(small, r"b\.webp: not the file that the table lists")


def test_without_a_package_and_apt_the_message_says_what_to_do(small, monkeypatch):
    monkeypatch.setenv("PATH", str(small))
    message = "apt-get, which fetches pictures=1, is not installed; put the file of pictures=1"
    refused(small, message, folders=())


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("echo 'E: no such\nversion' >&2; exit 100", "apt-get download pictures=1: E: no such ver"),
        ("echo other > pictures_1_all.deb", "apt-get download pictures=1: another file than"),
    ],
)
def test_a_package_that_cannot_be_fetched_is_named(small, monkeypatch, script, message):
    (small / "apt-get").write_text(f"#!/bin/sh\n{script}\n")
    (small / "apt-get").chmod(0o755)
    monkeypatch.setenv("PATH", f"{small}:/usr/bin:/bin")
    refused(small, message, folders=())


def test_a_package_is_fetched_where_apt_has_it(small, monkeypatch):
    deb = small / "mine/pictures_1_all.deb"
    (small / "apt-get").write_text(f"#!/bin/sh\ncp '{deb}' .\n")
    (small / "apt-get").chmod(0o755)
    monkeypatch.setenv("PATH", f"{small}:/usr/bin:/bin")
    assert make(small, folders=()) == ["a.png", "b.png"]


def test_other_pixels_than_the_tables_are_refused(small):
    table = csv_tables.read([training_set.TABLE], "training_set")
    table.loc[1, "pixels_sha256"] = "0" * 64
    csv_tables.write(table, training_set.TABLE, "training_set")
    refused(small, "b: its pixels are not those of the table")


@pytest.mark.parametrize("view", range(8))
def test_a_photograph_of_a_test_set_is_refused_however_it_is_turned(small, view):
    image = read_rgb(photo_sources.from_packages()[1].file)[:200, :300]
    image = np.rot90(image[:, ::-1] if view > 3 else image, view)
    (small / "tests").mkdir()
    Image.fromarray(np.ascontiguousarray(image)).save(small / "tests/x.png")
    refused(small, r"b: looks like .*x\.png, which nothing may be trained on", test_sets=["tests"])


def test_the_embedded_defaults_test_photographs_are_refused(small):
    held_out = free_photographs.carried().query("use == 'test'").iloc[0]
    table = csv_tables.read([training_set.TABLE], "training_set")
    table.loc[0, "phash"] = held_out["phash"]
    csv_tables.write(table, training_set.TABLE, "training_set")
    refused(small, f"a: looks like {held_out['photo']}, which nothing")


def test_the_table_is_large_clean_and_licensed():
    table = csv_tables.read([training_set.TABLE], "training_set")
    assert len(table) >= 140
    assert (table["width_px"] * table["height_px"]).sum() >= 70e6
    assert not table["photo"].duplicated().any()
    assert not table["pixels_sha256"].duplicated().any()
    assert set(table["origin"]) <= set(originals.origins())
    training_set.check_apart(table, training_set.test_photographs())


def test_no_two_of_the_table_and_none_of_a_standard_set_are_alike():
    table = csv_tables.read([training_set.TABLE], "training_set")
    hashes = list(table["phash"])
    for position, phash in enumerate(hashes):
        assert near(phash, hashes, training_set.NEAR_BITS) == [position], table["photo"][position]
    if not STANDARD_SETS.is_dir():
        pytest.skip(f"no standard sets in {STANDARD_SETS}")
    folders = sorted(STANDARD_SETS.glob("*/HR_x2"))
    training_set.check_apart(table, training_set.photos_of(folders))
