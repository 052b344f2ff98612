"""Pages of text and tables, for editors (.md) and for browsers (.html)."""

import re
from html import escape
from pathlib import Path

from markdown_it import MarkdownIt

from superres.core.atomic import write_text
from superres.core.readable import one_line

# What begins or ends something in Markdown; an underscore does so at the end of a word alone.
ACTIVE = re.compile(r"[\\`*\[\]<>&|~!$]|(?<![^\W_])_|_(?![^\W_])")
# Pages link to nothing and show no picture, whatever a name looks like.
UNUSED = ["image", "link", "autolink", "reference"]
# One column of text; a table that is wider scrolls by itself.
STYLE = """
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { margin: 2rem auto; padding: 0 1rem; max-width: 90rem; }
p, li { max-width: 80ch; }
.table { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; white-space: nowrap; }
th, td { padding: .3rem .7rem; border-bottom: 1px solid #8886; text-align: left; }
th { border-bottom: 2px solid; }
tbody tr:hover { background: #8882; }
@media (max-width: 45rem) {
  body { margin: 1rem auto; }
  h1 { font-size: 1.3rem; }
  table { white-space: normal; font-size: .75rem; }
  th, td { padding: .25rem; vertical-align: top; }
  td:first-child { min-width: 5.2rem; overflow-wrap: anywhere; }
}
"""


def plain(text: str) -> str:
    """Markdown that shows any text as it is, in one line: a name of a file is no markup."""
    return ACTIVE.sub(r"\\\g<0>", one_line(text))


def write(text: str, files: list[Path]) -> None:
    """Write a page once for every file.

    Args:
        text: Markdown that begins with a heading; HTML, links and pictures in it are shown as
            text. What comes from users goes through `plain`.
        files: .md or .html.
    """
    for file in files:
        write_text(file, _html(text) if file.suffix == ".html" else text)


def _html(text: str) -> str:
    title = text.partition("\n")[0].removeprefix("# ")
    markdown = MarkdownIt("js-default", {"linkify": False, "typographer": False})
    body = markdown.disable(UNUSED).render(text)
    # A region that scrolls is reached by the keyboard too.
    region = f'<div class="table" role="region" aria-label="{escape(title)}" tabindex="0"><table>'
    body = body.replace("<table>", region).replace("</table>", "</table></div>")
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n"
        f"<body>\n<main>\n{body}</main>\n</body>\n</html>\n"
    )
