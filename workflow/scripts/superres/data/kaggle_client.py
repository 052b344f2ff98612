"""Kaggle datasets through Kaggle's own client, which looks for the credentials and resumes."""

import contextlib
import io
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import requests

from superres.core.console import Progress, log
from superres.core.errors import InputError

LONGEST_WAIT_S = 120.0

_HOW_TO_LOG_IN = (
    "make an API token at https://www.kaggle.com/settings and put it into the environment "
    "variable KAGGLE_API_TOKEN or the file ~/.kaggle/access_token (older keys: "
    "~/.kaggle/kaggle.json, or KAGGLE_USERNAME and KAGGLE_KEY)"
)


def fetch(
    dataset: str, folder: Path, timeout_s: float = 60.0, retries: int = 5, delay_s: float = 2.0
) -> Path:
    """Download one version of a dataset as one zip file, without the part that is there already.

    No message repeats what the client or the server say: their words may hold addresses that are
    as good as a password.

    Args:
        dataset: `owner/name/version`.
        folder: keeps the archive, and what there is of it when the download breaks off.
        timeout_s: longest silence of the server.
        retries: further attempts after one that failed for a reason that may pass.
        delay_s: wait before the first of them, doubled for every other; a server that asks for
            another wait gets it, up to `LONGEST_WAIT_S`.

    Returns:
        The archive.

    Raises:
        InputError: Kaggle refused, or could not be reached, or the disk cannot take the file.
    """
    # A folder per version: the client takes any file that is newer than the server's for it.
    folder = folder / dataset
    archive = folder / f"{dataset.split('/')[1]}.zip"
    with _strict_requests(timeout_s), contextlib.redirect_stdout(io.StringIO()):
        for attempt in range(retries + 1):
            try:
                client = _client(timeout_s)
                client.authenticate()
                client.dataset_download_files(dataset, path=str(folder))
                return archive
            except SystemExit:
                raise InputError(f"Kaggle knows no valid credentials; {_HOW_TO_LOG_IN}") from None
            except requests.RequestException as error:
                reason = _reason(error, dataset)
                asked_s = _asked_wait_s(error.response)
            except ValueError:
                reason, asked_s = "Kaggle sent something else than it announced", None
            except OSError as error:
                what = error.strerror or type(error).__name__
                raise InputError(f"{error.filename or folder}: {what}") from None
            wait_s = min(delay_s * 2**attempt, LONGEST_WAIT_S) if asked_s is None else asked_s
            if attempt == retries or wait_s > LONGEST_WAIT_S:
                break
            log.warning("%s; retry %d of %d in %.0f s", reason, attempt + 1, retries, wait_s)
            time.sleep(wait_s)
    raise InputError(f"{reason}; run again later, what has arrived is kept")


def _client(timeout_s: float):
    """Kaggle's client, without what it does badly."""
    # The import itself logs in, and makes folders; nothing else may wait for that or fail.
    from kaggle.api.kaggle_api_extended import KaggleApi

    class Client(KaggleApi):
        # Under VERBOSE the original prints credentials and reads the file into memory first.
        args = ()

        def download_needed(self, response, outfile, quiet=True):
            # The original takes a part that is newer and not smaller than the file for the file.
            unfinished = Path(self._resume_marker_path(outfile)).exists()
            return unfinished or super().download_needed(response, outfile, quiet)

        def download_file(self, response, outfile, http_client, quiet=True, resume=False):
            # The retries of the original stay with an address that expires.
            options = {"max_retries": 0, "timeout": timeout_s}
            with _watched(Path(outfile), int(response.headers.get("Content-Length", 0))):
                super().download_file(response, outfile, http_client, quiet, resume, **options)

    return Client()


@contextlib.contextmanager
def _strict_requests(timeout_s: float) -> Iterator[None]:
    """No request waits for ever and no error page is saved; the client itself lets both happen."""
    send = requests.Session.send

    def strict_send(session, request, **options):
        response = send(session, request, **options | {"timeout": timeout_s})
        # The client knows what to do when there is nothing left to resume.
        if response.status_code != requests.codes.requested_range_not_satisfiable:
            response.raise_for_status()
        return response

    requests.Session.send = strict_send  # type: ignore[assignment, method-assign]
    try:
        yield
    finally:
        requests.Session.send = send  # type: ignore[method-assign]


@contextlib.contextmanager
def _watched(file: Path, total_bytes: int) -> Iterator[None]:
    """Report how a file grows."""
    if not total_bytes:
        yield
        return
    progress = Progress(total_bytes // 10**6 + 1, "MB")
    finished = threading.Event()

    def watch() -> None:
        while not finished.wait(1):
            progress.update(file.stat().st_size // 10**6 if file.exists() else 0)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield
    finally:
        finished.set()
        thread.join()
    progress.update(progress.total)


def _reason(error: requests.RequestException, dataset: str) -> str:
    """What went wrong, in words of our own.

    Raises:
        InputError: it would go wrong again.
    """
    # A response is false when it reports an error.
    if error.response is None:
        return f"Kaggle cannot be reached or fell silent ({type(error).__name__})"
    status = error.response.status_code
    if status == requests.codes.too_many_requests or status >= 500:
        return f"Kaggle is busy or out of order (HTTP {status})"
    match status:
        case 401:
            raise InputError(f"Kaggle refuses the credentials (HTTP 401); {_HOW_TO_LOG_IN}")
        case 403:
            raise InputError(
                f"Kaggle does not give {dataset} to this account (HTTP 403); accept its licence or "
                f"rules at {_page(dataset)}, or use another account"
            )
        case 404:
            raise InputError(
                f"Kaggle has no dataset or version {dataset} (HTTP 404); look at {_page(dataset)} "
                "and set downloads.<name>.kaggle and downloads.<name>.version"
            )
    raise InputError(f"Kaggle does not understand the request for {dataset} (HTTP {status})")


def _page(dataset: str) -> str:
    return f"https://www.kaggle.com/datasets/{dataset.rpartition('/')[0]}"


def _asked_wait_s(response: requests.Response | None) -> float | None:
    """How long the server wants to be left alone, if it says so."""
    from kaggle.api.kaggle_api_extended import KaggleApi

    return None if response is None else KaggleApi._get_retry_after_delay(response)
