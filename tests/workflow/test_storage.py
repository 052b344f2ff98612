"""Results in a bucket, on a real S3 server; and Kubernetes' jobs, which share nothing else."""

import base64
import contextlib
import http.client
import http.server
import json
import os
import socket
import subprocess
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar
from xml.etree import ElementTree

import pytest
import yaml
from conftest import PATIENCE_S, SMOKE, Checkout, environment, pictures

# A table, and with it a model and folders of pictures.
TARGET = "results/bundled/x2/lr_autoencoder/seed0/metrics.csv"


@dataclass(frozen=True)
class Server:
    """An S3 server on loopback, and an environment that can talk to it."""

    url: str
    python: Path

    def objects(self, bucket: str, prefix: str) -> dict[str, bytes]:
        """Every object below a prefix, by its key without it."""
        listed = self.get(f"/{bucket}?list-type=2&prefix={prefix}")
        found = ElementTree.fromstring(listed).iterfind("{*}Contents/{*}Key")
        return {
            key.text.removeprefix(prefix): self.get(f"/{bucket}/{key.text}")
            for key in found
            if key.text is not None
        }

    def get(self, path: str) -> bytes:
        # The server wants to see a signature and takes any.
        credential = "AWS4-HMAC-SHA256 Credential=anyone/20260101/us-east-1/s3/aws4_request"
        request = urllib.request.Request(self.url + path, headers={"Authorization": credential})
        with urllib.request.urlopen(request) as answer:
            return answer.read()


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("s3")
    python = environment(folder / "venv", "kubernetes", "s3", "s3-server")
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port = listening.getsockname()[1]
    with (folder / "server.log").open("w") as log:
        process = subprocess.Popen(
            [python.parent / "moto_server", "-p", str(port)], stdout=log, stderr=log
        )
        try:
            for _ in range(PATIENCE_S):
                connection = http.client.HTTPConnection("127.0.0.1", port)
                try:
                    connection.request("GET", "/")
                    break
                except ConnectionRefusedError:
                    time.sleep(1)
            else:
                pytest.fail((folder / "server.log").read_text())
            yield Server(f"http://127.0.0.1:{port}", python)
        finally:
            process.terminate()
            process.wait(timeout=PATIENCE_S)


def test_results_in_a_bucket_have_the_bytes_of_local_ones(
    server, checkout, finished_run, monkeypatch
):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "anyone")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "anything")
    sharing = Checkout(checkout.folder, server.python)
    bucket = ("--default-storage-provider", "s3", "--default-storage-prefix", "s3://shared/mine")
    options = (TARGET, *SMOKE, *bucket, "--storage-s3-endpoint-url", server.url)
    assert sharing.jobs(*options)["train"] == 1
    sharing.run(*options)
    # The state of a training stays where it trains, and is removed when it is done.
    assert not [file for file in sharing.folder.glob("results/**/*") if file.is_file()]
    stored = {
        name: content
        for name, content in server.objects("shared", "mine/").items()
        if not name.startswith(("results/logs/", "results/benchmarks/"))
        and not name.endswith(("timing.json", ".snakemake_timestamp"))
    }
    assert TARGET in stored
    assert {Path(name).suffix for name in stored} == {
        ".csv",
        ".jpg",
        ".json",
        ".keras",
        ".onnx",
        ".png",
    }
    local = {name: (finished_run.folder / name).read_bytes() for name in stored}
    assert [name for name in stored if stored[name] != local[name]] == []
    assert sharing.jobs(*options) == {}


def test_results_may_lie_on_another_file_system(checkout, finished_run):
    elsewhere = Path("/dev/shm")
    if not elsewhere.is_dir() or elsewhere.stat().st_dev == checkout.folder.stat().st_dev:
        pytest.skip("no second file system at /dev/shm")
    overlay = {"run": {"methods": ["bicubic", "lanczos"]}}
    (checkout.folder / "few.yaml").write_text(yaml.safe_dump(overlay))
    with tempfile.TemporaryDirectory(dir=elsewhere) as folder:
        (checkout.folder / "results").symlink_to(folder)
        checkout.run(*SMOKE, "few.yaml")
        assert checkout.jobs(*SMOKE, "few.yaml") == {}
        checkout.run("verify", *SMOKE, "few.yaml")
        for method in ("bicubic", "lanczos"):
            assert pictures(checkout, method) == pictures(finished_run, method)


