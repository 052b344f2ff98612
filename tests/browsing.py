"""Fixtures for pages in a real browser: Debian's Chromium without a window.

A module takes them by `pytest_plugins = ["browsing"]`.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from conftest import PATIENCE_S, needs
from playwright.sync_api import Browser, expect, sync_playwright
from sample_pages import Opened, write_few, write_many


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = needs("chromium")
    expect.set_options(timeout=1000 * PATIENCE_S)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def visit(browser) -> Iterator[Callable]:
    """Open a page; whatever it does, it must ask for nothing but files, and complain of nothing."""
    visits = []

    def opened(file: Path, fragment: str = "", **options) -> Opened:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}} | options)
        context.set_default_timeout(1000 * PATIENCE_S)
        visit = Opened(context.new_page())
        visits.append(visit)
        context.on("request", lambda request: visit.requests.append(request.url))
        visit.page.on("console", visit.hear)
        visit.page.on("pageerror", lambda error: visit.troubles.append(str(error)))
        visit.page.on("dialog", visit.dismiss)
        visit.page.goto(file.as_uri() + fragment)
        visit.settle()
        return visit

    yield opened
    for visit in visits:
        visit.page.context.close()
        assert visit.troubles == []
        assert {urlsplit(url).scheme for url in visit.requests} <= {"file", "data", "blob"}


@pytest.fixture(scope="session")
def many(tmp_path_factory) -> Path:
    return write_many(tmp_path_factory.mktemp("many"))


@pytest.fixture(scope="session")
def few(tmp_path_factory) -> Path:
    return write_few(tmp_path_factory.mktemp("few"))
