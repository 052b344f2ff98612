"""The page beside the comparison that upscales the reader's own photos with trained networks.

It runs them with ONNX Runtime in the browser. Everything is in script files, as browsers let a page
that was opened from a folder read nothing else of it.
"""

import base64
import html
import shutil
from collections.abc import Iterable
from pathlib import Path
from string import Template

from superres.core.atomic import write_text
from superres.core.errors import InputError
from superres.networks.anatomy import understood
from superres.report import script_json

# For the header of the comparison page.
LINK = '<a href="own.html">Upscale your own photo</a>'
PAGE = "own.html"
WORKER = "worker.js"
# Folder of what is loaded when the first photo is there.
PARTS = "own"
LIBRARY = "ort.webgpu.min.js"
CONNECTION = "ort-wasm-simd-threaded.asyncify.mjs"
PROGRAM = "ort-wasm-simd-threaded.asyncify.wasm.gz"
# Copied under names that say whose they are.
NOTICES = {
    "LICENSE": "onnxruntime_LICENSE.txt",
    "ThirdPartyNotices.txt": "onnxruntime_ThirdPartyNotices.txt",
}


def write(
    folder: Path,
    page: Iterable[Path],
    runtime: Iterable[Path],
    title: str,
    networks: Iterable[tuple[str, Path]],
) -> None:
    """Write the page, its scripts, ONNX Runtime and the networks.

    Args:
        folder: of the comparison page, whose scripts and styles it shares.
        page: files of workflow/report/own: own.html with the places $title and $data, and others.
        runtime: files of workflow/report/onnxruntime.
        title: name of the dataset.
        networks: name of a method, and its `.onnx` file from `superres.networks.conversion`; at
            least one.

    Raises:
        InputError: a network that is damaged or was not exported here.
    """
    pages = {file.name: file for file in page}
    files = {file.name: file for file in runtime}
    entries = []
    for number, (method, file) in enumerate(networks, start=1):
        entry, content = _network(method, file)
        entries.append(entry | {"part": f"network_{number}"})
        _write_part(folder, f"network_{number}", base64.b64encode(content).decode())
    scripts = {"library": files[LIBRARY], "connection": files[CONNECTION]}
    runtime_parts = {name: file.read_text(encoding="utf-8") for name, file in scripts.items()}
    runtime_parts["worker"] = pages[WORKER].read_text(encoding="utf-8")
    runtime_parts["program"] = base64.b64encode(files[PROGRAM].read_bytes()).decode()
    _write_part(folder, "runtime", runtime_parts)
    for name, copy in NOTICES.items():
        shutil.copyfile(files[name], folder / PARTS / copy)
    for name, file in pages.items():
        if name not in (PAGE, WORKER):
            shutil.copyfile(file, folder / name)
    template = Template(pages[PAGE].read_text(encoding="utf-8"))
    data = script_json.text({"networks": entries})
    write_text(folder / PAGE, template.substitute(title=html.escape(title), data=data))


def _network(method: str, file: Path) -> tuple[dict, bytes]:
    """What the page must know of a network, and the network."""
    content = file.read_bytes()
    try:
        anatomy, scale = understood(content)
    except InputError as error:
        raise InputError(f"{file}: {error}; delete it and run again") from error
    entry = {
        "method": method,
        "scale": scale,
        "factor": anatomy.factor,
        "halo_px": anatomy.halo_px,
        "period_px": anatomy.period_px,
        "feature_bytes_per_px": anatomy.feature_bytes_per_px,
    }
    return entry, content


def _write_part(folder: Path, name: str, value: object) -> None:
    """Write a script that leaves a value where the page's scripts look for it."""
    file = folder / PARTS / f"{name}.js"
    file.parent.mkdir(parents=True, exist_ok=True)
    write_text(file, f"brought.{name} = {script_json.text(value)};\n")
