"""The site, built once, a browser, and what else is needed; where something is missing CI fails, and others skip."""

from __future__ import annotations

import functools
import http.server
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.site.browser import Browser, chromium

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ROOT / ".tools" / "site"
PYTHON = TOOLS / "bin" / "python"
AXE = TOOLS / "node_modules" / "axe-core" / "axe.min.js"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def missing(what: str, remedy: str) -> None:
    """Skips the test with the reason; in CI, where everything can be had, it fails."""
    reason = f"{what} was not found: {remedy}"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def program(remedy: str, *names: str) -> str:
    """The first of some programs that is on PATH."""
    for name in names:
        if found := shutil.which(name):
            return found
    missing(names[0], remedy)
    raise AssertionError(names)


def site_python() -> str:
    """Python of the site's own environment."""
    if not (TOOLS / ".installed").exists():
        missing(".tools/site", "make site")
    return str(PYTHON)


def build(folder: Path, repository: str = "", config: Path = ROOT / "mkdocs.yml") -> subprocess.CompletedProcess[str]:
    """Builds the site into a folder, as `make site` does."""
    command = [site_python(), "-m", "mkdocs", "build", "--strict", "--config-file", str(config)]
    environment = {**os.environ, "MESH_REPOSITORY": repository, "NO_MKDOCS_2_WARNING": "1", "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [*command, "--site-dir", str(folder)], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site") / "site"
    done = build(folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *said: object) -> None: ...


@pytest.fixture(scope="session")
def served(site: Path) -> Iterator[str]:
    """The address of the site on this machine, below a folder as on a host with several sites."""
    handler = functools.partial(_Quiet, directory=str(site.parent))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/{site.name}"
        server.shutdown()


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    binary = program("apt-get install --no-install-recommends chromium", *BROWSERS)
    with chromium(binary, tmp_path_factory.mktemp("chromium")) as running:
        yield running
