"""Write the files that follow from others.

envs/ follows from uv.lock; config/README.md and the JSON schema for editors follow from the typed
sections of the configuration.
"""

import argparse
import itertools
import json
import re
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

from packaging import tags
from packaging.requirements import Requirement
from packaging.utils import parse_wheel_filename

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "workflow/scripts"))
# Of all values alike, above the table of keys.
VALUES = """\
How values are read, in these files and after `--config`:

- `--config 'run={shards: 4, scales: [2, 4]}'` sets keys of a section; all others stay. What comes
  that way is text, and text is read as YAML wherever a key wants something else: a number, a
  switch, a list or a section.
- `2.0` is the whole number 2, and `1e-3`, which YAML itself takes for text, is 0.001. Numbers to
  another base (`010`, `1:30`), `.inf` and `.nan` are refused. The upper end of a range is far above
  what is useful: it is there for a slip of the finger that would fill the memory or take days.
- Text must be text: put into quotes what YAML takes for something else, such as a photo called
  `"001"`, `"2024-01-01"` or `"no"`.
- In paths, `~` is your home and `$NAME` for a variable of the environment. All others are
  relative to the folder that Snakemake runs in. The photos and archives of the datasets that run
  must exist before anything starts.
- Names become folders: up to 64 letters, digits, `_` and `-`, and no two names of a section that
  differ in upper and lower case alone. What the workflow writes beside them is reserved.
- A key that a file has twice is refused, and so is a plan of more than 10,000 jobs, which would
  take Snakemake minutes.
""".splitlines()
# The versions that are tested; the packages come from PyPI at the lock's versions.
PYTHON = "3.11"
PIP = "25.3"
# Values of environment markers for every system that TensorFlow has wheels for and steps run on.
SYSTEMS = [
    {"sys_platform": system, "platform_system": name, "os_name": "posix", "platform_machine": arch}
    for system, name, arch in (
        ("linux", "Linux", "x86_64"),
        ("linux", "Linux", "aarch64"),
        ("darwin", "Darwin", "arm64"),
    )
]


def main() -> None:
    """Write every generated file, or with --check say which ones are out of date."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail if outdated")
    check = parser.parse_args().check
    outdated = []
    others = {
        ROOT / "envs/uv.txt": bootstrap(),
        ROOT / "config/README.md": reference(),
        ROOT / "workflow/schemas/config.schema.json": json.dumps(
            configuration(), indent=2, ensure_ascii=False
        )
        + "\n",
    }
    for file, text in (environments() | others).items():
        if not file.exists() or file.read_text() != text:
            outdated.append(str(file.relative_to(ROOT)))
            if not check:
                file.write_text(text)
    if outdated:
        print(f"{'outdated' if check else 'written'}: {', '.join(outdated)}")
    sys.exit(1 if check and outdated else 0)


def environments() -> dict[Path, str]:
    """Every conda environment that a rule names: its dependency group at the lock's versions."""
    files = {}
    rules = "".join(file.read_text() for file in (ROOT / "workflow/rules").glob("*.smk"))
    for step in sorted(set(re.findall(r"envs/(\w+)\.yaml", rules))):
        files[ROOT / f"envs/{step}.yaml"] = (
            "# Generated from pyproject.toml and uv.lock by `make generate`.\n"
            "channels:\n  - conda-forge\n  - nodefaults\n"
            f"dependencies:\n  - python={PYTHON}\n  - pip={PIP}\n  - pip:\n{pins(step)}"
        )
    return files


def pins(group: str) -> str:
    """The pinned packages of a dependency group with their checksums, as conda hands them to pip.

    conda and mamba write every entry into a line of a requirements file, where a checksum makes
    pip ask for all of them.
    """
    entries = []
    for requirement in map(Requirement, locked(group, "--no-hashes").splitlines()):
        marker = requirement.marker
        needed = [not marker or marker.evaluate(markers(system)) for system in SYSTEMS]
        if not any(needed):
            continue
        condition = "" if all(needed) else f" ; {marker}"
        pin = f"{requirement.name}{requirement.specifier}{condition}"
        lines = [pin, *(f"--hash={digest}" for digest in checksums(requirement))]
        entries.append("      - >-\n" + "".join(f"        {line}\n" for line in lines))
    return "".join(entries)


