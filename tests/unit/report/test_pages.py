from html.parser import HTMLParser

import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from superres.core.readable import one_line
from superres.report import pages, score_tables

TEXT = """# Scores of 'x' & <script>alert(1)</script>

Higher is *better*.

| method | note |
|:--|:--|
| `a` | <img src=x onerror=alert(1)> |
"""


class Elements(HTMLParser):
    def __init__(self):
        super().__init__()
        self.names, self.cells = [], []

    def handle_starttag(self, tag, attrs):
        self.names.append(tag)
        if tag == "td":
            self.cells.append("")

    def handle_data(self, data):
        if self.cells:
            self.cells[-1] += data


def test_a_page_is_markdown_and_html(tmp_path):
    files = [tmp_path / "page.md", tmp_path / "page.html"]
    pages.write(TEXT, files)
    assert files[0].read_text() == TEXT
    found = Elements()
    found.feed(files[1].read_text())
    for name in ("h1", "table", "em", "code"):
        assert found.names.count(name) == 1
    assert found.names.count("td") == 2


def test_html_in_a_page_is_shown_and_not_obeyed(tmp_path):
    pages.write(TEXT, [tmp_path / "page.html"])
    found = Elements()
    found.feed((tmp_path / "page.html").read_text())
    assert not {"script", "img"} & set(found.names)
    assert "&lt;img src=x" in (tmp_path / "page.html").read_text()


def test_links_and_pictures_in_a_page_are_shown_and_not_followed(tmp_path):
    text = "# T\n\n![x](http://a/b.png) [y](http://a) <http://a> [z]\n\n[z]: http://a\n"
    pages.write(text, [tmp_path / "page.html"])
    assert not {"img", "a"} & set(elements(tmp_path / "page.html").names)


def elements(file) -> Elements:
    found = Elements()
    found.feed(file.read_text(encoding="utf-8"))
    return found


NAMES = (
    "![x](http:&#47;&#47;127.0.0.1:9&#47;t.png).png",
    "a|b\nc\r\nd\te",
    "a\\|b\\",
    "`a` *b* __c__ _d_ ~~e~~ [f](g) <h> &lt; $i$",
    "<img src=x onerror=alert(1)>",
    "\u202egnp.exe\u2028x\x00",
    "007",
    "1e5",
    "=1+1",
    "写真 фото.png",
    "# a",
    "- b",
)


@pytest.mark.parametrize("ending", ["html", "md", "tex", "csv"])
def test_a_name_stays_in_its_row_of_every_format(tmp_path, ending):
    table = pd.DataFrame({"file": NAMES, "row": range(len(NAMES)), "reason": "unreadable"})
    score_tables.publish(table, "Title", "Note.", [tmp_path / f"table.{ending}"])
    text = (tmp_path / f"table.{ending}").read_bytes().decode()
    match ending:
        case "html":
            found = elements(tmp_path / "table.html")
            cells = [cell.strip() for cell in found.cells[::3]]
            assert cells == [one_line(name) for name in NAMES]
            assert not {"img", "a", "em", "strong", "code", "s"} & set(found.names)
        case "md":
            assert len(text.splitlines()) == 6 + len(NAMES)
        case "tex":
            assert text.count("unreadable \\\\") == len(NAMES) == text.count("unreadable")
        case "csv":
            read = pd.read_csv(tmp_path / "table.csv", dtype=str, lineterminator=None)
            assert list(read["row"]) == [str(row) for row in range(len(NAMES))]


@given(st.text(max_size=30))
@example(r"\\")
@example("_a_ b_")
def test_any_text_is_shown_as_it_is(tmp_path_factory, text):
    file = tmp_path_factory.mktemp("page") / "page.html"
    pages.write(f"# T\n\n| a | b |\n|--|--|\n| x{pages.plain(text)}x | y |\n", [file])
    found = elements(file)
    shown = " ".join(f"x{one_line(text)}x".split())
    assert [" ".join(cell.split()) for cell in found.cells] == [shown, "y"]
    assert found.names.count("tr") == 2
