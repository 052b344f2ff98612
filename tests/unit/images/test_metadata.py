"""All that belongs to a picture: made in every format, upscaled, and looked for in the result."""

import io
import re
import struct
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import tifffile
from conftest import ROOT
from PIL import ExifTags, Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from superres.images import pictures, png_files
from superres.images.upscaled_folders import Counts, upscale_all
from superres.images.upscaler import Network, Settings

RNG = np.random.default_rng(0)
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
    b'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
    b'xmlns:dc="http://purl.org/dc/elements/1.1/" dc:source="archive"/></rdf:RDF></x:xmpmeta>'
)
IPTC = b"\x1c\x02\x78\x00\x07caption\x1c\x02\x5a\x00\x06London"
QUARTER_CLOCKWISE = 6
CHUNKS = {
    b"gAMA": struct.pack(">I", 100000),
    b"cHRM": struct.pack(">8I", 31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000),
    b"cICP": bytes([9, 16, 0, 1]),
}


def nearest(image: np.ndarray) -> np.ndarray:
    return image.repeat(2, axis=0).repeat(2, axis=1)


NEAREST = Network(2, lambda image, report: nearest(image))


def upscaled(folder: Path, content: bytes, **settings) -> Path:
    """The file that comes out of `upscale` for a file of this content."""
    (folder / "in").mkdir(exist_ok=True)
    (folder / "in/picture").write_bytes(content)
    chosen = Settings(2, NEAREST, overwrite=True, **settings)
    counts = upscale_all(folder / "in/picture", folder / "out", chosen)
    assert counts == Counts(1, 0, 0)
    (file,) = (path for path in (folder / "out").iterdir() if not path.name.startswith("."))
    return file


def saved(form: str, mode: str = "RGB", size_px: tuple[int, int] = (8, 6), **options) -> bytes:
    file = io.BytesIO()
    values = RNG.integers(0, 256, (size_px[1], size_px[0], 4), np.uint8)
    image = Image.fromarray(values).convert("RGB" if mode == "P" else mode)
    (image.quantize(4) if mode == "P" else image).save(file, form, **options)
    return file.getvalue()


def exif_block(**tags) -> Image.Exif:
    block = Image.Exif()
    block[ExifTags.Base.Artist] = "Ann"
    block[ExifTags.Base.Orientation] = tags.get("orientation", 1)
    photo = block.get_ifd(ExifTags.IFD.Exif)
    photo[0xA434] = "50 mm"
    photo[0xA431] = "S/N 12345"
    block.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitudeRef] = "N"
    return block


def exif(**tags) -> bytes:
    return exif_block(**tags).tobytes()


def iptc_segment(block: bytes = IPTC) -> bytes:
    resource = (
        b"8BIM\x04\x04\0\0" + struct.pack(">I", len(block)) + block + b"\0" * (len(block) % 2)
    )
    content = b"Photoshop 3.0\0" + resource
    return b"\xff\xed" + struct.pack(">H", len(content) + 2) + content


def tiff(pixels: np.ndarray, **options) -> bytes:
    file = io.BytesIO()
    tifffile.imwrite(file, pixels, photometric="rgb", metadata=None, **options)
    return file.getvalue()


def with_chunks(content: bytes, chunks: dict[bytes, bytes]) -> bytes:
    """A PNG file with chunks behind its header."""
    added = b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in chunks.items()
    )
    return content[:33] + added + content[33:]


def chunks_of(file: Path) -> dict[bytes, bytes]:
    return {name: bytes(body) for name, body in png_files._chunks(memoryview(file.read_bytes()))}


DEEP = RNG.integers(0, 65536, (6, 8, 3)).astype(np.uint16)


def deep(form: str) -> bytes | None:
    if form == "PPM":
        return b"P6 8 6 65535\n" + DEEP.astype(">u2").tobytes()
    if form == "TIFF":
        return tiff(DEEP)
    if form in ("PNG", "JPEG 2000"):
        ending = {"PNG": ".png", "JPEG 2000": ".jp2"}[form]
        # JPEG 2000 takes no smaller pictures from OpenCV.
        large = np.tile(DEEP, (10, 10, 1))
        return cv2.imencode(ending, large)[1].tobytes()
    return None


