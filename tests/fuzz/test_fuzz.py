"""Input of users and the internet: read, or refused in one line; nothing else happens.

A hundred cases each in the usual tests; `make fuzz CASES=100000` tries that many in all.
"""

import contextlib
import copy
import io
import json
import math
import os
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from superres import config
from superres.config import files
from superres.core import csv_tables
from superres.core.console import printable, shown
from superres.core.errors import InputError
from superres.data import photo_sources
from superres.images import pictures, rgb_files

ROOT = Path(__file__).parents[2]
DEFAULT = yaml.safe_load((ROOT / "config/config.yaml").read_text())
# With every section that there is.
FULL = DEFAULT | {
    "run": DEFAULT["run"] | {"datasets": ["bundled", "mine", "old"], "gpu": False},
    "datasets": DEFAULT["datasets"]
    | {
        "mine": {"source": "folder", "path": "~/mine", "trained_on": "bundled", "realistic": {}},
        "old": {
            "source": "download",
            "download": "theirs",
            "degradation": "provided",
            "resize": {"size_px": [64, 32]},
            "split": {"by": "rows"},
            "evaluate": {"split": "validation", "scales": [2]},
            "methods": ["unchanged", "bicubic", "paper_autoencoder"],
        },
    },
    "downloads": {"theirs": {"kaggle": "a/b", "version": 1}},
    "sweeps": {
        "wide": {
            "model": "lr_autoencoder",
            "dataset": "bundled",
            "scale": 2,
            "grid": {"options.channels": [8, 16], "training.augment": [["flip"], []]},
        }
    },
    "paper": {"as_run": "old", "clean": "bundled", "model": "paper_autoencoder"},
    "metrics": {"lpips": {"path": "a.onnx", "sha256": "0" * 64}},
    "front": {"hr_size_px": [32, 32]},
    "prediction": {},
    "upscale": {"input": "a", "output": "b", "network": "c.keras", "scale": 2, "factor": 1.5},
    "release": {"lr_autoencoder": {"dataset": "bundled"}},
    "figures": {},
}
CONFIGURATIONS = [file.read_bytes() for file in sorted((ROOT / "config").glob("*.yaml"))]
COLUMNS = {
    file.name.partition(".")[0]: list(yaml.safe_load(file.read_text())["properties"])
    for file in sorted((ROOT / "workflow/schemas").glob("*.yaml"))
}
# As YAML reads them, and all values as text.
COMPLETE = [
    yaml.load(yaml.safe_dump(configuration), loader)
    for configuration in (DEFAULT, FULL)
    for loader in (yaml.SafeLoader, yaml.BaseLoader)
]
FUZZERS = 7
fuzzed = settings(
    max_examples=math.ceil(int(os.environ.get("FUZZ_CASES", 100 * FUZZERS)) / FUZZERS),
    database=None,
    suppress_health_check=list(HealthCheck),
)


