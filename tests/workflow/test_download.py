"""The real client of Kaggle against a server on loopback, with everything that can go wrong."""

import base64
import contextlib
import email.utils
import hashlib
import io
import json
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml
from conftest import PATIENCE_S, rows

ROOT = Path(__file__).parents[2]
DATASET = "quadeer15sh/image-super-resolution-from-unsplash"
TOKEN = "KGAT_recognisable0123456789"
SIGNATURE = "recognisablesignature"
LAYOUT = "Image Super Resolution - Unsplash"
noise = random.Random(0)
FILES = {
    f"{LAYOUT}/high res/1.jpg": noise.randbytes(3_000_000),
    f"{LAYOUT}/low res/1_2.jpg": noise.randbytes(200_000),
    f"{LAYOUT}/low res/1_4.jpg": noise.randbytes(50_000),
    f"{LAYOUT}/image_data.csv": b"low_res,high_res\n1_2.jpg,1.jpg\n",
}


def zipped(files: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return content.getvalue()


ARCHIVE = zipped(FILES)


@dataclass
class Kaggle:
    """Contents of the server, the requests that it got, and how it misbehaves.

    `api` and `storage` are answers to the next requests of each kind, before the right ones again;
    `always` is an answer to every request.
    """

    content: bytes = ARCHIVE
    version: int = 1
    etag: str = '"first"'
    modified: str = "Mon, 01 Jan 2024 00:00:00 GMT"
    api: list[Callable] = field(default_factory=list)
    storage: list[Callable] = field(default_factory=list)
    always: Callable | None = None
    downloads: list[dict] = field(default_factory=list)
    fetches: list[dict] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    port: int = 0


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @property
    def kaggle(self) -> Kaggle:
        return self.server.kaggle

    def log_message(self, *_):
        pass

    def answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        headers = {"Content_Length": str(len(body)), "Connection": "close"} | headers
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        # A client that was killed reads no more.
        with contextlib.suppress(ConnectionError):
            self.wfile.write(body)
        self.close_connection = True

    def say(self, value: dict, status: int = 200) -> None:
        self.answer(status, json.dumps(value).encode(), Content_Type="application/json")

    def do_POST(self):
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.kaggle.always:
            self.kaggle.always(self)
        elif self.path.endswith("/IntrospectToken"):
            self.say({"active": request["token"] == TOKEN, "username": "tester"})
        else:
            assert self.path == "/v1/datasets.DatasetApiService/DownloadDataset"
            self.download(request)

    def download(self, request: dict) -> None:
        self.kaggle.downloads.append(request)
        if self.kaggle.api:
            self.kaggle.api.pop(0)(self)
        elif self.headers.get("Authorization") not in (f"Bearer {TOKEN}", BASIC):
            self.say({"code": 401, "message": f"Unauthenticated {TOKEN}"}, 401)
        elif f"{request['ownerSlug']}/{request['datasetSlug']}" != DATASET or (
            request["datasetVersionNumber"] != self.kaggle.version
        ):
            self.say({"code": 404, "message": "Not found"}, 404)
        else:
            # Another host, as in reality: credentials must not follow.
            address = f"http://127.0.0.1:{self.kaggle.port}/archive.zip?signature={SIGNATURE}"
            self.answer(302, Location=address)

    def do_GET(self):
        kaggle = self.kaggle
        kaggle.fetches.append(dict(self.headers))
        if kaggle.storage:
            kaggle.storage.pop(0)(self)
        else:
            self.serve()

    def serve(self, most: int | None = None, then: Callable = lambda: None) -> None:
        """The archive or the requested part; after `most` bytes do something else."""
        kaggle = self.kaggle
        start, status, headers = 0, 200, {}
        wanted = self.headers.get("Range")
        if wanted and self.headers.get("If-Range", kaggle.etag) == kaggle.etag:
            start, status = int(wanted.removeprefix("bytes=").removesuffix("-")), 206
            size = len(kaggle.content)
            headers = {"Content_Range": f"bytes {start}-{size - 1}/{size}"}
        headers |= {"ETag": kaggle.etag, "Last_Modified": kaggle.modified}
        headers |= {"Accept_Ranges": "bytes"}
        body = kaggle.content[start:]
        self.answer(status, body[:most], Content_Length=str(len(body)), **headers)
        then()


BASIC = "Basic " + base64.b64encode(f"tester:{TOKEN}".encode()).decode()


def status(code: int, **headers: str) -> Callable:
    # The server's own words must not come through: they could hold anything.
    return lambda handler: handler.answer(code, TOKEN.encode() * 100, **headers)


def cut(most: int) -> Callable:
    return lambda handler: handler.serve(most)


def stall(most: int) -> Callable:
    return lambda handler: handler.serve(most, then=handler.kaggle.over.wait)


def silence(handler: Handler) -> None:
    handler.kaggle.over.wait()


def hang_up(handler: Handler) -> None:
    handler.close_connection = True


@pytest.fixture
def kaggle() -> Iterator[Kaggle]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.kaggle = Kaggle(port=server.server_port)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server.kaggle
    server.kaggle.over.set()
    server.shutdown()
    thread.join()
    server.server_close()


@dataclass(frozen=True)
class Site:
    """A folder in which the download step runs, with a home folder of its own."""

    folder: Path
    environment: dict[str, str]

    def command(self, *options: str) -> dict:
        source = () if "--path" in options else ("--dataset", f"{DATASET}/1")
        quick = ("--timeout-s", "0.6", "--retries", "2", "--delay-s", "0.05")
        places = ("--partial", "x.part", "--output", "x/files", "--table", "x/files.csv")
        script = str(ROOT / "workflow/scripts/download.py")
        return {
            "args": [sys.executable, script, "download", *source, *quick, *places, *options],
            "cwd": self.folder,
            "env": self.environment,
            "text": True,
        }

    def run(self, *options: str) -> subprocess.CompletedProcess:
        done = subprocess.run(**self.command(*options), capture_output=True, timeout=PATIENCE_S)
        for secret in (TOKEN, SIGNATURE, BASIC.split()[1]):
            assert secret not in done.stdout + done.stderr
        assert done.stdout == ""
        return done

    def succeed(self, *options: str) -> str:
        done = self.run(*options)
        assert done.returncode == 0, done.stderr
        assert {file.name for file in self.folder.iterdir()} >= {"x"}
        assert not (self.folder / "x.part").exists()
        return done.stderr

    def fail(self, *options: str) -> str:
        """The one line in which a run ended that left nothing of its outputs behind."""
        done = self.run(*options)
        assert done.returncode == 1, done.stderr
        assert "Traceback" not in done.stderr
        assert not (self.folder / "x").exists() or not list((self.folder / "x").iterdir())
        *_, last = done.stderr.splitlines()
        assert last.startswith("error: ")
        assert done.stderr.count("error: ") == 1
        return last

    def part(self) -> Path:
        return self.folder / "x.part" / DATASET / f"1/{DATASET.split('/')[1]}.zip"

    def files(self) -> dict[str, bytes]:
        files = self.folder / "x/files"
        return {
            file.relative_to(files).as_posix(): file.read_bytes()
            for file in files.rglob("*")
            if file.is_file()
        }


@pytest.fixture
def site(kaggle, tmp_path) -> Site:
    """Python reads `sitecustomize` at its start; it sends the client here instead of to Kaggle."""
    (tmp_path / "python").mkdir()
    (tmp_path / "python/sitecustomize.py").write_text(
        "import os\n"
        "from kagglesdk import kaggle_env\n"
        "endpoints = kaggle_env._env_to_endpoint\n"
        "endpoints[kaggle_env.KaggleEnv.PROD] = os.environ['LOOPBACK']\n"
    )
    (tmp_path / "home").mkdir()
    (tmp_path / "site").mkdir()
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path / "home"),
        "PYTHONPATH": str(tmp_path / "python"),
        "LOOPBACK": f"http://localhost:{kaggle.port}",
        "NO_PROXY": "*",
        "KAGGLE_API_TOKEN": TOKEN,
    }
    return Site(tmp_path / "site", environment)