LONG = {"size_px": (40_000, 1)}
# In each format, how a feature is put into a file; those that are not here have no such feature.
MAKERS: dict[str, Callable[[str], bytes | None]] = {
    "pixels": lambda form: smooth(PILLOW.get(form, form), form == TOO_LONG),
    "16 bits": deep,
    "colour profile": lambda form: described(form, icc_profile=SRGB),
    "colour chunks": lambda form: with_chunks(saved("PNG"), CHUNKS) if form == "PNG" else None,
    "resolution": lambda form: (
        described(form, dpi=(300, 300))
        if form in ("JPEG", "PNG", "TIFF", "BMP", TOO_LONG)
        else None
    ),
    "EXIF": lambda form: described(form, exif=exif()),
    "XMP": lambda form: described(form, xmp=XMP),
    "IPTC": lambda form: (
        described(form, extra=iptc_segment())
        if form in ("JPEG", TOO_LONG)
        else tiff(DEEP, extratags=[(33723, 7, len(IPTC), IPTC, True)])
        if form == "TIFF"
        else None
    ),
    "text": lambda form: text(form),
    "orientation": lambda form: described(form, exif=exif(orientation=QUARTER_CLOCKWISE)),
    "transparency": lambda form: transparent(form),
}
TOO_LONG = "JPEG that becomes too long"
PILLOW = {"JPEG 2000": "JPEG2000", TOO_LONG: "JPEG"}
FORMATS = ("JPEG", TOO_LONG, "PNG", "WebP", "TIFF", "BMP", "GIF", "PPM", "JPEG 2000", "AVIF")


def described(form: str, **options) -> bytes | None:
    """A file with metadata, in the formats that have such; PNG keeps XMP in a text."""
    if form in ("GIF", "PPM", "JPEG 2000") or (form == "BMP" and "dpi" not in options):
        return None
    if form == "PNG" and "xmp" in options:
        info = PngInfo()
        info.add_itxt("XML:com.adobe.xmp", options.pop("xmp").decode())
        options["pnginfo"] = info
    if form == "TIFF" and "xmp" in options:
        return tiff(DEEP, extratags=[(700, 7, len(XMP), options["xmp"], True)])
    return saved(PILLOW.get(form, form), **options, **(LONG if form == TOO_LONG else {}))


def smooth(form: str, long: bool) -> bytes:
    """A picture of few high frequencies, which formats with loss keep nearly as it is."""
    gradient = Image.linear_gradient("L")
    image = Image.merge("RGB", [gradient, gradient.rotate(90), gradient.rotate(180)])
    image = image.resize(LONG["size_px"] if long else (32, 24))
    file = io.BytesIO()
    (image.quantize(16) if form == "GIF" else image).save(file, form)
    return file.getvalue()


def text(form: str) -> bytes | None:
    if form == "PNG":
        info = PngInfo()
        info.add_text("parameters", "a prompt")
        info.add_text("workflow", "a prompt" * 99, zip=True)
        info.add_itxt("prompt", "ein Bild, schön")
        return saved("PNG", pnginfo=info)
    if form == "TIFF":
        return tiff(DEEP, description="a prompt")
    if form in ("JPEG", TOO_LONG):
        return described(form, comment=b"a prompt")
    if form in ("GIF", "JPEG 2000"):
        mode = "P" if form == "GIF" else "RGB"
        return saved(PILLOW.get(form, form), mode, comment=b"a prompt")
    return None


def transparent(form: str) -> bytes | None:
    if form in ("PNG", "WebP", "TIFF", "AVIF", "JPEG 2000"):
        return saved(PILLOW.get(form, form), "RGBA")
    return saved("GIF", "P", transparency=1) if form == "GIF" else None


