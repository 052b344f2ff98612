"""The folder of this workflow's files, also where its Snakefile comes from GitHub."""

import io
import os
import subprocess
import sys
import tarfile
import time
from pathlib import Path

from git import GitCommandError
from snakemake.sourcecache import HostingProviderFile, LocalGitFile, LocalSourceFile


def project_folder(source):
    """The folder of the project.

    Args:
        source: folder of this file, as Snakemake knows it.
    """
    match source:
        case LocalSourceFile():
            return Path(source.path).parents[1]
        case LocalGitFile():
            return checked_out(Path(source.repo_path), source.ref, Path(source.repo_path).name)
        case HostingProviderFile():
            name = f"{source.host}/{source.repo}"
            try:
                source.fetch_if_required()
                clone = source.hosted_repo.repo_clone
            except GitCommandError as error:
                sys.exit(f"error: {name}: {in_one_line(error.stderr)}")
            return checked_out(clone, source.ref, name)
        case _:
            sys.exit(
                f"error: {source}: a URL has no folder; write "
                '`snakefile: github("owner/repository", path="workflow/Snakefile", tag="...")`'
            )


def in_one_line(text):
    """A message of git, which may have several."""
    return " ".join(text.split())


def checked_out(clone, version, name):
    """All files of a version of a clone, in a folder below the working directory.

    Files that are as in the version before stay untouched, so that only steps whose code has
    changed run again.
    """
    folder = Path(".snakemake/workflows", name).absolute()
    if folder.exists() and not workflow.is_main_process:
        return folder
    command = ["git", "-C", clone, "archive", "--format=tar", version]
    archive = subprocess.run(command, capture_output=True)
    if archive.returncode != 0:
        sys.exit(f"error: {name} at {version}: {in_one_line(archive.stderr.decode())}")
    with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as members:
        contents = {
            folder / member.name: (members.extractfile(member).read(), member.mtime)
            for member in members
            if member.isfile()
        }
        commit = members.pax_headers["comment"].encode()
        # What superres.provenance.origin reads.
        contents[folder / ".commit"] = (commit, time.time())
    changed = {
        file: content
        for file, content in contents.items()
        if not file.is_file() or file.read_bytes() != content[0]
    }
    if changed and "superres" in sys.modules:
        sys.exit(
            f"error: {name} at {version}: another copy of this workflow is part of this run; give "
            "all modules the same snakefile"
        )
    for file, (content, commit_time) in changed.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_name(f"{file.name}.{os.getpid()}.draft")
        draft.write_bytes(content)
        if not file.exists():
            os.utime(draft, (commit_time, commit_time))
        draft.replace(file)
    for file in folder.rglob("*"):
        # A start at the same time has drafts of its own.
        if file.is_file() and file not in contents and file.suffix not in (".draft", ".pyc"):
            file.unlink(missing_ok=True)
    return folder


ROOT = project_folder(workflow.current_basedir)
