import base64
import json
import re

import pytest
from test_gallery import TEMPLATE

from superres.core.checksums import sha256
from superres.core.errors import InputError
from superres.networks.anatomy import Anatomy, described
from superres.report import own_photos

REPORT = TEMPLATE.parents[1]
RUNTIME = REPORT / "onnxruntime"
ANATOMY = Anatomy(
    parameters=1,
    macs_per_hr_px=0.5,
    receptive_field_px=9,
    halo_px=4,
    period_px=2,
    factor=1,
    feature_bytes_per_px=12.5,
)
TITLE = "<b>\"Zoë\" & 'co' $data</b>"


def network(folder, name="a", scale=2, content=b"</script> is no end of it"):
    file = folder / f"{name}.onnx"
    file.write_bytes(content + described(ANATOMY, scale, content).encode())
    return file


def write(folder, networks, title="few"):
    own_photos.write(folder, (REPORT / "own").iterdir(), RUNTIME.iterdir(), title, networks)
    return folder / own_photos.PAGE


def brought(file, name):
    """What a script leaves for the page's scripts."""
    statement = file.read_text()
    assert "<" not in statement
    return json.loads(statement.removeprefix(f"brought.{name} = ").removesuffix(";\n"))


def test_networks_come_with_their_anatomy(tmp_path):
    files = [network(tmp_path, "a", 2), network(tmp_path, "b", 3, b"another")]
    page = write(tmp_path, [("</script>", files[0]), ("mine", files[1])]).read_text()
    text = re.search(r'<script id="data" type="application/json">(.*)</script>', page)[1]
    assert "</script>" not in text
    known = {"factor": 1, "halo_px": 4, "period_px": 2, "feature_bytes_per_px": 12.5}
    assert json.loads(text)["networks"] == [
        {"method": "</script>", "scale": 2, **known, "part": "network_1"},
        {"method": "mine", "scale": 3, **known, "part": "network_2"},
    ]
    for number, file in enumerate(files, start=1):
        content = brought(tmp_path / f"own/network_{number}.js", f"network_{number}")
        assert base64.b64decode(content) == file.read_bytes()


def test_onnx_runtime_is_whole_and_its_licence_is_beside_it(tmp_path):
    write(tmp_path, [("a", network(tmp_path))])
    parts = brought(tmp_path / "own/runtime.js", "runtime")
    assert base64.b64decode(parts["program"]) == (RUNTIME / own_photos.PROGRAM).read_bytes()
    assert parts["library"] == (RUNTIME / own_photos.LIBRARY).read_text()
    assert parts["connection"] == (RUNTIME / own_photos.CONNECTION).read_text()
    assert parts["worker"] == (REPORT / "own/worker.js").read_text()
    for name, copy in own_photos.NOTICES.items():
        assert (tmp_path / "own" / copy).read_bytes() == (RUNTIME / name).read_bytes()


def test_a_title_is_text(tmp_path):
    page = write(tmp_path, [("a", network(tmp_path))], TITLE).read_text()
    assert "&lt;b&gt;&quot;Zoë&quot; &amp; &#x27;co&#x27; $data&lt;/b&gt;" in page
    assert TITLE not in page


def test_every_script_and_style_sheet_is_there_and_used(tmp_path):
    page = write(tmp_path, [("a", network(tmp_path))]).read_text()
    used = set(re.findall(r'(?:src|href)="([a-z]+\.(?:js|css))"', page))
    shared = {file.name for file in (REPORT / "page").iterdir()}
    assert used - shared == {
        file.name for file in tmp_path.iterdir() if file.suffix in {".js", ".css"}
    }


def test_a_damaged_network_is_named(tmp_path):
    file = network(tmp_path)
    file.write_bytes(b"x" + file.read_bytes()[1:])
    with pytest.raises(InputError, match=r"a\.onnx: is damaged, .*; delete it and run again"):
        write(tmp_path, [("a", file)])


def test_onnx_runtime_is_what_was_fetched():
    lines = (RUNTIME / "SHA256SUMS").read_text().splitlines()
    recorded = dict(line.split("  ")[::-1] for line in lines)
    files = {file.name for file in RUNTIME.iterdir()} - {"SHA256SUMS", "README.md"}
    assert set(recorded) == files
    assert {name: sha256(RUNTIME / name) for name in files} == recorded