def kept(feature: str, file: Path, form: str) -> bool:
    """Whether a feature is in the upscaled file, as seen by Pillow alone."""
    with Image.open(file) as image:
        info, block = image.info, image.getexif()
        if feature == "16 bits":
            return pictures.read(file).rgb.dtype == np.uint16
        if feature == "colour profile":
            return info.get("icc_profile") == SRGB
        if feature == "colour chunks":
            return CHUNKS.items() <= chunks_of(file).items()
        if feature == "resolution":
            return [round(float(value)) for value in info.get("dpi", ())] == [300, 300]
        if feature == "EXIF":
            place = block.get_ifd(ExifTags.IFD.GPSInfo)
            lens = block.get_ifd(ExifTags.IFD.Exif).get(0xA434)
            return (block.get(ExifTags.Base.Artist), lens, place.get(1)) == ("Ann", "50 mm", "N")
        if feature == "XMP":
            return info.get("xmp") == XMP
        if feature == "IPTC":
            stored = info.get("photoshop", {}).get(0x0404)
            return (image.tag_v2.get(33723) if image.format == "TIFF" else stored) == IPTC
        if feature == "text":
            comment = block.get(ExifTags.Base.ImageDescription) or info.get("comment")
            texts = {**getattr(image, "text", {}), "": comment}
            content = " ".join(str(value) for value in texts.values())
            wanted = ["a prompt"] + (["a prompt" * 99, "ein Bild, schön"] if form == "PNG" else [])
            return all(each in content for each in wanted)
        if feature == "orientation":
            assert block.get(ExifTags.Base.Orientation, 1) == 1
            return image.height > image.width
    alpha = pictures.read(file).alpha
    return alpha is not None and alpha.min() < 255


def compared(content: bytes, file: Path) -> str:
    """Whether the network's answer to the source, as Pillow reads it, is in the file."""
    with Image.open(io.BytesIO(content)) as source:
        expected = nearest(np.asarray(source.convert("RGB")))
    error = np.abs(pictures.read(file).rgb.astype(int) - expected)
    return "exact" if not error.any() else "lossy" if error.mean() < 4 else "lost"


def cell(feature: str, form: str, folder: Path, log: Callable[[], str]) -> str:
    """What becomes of a feature of a format: a cell of the table in the docs."""
    content = MAKERS[feature](form)
    if content is None:
        return ""
    file = upscaled(folder, content)
    if feature == "pixels":
        return compared(content, file)
    if kept(feature, file, form):
        return "applied" if feature == "orientation" else "kept"
    if feature == "16 bits":
        return "upper 8, in the log" if "upper 8" in log() else "lost"
    return "left out, in the log" if feature in log() else "lost"


def table_of_docs() -> list[list[str]]:
    text = (ROOT / "docs/photos.md").read_text()
    lines = re.findall(
        r"^\| (?:format|`?[A-Z]).*\|$", text[text.index("| format |") :], re.MULTILINE
    )
    return [[part.strip() for part in line.strip("|").split("|")] for line in lines]


def test_the_table_of_the_docs_is_what_happens(tmp_path, caplog):
    caplog.set_level("INFO")
    features = list(MAKERS)
    derived = [["format", *features]]
    for form in FORMATS:
        row = []
        for number, feature in enumerate(features):
            caplog.clear()
            folder = tmp_path / f"{form} {number}"
            folder.mkdir()
            row.append(cell(feature, form, folder, lambda: caplog.text))
        derived.append([form, *row])
    printed = "\n".join("| " + " | ".join(row) + " |" for row in derived)
    assert "lost" not in printed
    assert table_of_docs()[: len(derived)] == derived, printed


@pytest.mark.parametrize("icc", [False, True])
def test_srgb_stays_unless_a_profile_says_otherwise(tmp_path, icc):
    content = with_chunks(saved("PNG", icc_profile=SRGB if icc else None), {b"sRGB": b"\0"})
    assert (b"sRGB" in chunks_of(upscaled(tmp_path, content))) != icc


@pytest.mark.parametrize("unit", [0, 1])
def test_the_resolution_of_png_is_kept_to_the_pixel(tmp_path, unit):
    body = struct.pack(">IIB", 11811, 5906, unit)
    content = with_chunks(saved("PNG"), {b"pHYs": body})
    assert chunks_of(upscaled(tmp_path, content))[b"pHYs"] == body


def test_exif_tells_sizes_and_places_in_pixels_of_the_result(tmp_path):
    block = exif_block()
    photo = block.get_ifd(ExifTags.IFD.Exif)
    photo[ExifTags.Base.ExifImageWidth] = 8
    photo[0x9214] = (4, 3, 2, 2)
    photo[ExifTags.Base.FocalPlaneXResolution] = 1000.0
    with Image.open(upscaled(tmp_path, saved("JPEG", exif=block.tobytes()))) as image:
        written = image.getexif().get_ifd(ExifTags.IFD.Exif)
    assert written[ExifTags.Base.ExifImageWidth] == 16
    assert written[0x9214] == (8, 6, 4, 4)
    assert written[ExifTags.Base.FocalPlaneXResolution] == 2000