def test_one_version_is_downloaded_unpacked_and_recorded(site, kaggle):
    log = site.succeed()
    assert site.files() == FILES
    table = rows(site.folder / "x/files.csv")
    assert table == [
        {"file": name, "bytes": str(len(data)), "sha256": hashlib.sha256(data).hexdigest()}
        for name, data in sorted(FILES.items())
    ]
    assert [request["datasetVersionNumber"] for request in kaggle.downloads] == [1]
    assert "Authorization" not in kaggle.fetches[0]
    # The client's own words are not among them.
    assert all(re.match(r"\d\d:\d\d:\d\d download: ", line) for line in log.splitlines())
    assert "4/4 MB (100 %), 0 s left" in log
    assert "4/4 files (100 %), 0 s left" in log


def test_the_real_dataset_in_its_own_layout(site, kaggle, unsplash_sample):
    folder = unsplash_sample / LAYOUT
    files = {
        f"{LAYOUT}/{file.relative_to(folder).as_posix()}": file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file()
    }
    kaggle.content = zipped(files)
    site.succeed()
    assert site.files() == files
    assert {row["file"] for row in rows(site.folder / "x/files.csv")} == set(files)


@pytest.mark.parametrize("place", ["access_token", "kaggle.json"])
def test_credentials_come_from_the_usual_places(place, site):
    del site.environment["KAGGLE_API_TOKEN"]
    folder = Path(site.environment["HOME"]) / ".kaggle"
    folder.mkdir()
    if place == "access_token":
        (folder / place).write_text(TOKEN)
    else:
        (folder / place).write_text(json.dumps({"username": "tester", "key": TOKEN}))
    site.succeed()