class Cluster(http.server.BaseHTTPRequestHandler):
    """As much of Kubernetes' API as Snakemake talks to; a pod is an empty folder."""

    python: ClassVar[Path]
    secrets: ClassVar[dict[str, str]] = {}
    jobs: ClassVar[list[dict]] = []
    exits: ClassVar[dict[str, int]] = {}

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path.endswith("/secrets"):
            decoded = {key: base64.b64decode(text).decode() for key, text in body["data"].items()}
            self.secrets.update(decoded)
        else:
            self.jobs.append(body)
            self.exits[body["metadata"]["name"]] = self.run(container(body))
        self.answer(body)

    def do_GET(self):
        if not self.path.endswith("/status"):
            self.answer({"items": []})
            return
        kind = "failed" if self.exits[self.path.split("/")[-2]] else "succeeded"
        self.answer({"status": {kind: 1}})

    def do_DELETE(self):
        self.answer({"status": "Success"})

    def run(self, pod: dict) -> int:
        with tempfile.TemporaryDirectory() as folder:
            # The environment is what the image brings along, with all packages that pip would add.
            (Path(folder) / "pip").symlink_to("/bin/true")
            variables = {
                variable["name"]: self.secrets[variable["valueFrom"]["secretKeyRef"]["key"]]
                for variable in pod["env"]
            }
            path = os.pathsep.join([folder, str(self.python.parent), os.defpath])
            workdir = Path(folder, "workdir")
            workdir.mkdir()
            return subprocess.run(
                [*pod["command"], *pod["args"]],
                cwd=workdir,
                env=variables | {"PATH": path, "HOME": folder},
            ).returncode

    def log_message(self, *_):
        pass

    def answer(self, body: dict) -> None:
        text = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)


def container(job: dict) -> dict:
    (found,) = job["spec"]["template"]["spec"]["containers"]
    return found


@pytest.fixture
def cluster(server, tmp_path, monkeypatch) -> Iterator[type[Cluster]]:
    """Kubernetes' API on loopback, where its client looks for it."""
    monkeypatch.setattr(Cluster, "python", server.python, raising=False)
    api = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Cluster)
    url = f"http://127.0.0.1:{api.server_port}"
    access = {
        "current-context": "here",
        "clusters": [{"name": "here", "cluster": {"server": url}}],
        "users": [{"name": "me", "user": {}}],
        "contexts": [{"name": "here", "context": {"cluster": "here", "user": "me"}}],
    }
    (tmp_path / "access.yaml").write_text(yaml.safe_dump(access))
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "access.yaml"))
    with contextlib.closing(api.socket):
        threading.Thread(target=api.serve_forever, daemon=True).start()
        yield Cluster
        api.shutdown()


def test_kubernetes_jobs_have_all_they_need(server, cluster, checkout, finished_run, monkeypatch):
    monkeypatch.setenv("SNAKEMAKE_STORAGE_S3_ACCESS_KEY", "anyone")
    monkeypatch.setenv("SNAKEMAKE_STORAGE_S3_SECRET_KEY", "anything")
    # What travels to a pod is what git knows.
    for command in (["init", "--quiet"], ["add", "."]):
        subprocess.run(["git", *command], cwd=checkout.folder, check=True)
    target = "results/bundled/x2/split.csv"
    gpu = ("--set-resources", "photos:gpu=1", "photos:gpu_manufacturer=nvidia")
    where = ("--default-storage-prefix", "s3://pods/mine", "--storage-s3-endpoint-url", server.url)
    # Conda's channels are not needed to see a job run.
    plain = ("--software-deployment-method", "env-modules")
    submitting = Checkout(checkout.folder, server.python)
    options = (target, "--profile", "profiles/kubernetes", *plain, *SMOKE, *gpu, *where)
    done = submitting.snakemake(*options)
    assert done.returncode == 0, done.stdout
    stored = server.objects("pods", "mine/")
    assert stored[target] == (finished_run.folder / target).read_bytes()
    pods = [container(job) for job in cluster.jobs]
    assert [pod["resources"]["requests"]["memory"] for pod in pods] == ["4000M", "4000M", "2000M"]
    assert pods[0]["resources"]["requests"]["nvidia.com/gpu"] == "1"
    assert pods[0]["image"].startswith("snakemake/snakemake:v9")