def test_16_bits_keep_all_that_belongs_to_them(tmp_path):
    content = cv2.imencode(".png", DEEP)[1].tobytes()
    texts = {b"tEXt": b"parameters\0a prompt"}
    file = upscaled(tmp_path, with_chunks(content, CHUNKS | texts))
    assert (CHUNKS | texts).items() <= chunks_of(file).items()
    assert pictures.read(file).rgb.dtype == np.uint16


BOMB = zlib.compress(bytes(20 * 10**6))


@pytest.mark.parametrize(
    ("name", "body", "stays"),
    [
        (b"zTXt", b"workflow\0\0" + zlib.compress(b"x" * 2 * 10**6), True),
        (b"iTXt", b"workflow\0\1\0\0\0" + zlib.compress(b"x" * 2 * 10**6), True),
        (b"tEXt", b"workflow\0" + b"x" * 2 * 10**6, True),
        (b"zTXt", b"workflow\0\0" + BOMB, False),
        (b"iTXt", b"workflow\0\1\0\0\0" + BOMB, False),
        (b"iCCP", b"icc\0\0" + BOMB, False),
        (b"iCCP", b"icc\0\0no profile", False),
    ],
    ids=["zTXt", "iTXt", "tEXt", "zTXt bomb", "iTXt bomb", "iCCP bomb", "iCCP damaged"],
)
def test_no_chunk_keeps_the_pixels_from_being_read(tmp_path, caplog, name, body, stays):
    plain = saved("PNG")
    with caplog.at_level("INFO"):
        file = upscaled(tmp_path, with_chunks(plain, {name: body}))
    with Image.open(io.BytesIO(plain)) as image:
        assert np.array_equal(pictures.read(file).rgb, nearest(np.asarray(image)))
    assert (chunks_of(file).get(name) == body) == stays
    assert ("left out: " in caplog.text) != stays


def test_a_large_profile_is_kept(tmp_path):
    large = SRGB + RNG.integers(0, 256, 3 * 10**6, np.uint8).tobytes()
    content = with_chunks(saved("PNG"), {b"iCCP": b"icc\0\0" + zlib.compress(large)})
    assert pictures.read(upscaled(tmp_path, content)).icc == large


def packet(properties: str) -> bytes:
    """XMP with properties as attributes, in the namespaces that phones use."""
    names = {
        "GCamera": "http://ns.google.com/photos/1.0/camera/",
        "GPano": "http://ns.google.com/photos/1.0/panorama/",
        "Container": "http://ns.google.com/photos/1.0/container/",
        "hdrgm": "http://ns.adobe.com/hdr-gain-map/1.0/",
        "tiff": "http://ns.adobe.com/tiff/1.0/",
        "exif": "http://ns.adobe.com/exif/1.0/",
        "aux": "http://ns.adobe.com/exif/1.0/aux/",
        "dc": "http://purl.org/dc/elements/1.1/",
        "photoshop": "http://ns.adobe.com/photoshop/1.0/",
        "xmpNote": "http://ns.adobe.com/xmp/note/",
    }
    spaces = " ".join(f'xmlns:{name}="{address}"' for name, address in names.items())
    inner, _, elements = properties.partition("|")
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF {spaces} '
        f'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
        f'{inner}>{elements}</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    ).encode()


FALSE = [
    'GCamera:MotionPhoto="1" GCamera:MotionPhotoVersion="1"',
    'GCamera:MicroVideo="1" GCamera:MicroVideoOffset="4003"',
    'hdrgm:Version="1.0"',
    'xmpNote:HasExtendedXMP="0123"',
    "|<Container:Directory><rdf:Seq><rdf:li>x</rdf:li></rdf:Seq></Container:Directory>",
    "|<GCamera:MotionPhoto>1</GCamera:MotionPhoto>",
]


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WebP", "TIFF"])
@pytest.mark.parametrize("properties", FALSE)
def test_xmp_claims_nothing_that_is_gone(tmp_path, caplog, form, properties):
    attributes, _, elements = properties.partition("|")
    source = packet(f'{attributes} dc:source="archive"|{elements}')
    with caplog.at_level("INFO"):
        xmp = pictures.read(upscaled(tmp_path, described(form, xmp=source))).xmp
    for name in re.findall(r"(?:GCamera|hdrgm|Container|xmpNote):(\w+)", properties):
        assert f":{name}".encode() not in xmp
        assert f"{name} of XMP" in caplog.text
    assert b'dc:source="archive"' in xmp
    assert xmp.startswith(b"<?xpacket")