def test_no_secret_is_shown_when_the_client_is_told_to_be_verbose(site, kaggle):
    site.environment["VERBOSE"] = "1"
    # It would also read the whole file before it saves a byte.
    kaggle.storage = [cut(2_500_000)]
    site.succeed()
    assert "Range" in kaggle.fetches[-1]


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"KAGGLE_API_TOKEN": ""}, "no valid credentials; make an API token at https://www.kaggle"),
        ({"KAGGLE_API_TOKEN": "wrong"}, "no valid credentials; make an API token at https://www."),
        (
            {"KAGGLE_API_TOKEN": "", "KAGGLE_USERNAME": "tester", "KAGGLE_KEY": "wrong"},
            "refuses the credentials (HTTP 401); make an API token at https://www.kaggle.com/set",
        ),
    ],
    ids=["none", "wrong token", "wrong key"],
)
def test_without_credentials_the_error_says_how_to_get_some(variables, message, site, kaggle):
    site.environment.update(variables)
    line = site.fail()
    assert message in line
    assert "~/.kaggle/access_token" in line
    assert kaggle.fetches == []


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (status(400), "does not understand the request for quadeer15sh/image-super"),
        (status(403), "to this account (HTTP 403); accept its licence or rules at https://www.k"),
        (status(429, Retry_After="3600"), "is busy or out of order (HTTP 429); run again later"),
    ],
    ids=["400", "403", "429"],
)
def test_a_refusal_is_final(answer, message, site, kaggle):
    kaggle.api = [answer]
    assert message in site.fail()
    assert len(kaggle.downloads) == 1


def test_another_version_is_not_taken_instead(site, kaggle):
    line = site.fail("--dataset", f"{DATASET}/2")
    assert f"no dataset or version {DATASET}/2 (HTTP 404); look at https://www.kaggle" in line
    assert [request["datasetVersionNumber"] for request in kaggle.downloads] == [2]


def test_what_passes_is_tried_again(site, kaggle):
    kaggle.api = [status(500), hang_up, silence]
    kaggle.storage = [status(503), cut(0)]
    log = site.succeed("--retries", "5")
    assert site.files() == FILES
    reasons = re.findall(r"Kaggle (.*); retry \d of 5 in \d s", log)
    assert reasons == [
        "is busy or out of order (HTTP 500)",
        "cannot be reached or fell silent (ConnectionError)",
        "cannot be reached or fell silent (ReadTimeout)",
        "is busy or out of order (HTTP 503)",
        "cannot be reached or fell silent (ChunkedEncodingError)",
    ]


@pytest.mark.parametrize("broken", [cut(2_500_000), stall(2_500_000)], ids=["cut", "stalled"])
def test_what_arrived_before_a_break_is_kept(broken, site, kaggle):
    kaggle.storage = [broken]
    site.succeed()
    assert site.files() == FILES
    assert [fetch.get("Range") for fetch in kaggle.fetches] == [None, None, "bytes=2097152-"]


def test_the_wait_that_a_server_asks_for_is_kept(site, kaggle):
    at = email.utils.formatdate(time.time() + 2, usegmt=True)
    kaggle.api = [status(429, Retry_After=at), status(503, Retry_After="1")]
    start_s = time.monotonic()
    site.succeed()
    assert time.monotonic() - start_s > 2


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (status(500), "out of order (HTTP 500); run again later"),
        (silence, "cannot be reached or fell silent"),
    ],
    ids=["500", "silent"],
)
def test_what_does_not_pass_ends(answer, message, site, kaggle):
    kaggle.always = answer
    assert message in site.fail("--retries", "1")


