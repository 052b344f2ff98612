"""The documentation as a site, and what its pages say of the program's messages."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Of Snakemake and the system.
THEIRS = {"No space left on device", "Directory cannot be locked", "Nothing to be done"}
THEIRS |= {"git pull", "superres", "upscale"}


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    """Built as `make site` does; a link that leads nowhere is an error."""
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--quiet", "--site-dir", folder],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return folder


def test_every_page_is_there_and_loads_nothing_from_elsewhere(site):
    pages = {page.parent.relative_to(site).as_posix() for page in site.rglob("index.html")}
    assert {f"{page.stem}" for page in ROOT.glob("docs/*.md")} < pages
    assert {f"bundled/{file.stem}" for file in ROOT.glob("workflow/models/*.onnx")} < pages
    assert {".", "configuration", "commands", "CONTRIBUTING", "developing/overview"} < pages
    for page in site.rglob("*.html"):
        text = page.read_text()
        assert not re.search(r'<(script|img|iframe)[^>]*src="(https?:)?//', text), page
        assert not re.search(r'<link[^>]*rel="(stylesheet|preconnect)"[^>]*href="http', text), page


def test_every_script_has_its_options_in_the_reference(site):
    text = (site / "commands/index.html").read_text()
    for script in (ROOT / "workflow/scripts").glob("*.py"):
        assert f"{script.stem}.py" in text
    assert "--jpeg-quality" in text and "--near-duplicate-bits" in text
    # Every option has its text.
    assert "<td></td>" not in text


def test_messages_of_the_troubleshooting_are_those_of_the_program():
    sources = [ROOT / "Makefile", *(ROOT / "workflow").rglob("*.smk")]
    sources += (ROOT / "workflow/scripts").rglob("*.py")
    # Python joins texts on several lines.
    code = re.sub(r'"\s*\n\s*f?"', "", "".join(file.read_text() for file in sources))
    table = (ROOT / "docs/troubleshooting.md").read_text()
    shown = re.findall(r"^\| ([^|]*) \|", table, re.MULTILINE)[2:]
    messages = {message for cell in shown for message in re.findall(r"`([^`]*)`", cell)}
    assert len(messages) > 10
    assert {message for message in messages - THEIRS if message not in code} == set()
