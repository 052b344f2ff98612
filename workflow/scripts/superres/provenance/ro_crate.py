"""An RO-Crate of a run: every result, the job that made it, its bytes, code, machine and times.

Profile: Workflow Run Crate 0.5 (Leo et al. 2024), which includes Process Run Crate (one
`CreateAction` a job) and Workflow RO-Crate.
"""

import os
import platform
import shutil
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from rocrate.model import ContextEntity
from rocrate.rocrate import ROCrate

from superres.core import processor
from superres.provenance import manifest, origin
from superres.provenance.snakemake_metadata import Job

CODE = [
    "CITATION.cff",
    "LICENSE",
    "README.md",
    "Snakefile",
    "config",
    "envs",
    "profiles",
    "pyproject.toml",
    "uv.lock",
    "workflow",
]
PROFILES = {
    "Process Run Crate": "https://w3id.org/ro/wfrun/process/0.5",
    "Workflow Run Crate": "https://w3id.org/ro/wfrun/workflow/0.5",
    "Workflow RO-Crate": "https://w3id.org/workflowhub/workflow-ro-crate/1.0",
}
# Of the profile's own vocabulary, named here so that no reader needs the network.
TERMS = {
    "resourceUsage": "https://w3id.org/ro/terms/workflow-run#resourceUsage",
    "sha256": "https://schema.org/sha256",
}
LICENSE = "https://spdx.org/licenses/MIT"
FORMATS = {
    "": "text/plain",
    ".csv": "text/csv",
    ".html": "text/html",
    ".json": "application/json",
    ".keras": "application/zip",
    ".md": "text/markdown",
    ".onnx": "application/octet-stream",
    ".png": "image/png",
    ".py": "text/x-python",
    ".svg": "image/svg+xml",
    ".tex": "application/x-tex",
    ".tflite": "application/octet-stream",
    ".txt": "text/plain",
    ".yaml": "application/yaml",
}


def copy_code(project: Path, folder: Path) -> None:
    """Copy what there is of the workflow into a folder of results, which may be below it."""
    folder.mkdir(parents=True, exist_ok=True)
    # The photographs are no code; those that were used are among the results.
    hidden = shutil.ignore_patterns("__pycache__", ".*", "*.webp")
    results = folder.resolve().parent

    def unwanted(directory: str, names: list[str]) -> set[str]:
        own = {name for name in names if Path(directory, name).resolve() == results}
        return hidden(directory, names) | own

    for source in (project / name for name in CODE):
        if source.is_dir():
            shutil.copytree(source, folder / source.name, ignore=unwanted, dirs_exist_ok=True)
        elif source.exists():
            shutil.copyfile(source, folder / source.name)


def write(
    project: Path,
    file: Path,
    digests: dict[str, str],
    jobs: list[Job],
    results: list[Path],
    configuration: Path,
    code: Path,
) -> None:
    """Describe a run.

    Args:
        project: folder of the workflow, wherever Snakemake ran.
        file: ro-crate-metadata.json to write; its folder is the crate.
        digests: SHA-256 by path below that folder, as in the manifest, which is there already.
        jobs: all that were run for the results.
        results: files of the run's target.
        configuration: YAML file of all keys.
        code: folder of the code, below the crate's.
    """
    root = file.parent
    folders = {output for job in jobs for output in job.outputs if output.is_dir()} | {code}
    crate = _Crate(root, folders, digests)
    version = origin.commit(project)
    crate.add(root / manifest.NAME, name="SHA-256 of every file")
    given = crate.add(configuration, name="configuration, with defaults")
    crate.add(code, name="code that was run")
    main = crate.add_workflow(code / "Snakefile", version)
    for number, job in enumerate(jobs, start=1):
        made = crate.action(
            f"#job-{number}",
            {
                "name": f"{job.rule}: {', '.join(map(str, job.outputs))}",
                "description": job.command or job.rule,
                "startTime": job.start.isoformat(timespec="milliseconds"),
                "endTime": job.end.isoformat(timespec="milliseconds"),
            },
        )
        made["instrument"] = _tool(crate, project, code, job, version) or main
        made["object"] = _one_or_all(map(crate.add, job.inputs))
        made["result"] = _one_or_all(map(crate.add, job.outputs))
        made["resourceUsage"] = _one_or_all(crate.values(f"#job-{number}", job.used))

    ends = [job.end for job in jobs] or [datetime.now(UTC)]
    run = crate.action(
        "#run",
        {
            "name": "the whole run",
            "description": "Every job that a result of this crate depends on; later runs of "
            "Snakemake continue where earlier ones ended.",
            "startTime": min([job.start for job in jobs], default=ends[0]).isoformat(),
            "endTime": max(ends).isoformat(),
        },
    )
    run["instrument"] = main
    # A module may give its rules other names, but not its scripts.
    script = Path("workflow/scripts/photos.py")
    photos = [path for job in jobs if job.script(project) == script for path in job.outputs]
    tables = [path for path in photos if path.suffix == ".csv"]
    run["object"] = _one_or_all([given, *map(crate.add, tables)])
    run["result"] = _one_or_all(map(crate.add, results))
    run["additionalProperty"] = crate.values("#machine", _machine())
    crate.write(published=max(ends))


