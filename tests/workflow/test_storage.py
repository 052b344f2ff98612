"""Results in a bucket, on a real S3 server."""

import http.client
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import pytest
from conftest import SMOKE, Checkout, environment

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
    python = environment(folder / "venv", "s3", "s3-server")
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port = listening.getsockname()[1]
    with (folder / "server.log").open("w") as log:
        process = subprocess.Popen(
            [python.parent / "moto_server", "-p", str(port)], stdout=log, stderr=log
        )
        try:
            for _ in range(60):
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
            process.wait(timeout=30)


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
    assert not (sharing.folder / "results").exists()
    stored = {
        name: content
        for name, content in server.objects("shared", "mine/").items()
        if not name.startswith(("results/logs/", "results/benchmarks/"))
        and not name.endswith(("timing.json", ".snakemake_timestamp"))
    }
    assert TARGET in stored
    assert {Path(name).suffix for name in stored} == {".csv", ".json", ".keras", ".png", ".jpg"}
    local = {name: (finished_run.folder / name).read_bytes() for name in stored}
    assert [name for name in stored if stored[name] != local[name]] == []
    assert sharing.jobs(*options) == {}
