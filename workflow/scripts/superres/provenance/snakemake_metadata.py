"""Jobs and their files, from the metadata that Snakemake keeps of every result."""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path


@dataclass(frozen=True)
class Job:
    """One finished job; paths are relative to where Snakemake ran.

    `environment` is the text of its conda environment, empty without one; `used` has wall time in
    seconds and the largest resident memory in MB, where they were measured.
    """

    rule: str
    command: str
    inputs: tuple[Path, ...]
    outputs: tuple[Path, ...]
    environment: str
    start: datetime
    end: datetime
    used: dict[str, float]

    def script(self, project: Path) -> Path | None:
        """What it ran, relative to the project's folder; None where that is no script of it."""
        scripts = project.resolve() / "workflow/scripts"
        names = (file.name for file in self.inputs if file.resolve().parent == scripts)
        return next((Path("workflow/scripts", name) for name in names), None)


def read(folder: Path, results: Path) -> list[Job]:
    """Every job that has a result, oldest first.

    Notes of another form are left out: a bucket's results and a database have them elsewhere.

    Args:
        folder: `.snakemake/metadata` of the folder that Snakemake ran in.
        results: folder that has `logs` and `benchmarks`, as Snakemake has it.
    """
    root = folder.parents[1]
    outputs_of: dict[str, list[Path]] = {}
    notes: dict[str, dict] = {}
    for file in sorted(file for file in folder.rglob("*") if file.is_file()):
        # Long names are cut into folders, each marked by an @.
        parts = [part.removeprefix("@") for part in file.relative_to(folder).parts]
        try:
            output = Path(base64.urlsafe_b64decode("".join(parts)).decode())
            note = json.loads(file.read_text())
            # One log a job; the times of its outputs differ by milliseconds.
            key = json.dumps([note["rule"], note["log"]])
        except (ValueError, KeyError, TypeError, binascii.Error):
            continue
        if (root / output).exists():
            outputs_of.setdefault(key, []).append(output)
            notes[key] = note
    jobs = [
        Job(
            rule=note["rule"],
            command=note["shellcmd"] or "",
            inputs=tuple(map(Path, note["input"])),
            outputs=tuple(sorted(outputs_of[key])),
            environment=base64.b64decode(note["conda_env"] or "").decode(),
            start=datetime.fromtimestamp(note["starttime"], UTC),
            end=datetime.fromtimestamp(note["endtime"], UTC),
            used=_used(root, results, note["log"]),
        )
        for key, note in notes.items()
    ]
    return sorted(jobs, key=lambda job: (job.start, job.outputs))


def leading_to(files: list[Path], jobs: list[Job]) -> list[Job]:
    """The jobs that files depend on, directly or not, in their order."""
    maker = {output: job for job in jobs for output in job.outputs}
    needed, waiting = set(), list(files)
    while waiting:
        job = maker.get(waiting.pop())
        if job and job.outputs not in needed:
            needed.add(job.outputs)
            waiting.extend(job.inputs)
    return [job for job in jobs if job.outputs in needed]


def _used(root: Path, results: Path, logs: list[str]) -> dict[str, float]:
    for log in map(Path, logs):
        if not log.is_relative_to(results / "logs"):
            continue
        benchmark = results / "benchmarks" / log.relative_to(results / "logs")
        file = (root / benchmark).with_suffix(".jsonl")
        if file.is_file():
            measured = json.loads(file.read_text().splitlines()[-1])
            return {
                name: measured[key]
                for name, key in (("wall time (s)", "s"), ("memory (MB)", "max_rss"))
                if isinstance(measured.get(key), int | float)
            }
    return {}