class _Crate:
    """An RO-Crate that is being filled.

    Args:
        root: folder of the crate.
        folders: what is described as a folder, not file by file.
        digests: SHA-256 by path below the root.
    """

    def __init__(self, root: Path, folders: set[Path], digests: dict[str, str]) -> None:
        self.root, self.folders, self.digests = root, folders, digests
        # The version that the profile builds on.
        self.crate = ROCrate(version="1.1")
        self.crate.metadata.extra_terms.update(TERMS)

    def add(self, path: Path, types: Sequence[str] = (), **more: str) -> ContextEntity | None:
        """A file or folder of the crate, once; None for what is elsewhere."""
        if self.root not in path.parents or not path.exists():
            return None
        name = self._within(path)
        if known := self.crate.get(name):
            return known
        if path in self.folders:
            content = [file for file in self.digests if file.startswith(name)]
            text = f"{len(content)} files, their checksums in {manifest.NAME}"
            return self.crate.add_dataset(dest_path=name, properties={"description": text, **more})
        properties: dict[str, object] = {"contentSize": str(path.stat().st_size), **more}
        if types:
            properties["@type"] = list(types)
        if name in self.digests:
            properties["sha256"] = self.digests[name]
        if path.suffix in FORMATS:
            properties["encodingFormat"] = FORMATS[path.suffix]
        return self.crate.add_file(dest_path=name, properties=properties)

    def add_workflow(self, snakefile: Path, version: str) -> ContextEntity:
        """The workflow itself."""
        name = self._within(snakefile)
        return self.crate.add_workflow(
            dest_path=name,
            main=True,
            lang="snakemake",
            properties={
                "name": "super-resolution workflow",
                "version": version,
                "sha256": self.digests[name],
            },
        )

    def action(self, identifier: str, properties: dict) -> ContextEntity:
        """Something that was run."""
        entity = self._entity(identifier, {"@type": "CreateAction"} | properties)
        self.crate.root_dataset.append_to("mentions", entity)
        return entity

    def values(
        self, prefix: str, contents: Mapping[str, str | float]
    ) -> list[ContextEntity] | ContextEntity:
        """Named values, numbered behind a prefix."""
        return _one_or_all(
            self._entity(
                f"{prefix}-{number}", {"@type": "PropertyValue", "name": name, "value": content}
            )
            for number, (name, content) in enumerate(contents.items(), start=1)
        )

    def write(self, published: datetime) -> None:
        """Name the crate and its profiles, and write its metadata."""
        self.crate.name = "Results of the super-resolution workflow"
        self.crate.description = (
            "Tables, figures, models and predictions, each with the job that made it, from which "
            "files, with which command and when. Tables of photos hold the SHA-256 of every photo."
        )
        self.crate.license = LICENSE
        self.crate.datePublished = published
        work = {"@type": "CreativeWork"}
        self.crate.root_dataset["conformsTo"] = [
            self._entity(url, work | {"name": name, "version": url.rsplit("/", 1)[1]})
            for name, url in PROFILES.items()
        ]
        self._entity(LICENSE, work | {"name": "MIT", "url": LICENSE})
        self.crate.metadata.write(self.root)

    def _within(self, path: Path) -> str:
        name = path.relative_to(self.root).as_posix()
        return f"{name}/" if path in self.folders else name

    def _entity(self, identifier: str, properties: dict) -> ContextEntity:
        return self.crate.add(ContextEntity(self.crate, identifier, properties))


def _one_or_all(entities: Iterable[ContextEntity | None]) -> list[ContextEntity] | ContextEntity:
    """References to some files of the crate; a single one is not put into a list."""
    known = [entity for entity in entities if entity]
    return known[0] if len(known) == 1 else known


def _tool(crate: _Crate, project: Path, code: Path, job: Job, version: str) -> ContextEntity | None:
    """The script of a job in the copy of the code, with the packages that it needs."""
    script = job.script(project)
    # Results of an earlier version may come from a script that is no more.
    if not script or not (code / script).is_file():
        return None
    types = ["File", "SoftwareSourceCode"]
    entity = crate.add(code / script, types, name=script.stem, version=version)
    if entity is None:
        return None
    for file in sorted((code / "envs").glob("*.yaml")):
        if job.environment and file.read_text() == job.environment:
            entity["softwareRequirements"] = crate.add(file)
    return entity


def _machine() -> dict[str, str]:
    """Where the run was started: on a cluster, jobs may have run elsewhere."""
    return {
        "processor": processor.name(),
        "logical processors": str(os.cpu_count()),
        "memory (MB)": str(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 10**6),
        "system": platform.platform(),
        "Python": platform.python_version(),
    }