def test_xmp_tells_the_size_and_orientation_of_the_result(tmp_path):
    source = packet(
        'tiff:Orientation="6" tiff:ImageWidth="8" exif:PixelYDimension="6" '
        'GPano:FullPanoWidthPixels="80" GPano:CroppedAreaTopPixels="3"'
        "|<tiff:ImageLength>6</tiff:ImageLength>"
    )
    file = upscaled(tmp_path, described("JPEG", xmp=source))
    xmp = pictures.read(file).xmp.decode()
    width_px, height_px = Image.open(file).size
    assert 'Orientation="6"' not in xmp
    assert f'tiff:ImageWidth="{width_px}"' in xmp
    assert f'exif:PixelYDimension="{height_px}"' in xmp
    assert f"<tiff:ImageLength>{height_px}</tiff:ImageLength>" in xmp
    assert 'GPano:FullPanoWidthPixels="160"' in xmp
    assert 'GPano:CroppedAreaTopPixels="6"' in xmp


@pytest.mark.parametrize(
    ("xmp", "stays"),
    [
        (b"no xml", True),
        (b"<a MotionPhoto=1>", False),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', True),
        (b'<!DOCTYPE a [<!ENTITY b "GPS">]><a>&b;</a>', False),
    ],
)
def test_xmp_that_cannot_be_read_stays_unless_it_claims_something(tmp_path, xmp, stays):
    written = pictures.read(upscaled(tmp_path, described("WebP", xmp=xmp)))
    assert written.xmp == (xmp if stays else None)


def private_sources() -> dict[str, bytes]:
    xmp = packet(
        'exif:GPSLatitude="51,30N" aux:SerialNumber="12345" photoshop:City="London" '
        'dc:source="archive"|<aux:LensSerialNumber>12345</aux:LensSerialNumber>'
    )
    sources = {form: described(form, exif=exif(), xmp=xmp) for form in ("JPEG", "WebP", "AVIF")}
    sources["JPEG"] = described("JPEG", exif=exif(), xmp=xmp, extra=iptc_segment())
    info = PngInfo()
    info.add_text("exif:GPSLatitude", "51/1 London")
    info.add_text("SerialNumber", "12345", zip=True)
    info.add_text("parameters", "a prompt")
    info.add_itxt("XML:com.adobe.xmp", xmp.decode())
    sources["PNG"] = saved("PNG", pnginfo=info, exif=exif())
    sources["TIFF"] = saved("TIFF", exif=exif())
    return sources


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WebP", "AVIF", "TIFF"])
@pytest.mark.parametrize("drop", [False, True])
def test_places_and_serial_numbers_stay_unless_they_are_to_be_dropped(tmp_path, form, drop):
    file = upscaled(tmp_path, private_sources()[form], drop_private=drop)
    picture = pictures.read(file)
    block = Image.Exif()
    block.load(picture.exif)
    assert (ExifTags.IFD.GPSInfo in block) != drop
    assert (0xA431 in block.get_ifd(ExifTags.IFD.Exif)) != drop
    assert block[ExifTags.Base.Artist] == "Ann"
    content = file.read_bytes() + b"".join(
        zlib.decompress(body.split(b"\0", 1)[1][1:])
        for name, body in (chunks_of(file).items() if picture.format == "PNG" else ())
        if name == b"zTXt"
    )
    for text in (b"12345", b"London", b"51,30N"):
        assert not (drop and text in content)
    if picture.xmp:
        assert b"archive" in picture.xmp
    if form == "JPEG":
        assert b"caption" in picture.iptc
        assert (b"London" in picture.iptc) != drop
    if form == "PNG":
        assert b"a prompt" in content