def read_or_refused(read: Callable[[], object]) -> None:
    """Insist that reading works, or ends in one line that can be printed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            read()
        except InputError as error:
            assert str(error)
            assert "\n" not in str(error)


def pictures_of_all_kinds() -> list[bytes]:
    """A small picture in every format and mode that people have."""
    contents = []
    for form, modes in {
        "PNG": ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"],
        "JPEG": ["L", "RGB", "CMYK"],
        "WEBP": ["RGB", "RGBA"],
        "TIFF": ["1", "L", "P", "RGB", "RGBA", "CMYK", "I;16", "F"],
        "GIF": ["P"],
        "BMP": ["L", "RGB"],
        "JPEG2000": ["L", "RGB", "RGBA", "I;16"],
        "AVIF": ["RGB", "RGBA"],
        "DDS": ["RGB", "RGBA"],
        "SPIDER": ["F"],
        "BLP": ["P"],
        "ICO": ["RGBA"],
        "PPM": ["RGB"],
        "TGA": ["RGB"],
    }.items():
        for mode in modes:
            exif = Image.Exif()
            exif[0x0112] = 6
            described = form in ("JPEG", "PNG", "WEBP", "TIFF", "AVIF")
            options = {"exif": exif} if described else {}
            file = io.BytesIO()
            Image.new(mode, (7, 5)).save(file, form, **options)
            contents.append(file.getvalue())
    return [*contents, *described_pictures()]


def described_pictures() -> list[bytes]:
    """Small pictures with everything that can belong to one."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8769)[0xA434] = "50 mm"
    exif.get_ifd(0x8825)[1] = "N"
    xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/" xmlns:t="t" t:Orientation="6" t:MotionPhoto="1"/>'
    iptc = b"\x1c\x02\x78\0\x07caption\x1c\x02\x5a\0\x06London"
    segment = b"Photoshop 3.0\0" + b"8BIM\x04\x04\0\0" + len(iptc).to_bytes(4, "big") + iptc
    segment = b"\xff\xed" + (len(segment) + 2).to_bytes(2, "big") + segment
    icc = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    texts = PngInfo()
    texts.add_text("parameters", "a prompt", zip=True)
    texts.add_itxt("XML:com.adobe.xmp", xmp.decode())
    texts.add(b"cHRM", bytes(32))
    common = {"exif": exif.tobytes(), "icc_profile": icc, "dpi": (300, 300)}
    own = {
        "JPEG": {"xmp": xmp, "comment": b"a prompt", "extra": segment},
        "PNG": {"pnginfo": texts},
        "WEBP": {"xmp": xmp},
        "AVIF": {"xmp": xmp},
        "TIFF": {"compression": "raw"},
    }
    contents = []
    for form, options in own.items():
        file = io.BytesIO()
        Image.new("RGB", (7, 5)).save(file, form, **common, **options)
        contents.append(file.getvalue())
    for form in ("PNG", "TIFF"):
        parts = dict.fromkeys(["alpha", "lossless_webp", "xmp"])
        deep = pictures.Picture(
            rgb=np.full((5, 7, 3), 0x1234, np.uint16),
            grey=False,
            format=form,
            icc=icc,
            exif=exif.tobytes(),
            **parts,
        )
        file = io.BytesIO()
        pictures.encode(file, deep)
        contents.append(file.getvalue())
    return contents


@st.composite
def damaged(draw, whole: st.SearchStrategy[bytes]) -> bytes:
    """Bytes of a file with some changed, put in, taken out or cut off."""
    content = bytearray(draw(whole))
    for _ in range(draw(st.integers(0, 6))):
        at = draw(st.integers(0, len(content)))
        match draw(st.sampled_from(["change", "insert", "remove", "cut", "repeat"])):
            case "change":
                noise = draw(st.binary(min_size=1, max_size=8))
                content[at : at + len(noise)] = noise
            case "insert":
                content[at:at] = draw(st.binary(min_size=1, max_size=8))
            case "remove":
                del content[at : at + draw(st.integers(1, 16))]
            case "cut":
                del content[at:]
            case "repeat":
                content[at:at] = content[at : at + draw(st.integers(1, 64))]
    return bytes(content)


images = damaged(st.sampled_from(pictures_of_all_kinds()) | st.binary(max_size=64))


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("fuzz")


@fuzzed
@given(images)
def test_photos(folder, content):
    (folder / "photo").write_bytes(content)
    read_or_refused(lambda: rgb_files.read_rgb(folder / "photo"))


@fuzzed
@given(images)
def test_pictures(folder, content):
    (folder / "picture").write_bytes(content)
    read_or_refused(lambda: pictures.read(folder / "picture"))


@fuzzed
@given(images, st.booleans())
def test_pictures_with_all_that_belongs_to_them(folder, content, private):
    """Whatever is read is written, read again, and of the same size and kind."""
    (folder / "picture").write_bytes(content)

    def read_and_write() -> None:
        picture = pictures.read(folder / "picture")
        picture = pictures.without_private(picture) if private else picture
        again = pictures.read(pictures.write(folder / "written", picture))
        assert again.rgb.shape == picture.rgb.shape
        assert again.rgb.dtype == picture.rgb.dtype

    read_or_refused(read_and_write)