def markers(system: dict[str, str]) -> dict[str, str]:
    """Values of all environment markers that can differ between machines."""
    return system | {
        "python_version": PYTHON,
        "python_full_version": f"{PYTHON}.0",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
    }


def checksums(pin: Requirement) -> list[str]:
    """SHA-256 of the source distribution of a pin and of the wheels that pip can choose from."""
    (version,) = (specifier.version for specifier in pin.specifier)
    package = locked_packages()[pin.name, version]
    wheels = [
        wheel["hash"]
        for wheel in package.get("wheels", [])
        if parse_wheel_filename(wheel["url"].rpartition("/")[2])[3] & wheel_tags()
    ]
    return sorted(wheels + ([package["sdist"]["hash"]] if "sdist" in package else []))


@cache
def wheel_tags() -> frozenset[tags.Tag]:
    """Tags of the wheels that CPython of this version can use on any of the systems."""
    python = tuple(map(int, PYTHON.split(".")))
    linux = [f"manylinux{name}" for name in ("1", "2010", "2014")]
    linux += [f"manylinux_2_{minor}" for minor in range(5, 100)]
    platforms = [
        *(f"{name}_{arch}" for name in [*linux, "linux"] for arch in ("x86_64", "aarch64")),
        *tags.mac_platforms((99, 0), "arm64"),
    ]
    interpreter = "cp" + PYTHON.replace(".", "")
    return frozenset(
        itertools.chain(
            tags.cpython_tags(python, [interpreter], platforms),
            tags.compatible_tags(python, interpreter, platforms),
        )
    )


@cache
def locked_packages() -> dict[tuple[str, str], dict]:
    """Entries of uv.lock by name and version."""
    lock = tomllib.loads((ROOT / "uv.lock").read_text())
    return {(package["name"], package["version"]): package for package in lock["package"]}


def locked(group: str, *options: str) -> str:
    """Every package of a dependency group, direct or not, pinned: one a line."""
    export = ["uv", "export", "--frozen", "--only-group", group, "--no-header", "--no-annotate"]
    return subprocess.run(
        [sys.executable, "-m", *export, *options],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout


def bootstrap() -> str:
    """What pip needs to install uv by checksum."""
    return locked("uv")


def configuration() -> dict:
    """JSON schema of the configuration."""
    from superres.config import schema

    return schema.of_configuration()


def reference() -> str:
    """The configuration schema as a page: one line a key."""
    schema = configuration()
    lines = [
        "# Configuration",
        "",
        "Generated from `workflow/scripts/superres/config/sections/` by `make generate`.",
        "",
        "`config.yaml` is always read. Give overlays with `--configfile`: their keys win, lists",
        "are replaced whole. `smoke.yaml` runs the whole DAG in about a minute.",
        "",
        f"{schema['description']}",
        "",
        *VALUES,
        "",
        "| key | meaning | unit | range | default |",
        "| --- | --- | --- | --- | --- |",
        *rows(schema, ""),
    ]
    return "\n".join(lines) + "\n"


def rows(schema: dict, prefix: str) -> list[str]:
    """Table rows of all keys below a schema, depth first."""
    found = []
    children = dict(schema.get("properties", {}))
    if isinstance(schema.get("additionalProperties"), dict):
        children["<name>"] = schema["additionalProperties"]
    for key, child in children.items():
        name = f"{prefix}{key}"
        meaning = child["description"].strip()
        if "enum" in child:
            meaning += f" One of {', '.join(f'`{value}`' for value in child['enum'])}."
        default = f"`{child['default']}`" if "default" in child else "none"
        unit = child.get("unit", "")
        found.append(f"| `{name}` | {meaning} | {unit} | {limits(child)} | {default} |")
        found += rows(child, f"{name}.")
    return found


def limits(schema: dict) -> str:
    """The smallest and the largest number that a key, or an entry of its list, takes."""
    if schema.get("type") == "array":
        schema = schema.get("items", schema)
    words = {
        "minimum": "from",
        "exclusiveMinimum": "above",
        "maximum": "to",
        "exclusiveMaximum": "below",
    }
    return " ".join(f"{word} {schema[name]}" for name, word in words.items() if name in schema)


if __name__ == "__main__":
    main()