def test_what_is_too_long_for_jpeg_is_left_out_by_name(tmp_path, caplog):
    block = exif_block()
    block.get_ifd(ExifTags.IFD.Exif)[0x927C] = bytes(60_000)
    small = pictures.read(_written(tmp_path, saved("JPEG", exif=block)))
    note = Image.Exif()
    note.load(small.exif)
    note.get_ifd(ExifTags.IFD.Exif)[0x927C] = bytes(70_000)
    large = replace(
        small,
        exif=note.tobytes(),
        xmp=packet(f'dc:source="{"x" * 70_000}"'),
        comment=bytes(70_000),
        iptc=IPTC[:3] + struct.pack(">H", 0x7000) + bytes(0x7000) + IPTC * 5_000,
    )
    with caplog.at_level("INFO"):
        file = pictures.write(tmp_path / "b.jpg", large)
    written = pictures.read(file)
    assert (written.xmp, written.comment, written.iptc) == (None, None, None)
    kept_block = Image.Exif()
    kept_block.load(written.exif)
    assert kept_block[ExifTags.Base.Artist] == "Ann"
    for part in ("the maker's notes of EXIF", "xmp", "comment", "IPTC"):
        assert f"{part}, too long for JPEG" in caplog.text


def _written(folder: Path, content: bytes) -> Path:
    (folder / "a.jpg").write_bytes(content)
    return folder / "a.jpg"


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (with_chunks(saved("PNG"), {b"tIME": bytes(7), b"caBX": b"x"}), "chunk tIME, chunk caBX"),
        (saved("JPEG", extra=b"\xff\xeb\0\x0aJP claims"), "segment APP11"),
        (
            saved("JPEG", extra=b"\xff\xe1\0\x28http://ns.adobe.com/xmp/extension/\0abc"),
            "segment APP1 of further XMP",
        ),
        (tiff(DEEP, extratags=[(33550, 12, 3, (1.0, 1.0, 0.0), True)]), "tag ModelPixelScale"),
    ],
    ids=["PNG", "JPEG", "extended XMP", "GeoTIFF"],
)
def test_what_cannot_be_kept_is_named(tmp_path, caplog, content, name):
    with caplog.at_level("INFO"):
        upscaled(tmp_path, content)
    assert "left out: " in caplog.text
    assert name in caplog.text


def test_iptc_among_photoshops_resources_of_tiff_is_kept(tmp_path):
    resource = b"8BIM\x03\xed\0\0\0\0\0\x02xx8BIM\x04\x04\0\0"
    resource += struct.pack(">I", len(IPTC)) + IPTC
    pixels = RNG.integers(0, 256, (6, 8, 3), np.uint8)
    content = tiff(pixels, extratags=[(34377, 7, len(resource), resource, True)])
    assert pictures.read(upscaled(tmp_path, content)).iptc == IPTC


@pytest.mark.parametrize("order", ["<", ">"])
def test_iptc_as_numbers_of_32_bits_is_read(tmp_path, order):
    block = IPTC + bytes(-len(IPTC) % 4)
    numbers = struct.unpack(f"{order}{len(block) // 4}I", block)
    pixels = RNG.integers(0, 256, (6, 8, 3), np.uint8)
    tags = [(33723, 4, len(numbers), numbers, True)]
    content = tiff(pixels, extratags=tags, byteorder=order)
    assert pictures.read(upscaled(tmp_path, content)).iptc.startswith(IPTC)


@pytest.mark.parametrize("nested", [False, True])
def test_8_bits_of_tiff_keep_all(tmp_path, nested):
    pixels = RNG.integers(0, 256, (6, 8, 3), np.uint8)
    tags = [(33723, 7, len(IPTC), IPTC, True), (700, 7, len(XMP), XMP, True)]
    content = tiff(pixels, extratags=tags, resolution=(300, 300), resolutionunit=2)
    if nested:
        content = saved("TIFF", exif=exif(), icc_profile=SRGB)
    picture = pictures.read(upscaled(tmp_path, content))
    if not nested:
        assert (picture.iptc, picture.xmp) == (IPTC, XMP)
        assert [round(value) for value in picture.dpi] == [300, 300]


@pytest.mark.parametrize("unit", [1, 2])
def test_the_density_of_jpeg_is_kept_in_its_unit(tmp_path, unit):
    content = bytearray(saved("JPEG", dpi=(300, 300)))
    at = content.index(b"JFIF\0") + 7
    content[at : at + 5] = struct.pack(">BHH", unit, 300 if unit == 1 else 118, 72)
    with Image.open(upscaled(tmp_path, bytes(content))) as image:
        expected = (300, 72) if unit == 1 else (118 * 2.54, 72 * 2.54)
        assert image.info["dpi"] == pytest.approx(expected, abs=0.6)