def test_bodies_that_always_break_off_end_with_what_arrived_kept(site, kaggle):
    kaggle.storage = [cut(1_500_000)] * 9
    assert "cannot be reached or fell silent (ChunkedEncodingError)" in site.fail("--retries", "1")
    assert len(kaggle.downloads) == 2
    assert ARCHIVE.startswith(site.part().read_bytes())
    assert site.part().stat().st_size > 2_000_000


def test_without_a_network_the_end_is_clear(site):
    site.environment["LOOPBACK"] = "http://localhost:9"
    assert "cannot be reached or fell silent (ConnectionError)" in site.fail("--retries", "1")


def test_a_folder_that_cannot_be_written_is_named(site):
    (site.folder / "x.part").touch()
    assert "x.part/quadeer15sh: Not a directory" in site.fail()
    site.environment["HOME"] = "/dev/null"
    assert "/dev/null/.config: Not a directory" in site.fail()


def test_an_error_page_is_never_appended_or_saved(site, kaggle):
    # Broken off; requested again, then with Range.
    kaggle.storage = [cut(2_500_000), cut(0), status(500)]
    site.succeed()
    assert site.files() == FILES
    ranges = [fetch.get("Range") for fetch in kaggle.fetches]
    assert ranges[-1] == "bytes=2097152-"


def kill_half_way(site: Site, kaggle: Kaggle) -> int:
    """Kill the step when more than a half has arrived; returns how much that is, in bytes."""
    kaggle.storage = [stall(2_500_000)]
    started = subprocess.Popen(**site.command("--timeout-s", "60"), stderr=subprocess.DEVNULL)
    try:
        until_s = time.monotonic() + PATIENCE_S
        while not site.part().exists() or site.part().stat().st_size < 2_000_000:
            assert started.poll() is None
            assert time.monotonic() < until_s
            time.sleep(0.02)
    finally:
        started.send_signal(signal.SIGKILL)
        started.wait()
    kaggle.fetches.clear()
    return site.part().stat().st_size


def test_a_killed_download_goes_on_where_it_was(site, kaggle):
    arrived = kill_half_way(site, kaggle)
    site.succeed()
    assert site.files() == FILES
    assert [fetch.get("Range") for fetch in kaggle.fetches] == [None, f"bytes={arrived}-"]
    assert kaggle.fetches[1]["If-Range"] == kaggle.etag


@pytest.mark.parametrize("size", [100_000, 3_500_000], ids=["smaller", "larger"])
def test_a_killed_download_starts_afresh_when_the_file_has_changed(size, site, kaggle):
    kill_half_way(site, kaggle)
    files = {"a.jpg": noise.randbytes(size)}
    kaggle.content, kaggle.etag = zipped(files), '"second"'
    site.succeed()
    assert site.files() == files
    assert all("Range" not in fetch for fetch in kaggle.fetches)


def test_a_change_between_two_requests_starts_afresh(site, kaggle):
    kill_half_way(site, kaggle)
    files = {"a.jpg": noise.randbytes(3_300_000)}

    def change(handler: Handler) -> None:
        kaggle.content, kaggle.etag = zipped(files), '"second"'
        handler.serve()

    # The client only looks at the head of the first answer and asks for the rest with Range.
    kaggle.storage = [cut(0), change]
    site.succeed()
    assert site.files() == files
    assert [fetch.get("Range") is None for fetch in kaggle.fetches] == [True, False, True]


def test_what_was_downloaded_outlives_a_limit_that_was_too_low(site, kaggle):
    assert "unpacks to more than 1 MB" in site.fail("--max-unpacked-mb", "1")
    assert site.part().read_bytes() == ARCHIVE
    # A client that waited for the body would wait in vain.
    kaggle.storage = [stall(0)]
    site.succeed("--retries", "0")
    assert site.files() == FILES


def test_a_kept_archive_never_passes_for_another_version(site, kaggle):
    site.fail("--max-unpacked-mb", "1")
    files = {"a.jpg": b"a"}
    kaggle.content, kaggle.version = zipped(files), 2
    site.succeed("--dataset", f"{DATASET}/2")
    assert site.files() == files