names = st.binary(min_size=1, max_size=40).filter(lambda name: not {0, ord("/")} & set(name))


@fuzzed
@given(st.sets(names | st.text(min_size=1, max_size=12).map(os.fsencode), max_size=3), images)
def test_names(folder, file_names, content):
    with tempfile.TemporaryDirectory(dir=folder) as names_folder:
        check_names(Path(names_folder), file_names, content)


def check_names(folder: Path, file_names: set[bytes], content: bytes) -> None:
    """Every photo of a folder is found or named, whatever its name."""
    for name in file_names:
        with contextlib.suppress(OSError, ValueError):
            (folder / os.fsdecode(name)).write_bytes(content)

    def read() -> None:
        photos, problems, others = photo_sources.folder(folder)
        for source in photos:
            source.photo.encode()
        for file in [*others, *(problem.file for problem in problems)]:
            assert "\n" not in printable(file.name) + shown(file)
            (printable(file.name) + shown(file)).encode()

    read_or_refused(read)


@st.composite
def tables(draw) -> tuple[str, bytes]:
    """Kind and content of a table: its columns with anything below, then damaged as bytes."""
    kind = draw(st.sampled_from(list(COLUMNS)))
    names = COLUMNS[kind]
    cell = st.sampled_from(["", "0", "-1", "0.5", "nan", "inf", "1e999", '"', "a", "x" * 99, "é"])
    rows = draw(st.lists(st.lists(cell, min_size=len(names), max_size=len(names)), max_size=3))
    text = "\n".join(",".join(row) for row in [names, *rows]) + "\n"
    return kind, draw(damaged(st.just(text.encode())))


@fuzzed
@given(tables())
def test_tables(folder, kind_and_content):
    kind, content = kind_and_content
    (folder / "table.csv").write_bytes(content)
    read_or_refused(lambda: csv_tables.read([folder / "table.csv"], kind))


words = ["paper", "bundled", "lr_autoencoder", "bicubic", "x2", "", "$(touch pwned)", "; rm", "\n"]
words += [
    "1e3",
    "2.0",
    "010",
    "[2, 4]",
    "{scale: 2}",
    "yes",
    "null",
    "~",
    "1e999",
    ".nan",
    "*a",
    "é",
]
keys = st.sampled_from(words) | st.text(max_size=8) | st.integers() | st.booleans() | st.none()
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats()
    | st.sampled_from(words)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=6,
)


@st.composite
def configurations(draw) -> dict:
    """A configuration with values of any kind in some places, keys added or missing."""
    config = copy.deepcopy(draw(st.sampled_from(COMPLETE)))
    for _ in range(draw(st.integers(1, 4))):
        place = config
        while True:
            key = draw(st.sampled_from(sorted(place, key=str)) | keys)
            inner = place.get(key)
            if not isinstance(inner, dict) or not inner or draw(st.integers(0, 3)) == 0:
                break
            place = inner
        if draw(st.booleans()) or key not in place:
            place[key] = draw(values)
        else:
            del place[key]
        if not place:
            break
    return config


@fuzzed
@given(configurations() | values)
def test_configurations(configuration):
    def read() -> None:
        complete = config.complete(configuration)
        # As jobs are given it: JSON, to files and commands that take no other characters.
        json.dumps(complete.model_dump(), allow_nan=False, ensure_ascii=False).encode()

    read_or_refused(read)


def test_the_full_configuration_is_one():
    assert config.complete(FULL)


@fuzzed
@given(damaged(st.sampled_from(CONFIGURATIONS)))
def test_files_of_the_configuration(folder, content):
    (folder / "mine.yaml").write_bytes(content)
    read_or_refused(lambda: files.check_file(folder / "mine.yaml"))
