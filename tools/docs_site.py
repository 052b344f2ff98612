"""Hooks of the documentation's site: pages that are kept outside of docs/, and the commands.

MkDocs calls them, see mkdocs.yml.
"""

import ast
import posixpath
import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).parents[1]
# Files outside of docs/ by their place in the site.
OUTSIDE = {
    "index.md": "README.md",
    "configuration.md": "config/README.md",
    "CONTRIBUTING.md": "CONTRIBUTING.md",
    "CHANGELOG.md": "CHANGELOG.md",
    "CITATION.cff": "CITATION.cff",
}
LINK = re.compile(r"(\]\()([^)#:\s]+)((?:#[^)]*)?\))")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add what is not in docs/."""
    for place, source in OUTSIDE.items():
        files.append(File.generated(config, place, content=(ROOT / source).read_text()))
    files.append(File.generated(config, "commands.md", content=commands()))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Turn links between files of the repository into links between pages of the site."""
    place = page.file.src_uri
    folder = posixpath.dirname(OUTSIDE.get(place, f"docs/{place}"))
    places = {source: place for place, source in OUTSIDE.items()}

    def of_site(link: re.Match) -> str:
        source = posixpath.normpath(posixpath.join(folder, link[2]))
        target = places.get(source, source.removeprefix("docs/"))
        return f"{link[1]}{posixpath.relpath(target, posixpath.dirname(place) or '.')}{link[3]}"

    return LINK.sub(of_site, markdown)


def commands() -> str:
    """A page with every script of the workflow: what it does, and its options with defaults."""
    text = [
        "# Commands",
        "Every step is a script that runs alone, too; `--help` shows the same. The targets of "
        "`make` and Snakemake are in the pages on what they are for.",
    ]
    for script in sorted((ROOT / "workflow/scripts").glob("*.py")):
        tree = ast.parse(script.read_text())
        text.append(f"## {script.stem}.py\n\n{ast.get_docstring(tree)}")
        steps = [
            node
            for node in tree.body
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
        ]
        text += [part for step in steps if ast.get_docstring(step) for part in described(step)]
    return "\n\n".join(text) + "\n"


def described(step: ast.FunctionDef) -> list[str]:
    """Heading, first lines and options of a step, from its signature and docstring."""
    about, _, arguments = (ast.get_docstring(step) or "").partition("Args:\n")
    lines = re.split(r"\n(?=    \w)", arguments.partition("\n\n")[0])
    texts = dict(line.strip().split(": ", 1) for line in lines if ": " in line)
    given = [*step.args.args, *step.args.kwonlyargs]
    defaults = [None] * (len(step.args.args) - len(step.args.defaults)) + step.args.defaults
    rows = []
    for argument, default in zip(given, [*defaults, *step.args.kw_defaults], strict=True):
        text = " ".join(texts.get(argument.arg, "").split())
        value = "required" if default is None else f"`{ast.unparse(default)}`"
        rows.append(f"| `--{argument.arg.replace('_', '-')}` | {text} | {value} |")
    table = "\n".join(["| option | what it is | default |", "| --- | --- | --- |", *rows])
    name = step.name.replace("_", "-")
    return [f"### {name}", about.strip(), table]