def test_what_is_no_archive_is_not_kept(site, kaggle):
    kaggle.content = b"<html>log in to this network</html>"
    assert (
        "not a whole zip or tar archive (File is not a zip file); download it again" in site.fail()
    )
    assert not (site.folder / "x.part").exists()


def test_a_hostile_archive_writes_nothing(site, kaggle):
    kaggle.content = zipped(FILES | {"../../escaped": b""})
    assert "entry '../../escaped' is no plain path inside the archive" in site.fail()
    assert not list(site.folder.parent.rglob("escaped"))


@pytest.fixture
def copy(tmp_path) -> Path:
    (tmp_path / "my copy").mkdir()
    (tmp_path / "my copy/a;b.zip").write_bytes(ARCHIVE)
    return tmp_path / "my copy/a;b.zip"


def test_a_copy_of_the_user_needs_no_kaggle(site, kaggle, copy):
    del site.environment["KAGGLE_API_TOKEN"]
    site.succeed("--path", str(copy))
    assert site.files() == FILES
    assert kaggle.downloads == []
    assert copy.read_bytes() == ARCHIVE


def test_a_copy_that_is_not_there_or_broken_is_named(site, copy):
    assert "none.zip: no such file or folder; set downloads.<name>.path to" in site.fail(
        "--path", "none.zip"
    )
    copy.write_bytes(ARCHIVE[:-100])
    assert f"{copy}: not a whole zip or tar archive" in site.fail("--path", str(copy))
    assert copy.exists()


def overlay(folder: Path, **downloads: dict) -> tuple[str, ...]:
    """Options that ask for these downloads."""
    pinned = {"kaggle": DATASET, "version": 1}
    config = {"downloads": {name: pinned | keys for name, keys in downloads.items()}}
    (folder / "overlay.yaml").write_text(yaml.safe_dump(config))
    targets = [f"results/downloads/{name}/files.csv" for name in downloads]
    return *targets, "--configfile", "overlay.yaml"


def test_the_rule_downloads_once_and_no_secret_is_left_anywhere(
    checkout, site, kaggle, monkeypatch
):
    for name, value in site.environment.items():
        monkeypatch.setenv(name, value)
    options = overlay(checkout.folder, unsplash={})
    kaggle.api = [status(403)]
    failed = checkout.snakemake(*options, "--cores", "1")
    assert failed.returncode != 0
    assert "error: Kaggle does not give" in failed.stdout
    folder = checkout.folder / "results/downloads"
    assert not (folder / "unsplash/files").exists()

    done = checkout.snakemake(*options, "--cores", "1", "--verbose", "--printshellcmds")
    assert done.returncode == 0, done.stdout
    assert [row["file"] for row in rows(folder / "unsplash/files.csv")] == sorted(FILES)
    assert {file.name for file in folder.iterdir()} == {"unsplash"}
    assert "100 %" in (checkout.folder / "results/logs/downloads/unsplash.log").read_text()
    assert checkout.jobs(*options) == {}

    written = [done.stdout, failed.stdout] + [
        file.read_text(errors="replace")
        for top in ("results", ".snakemake")
        for file in (checkout.folder / top).rglob("*")
        if file.is_file()
    ]
    assert len(written) > 8
    for secret in (TOKEN, SIGNATURE):
        assert not any(secret in text for text in written)

    assert checkout.jobs(*overlay(checkout.folder, unsplash={"version": 2})) == {"download": 1}


def test_the_rule_notices_a_change_of_the_users_copy(checkout, copy, tmp_path):
    folder = tmp_path / "folder"
    (folder / "deep/er").mkdir(parents=True)
    (folder / "deep/er/a").touch()
    copies = {"zipped": {"path": str(copy)}, "unzipped": {"path": str(folder)}}
    checkout.run(*overlay(checkout.folder, **copies))
    downloads = checkout.folder / "results/downloads"
    assert [row["file"] for row in rows(downloads / "unzipped/files.csv")] == ["deep/er/a"]
    assert [row["file"] for row in rows(downloads / "zipped/files.csv")] == sorted(FILES)

    copy.write_bytes(zipped({"b": b"x"}))
    (folder / "deep/er/b").touch()
    # A dry run needs no copy either.
    options = overlay(checkout.folder, **copies, gone={"path": "nowhere.zip"})
    assert checkout.jobs(*options) == {"download": 3}
