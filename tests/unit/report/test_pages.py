from html.parser import HTMLParser

from superres.report import pages

TEXT = """# Scores of 'x' & <script>alert(1)</script>

Higher is *better*.

| method | note |
|:--|:--|
| `a` | <img src=x onerror=alert(1)> |
"""


class Elements(HTMLParser):
    def __init__(self):
        super().__init__()
        self.names = []

    def handle_starttag(self, tag, attrs):
        self.names.append(tag)


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
