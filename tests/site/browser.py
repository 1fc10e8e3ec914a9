"""A headless Chromium, spoken to over a pipe by its own protocol (Chrome DevTools Protocol): no driver, no package."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FLAGS = (
    "--headless=new",
    "--remote-debugging-pipe",
    "--no-sandbox",  # as root, which containers are, Chromium has no sandbox of its own
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-extensions",
    "--disable-sync",
    "--no-default-browser-check",
    "--no-first-run",
    "--hide-scrollbars",
    "--force-color-profile=srgb",
)
ERRORS = {"Runtime.exceptionThrown", "Log.entryAdded", "Runtime.consoleAPICalled", "Network.loadingFailed"}
SECONDS = 60
"""Time that a page may take to load or to answer."""


@dataclass
class Tab:
    """A page that is open: what it asked for, and what went wrong on it."""

    browser: Browser
    session: str
    requests: list[str] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    loaded: bool = False

    def call(self, method: str, **parameters: Any) -> Any:
        return self.browser.call(method, self.session, **parameters)

    def show(self, url: str, width: int, scheme: str, height: int = 800) -> None:
        """Opens an address in a window of a width in pixels, for somebody whose pages are `light` or `dark`."""
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 500
        )
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.requests.clear()
        self.troubles.clear()
        self.loaded = False
        self.call("Page.navigate", url=url)
        self.browser.wait(lambda: self.loaded)
        self.run("document.fonts.ready.then(() => new Promise(requestAnimationFrame))")

    def run(self, script: str) -> Any:
        """What an expression comes to, a promise fulfilled; raises RuntimeError where the script does."""
        answer = self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(json.dumps(answer["exceptionDetails"])[:2000])
        return answer["result"].get("value")

    def picture(self, file: Path) -> None:
        """What the window shows, as a PNG."""
        file.write_bytes(base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"]))

    def hears(self, method: str, told: Any) -> None:
        if method == "Page.loadEventFired":
            self.loaded = True
        elif method == "Network.requestWillBeSent":
            self.requests.append(told["request"]["url"])
        elif method in ERRORS and (trouble := _trouble(method, told)):
            self.troubles.append(trouble)


def _trouble(method: str, told: Any) -> str:
    if method == "Log.entryAdded":
        entry = told["entry"]
        return f"{entry['text']} {entry.get('url', '')}" if entry["level"] in ("error", "warning") else ""
    if method == "Runtime.consoleAPICalled":
        return json.dumps(told["args"]) if told["type"] in ("error", "warning", "assert") else ""
    return json.dumps(told)[:1000]


@dataclass
class Browser:
    """The process, its two pipes, and its tabs by the session of each."""

    pid: int
    to: int
    answers: int
    tabs: dict[str, Tab] = field(default_factory=dict)
    number: int = 0
    rest: bytes = b""

    def call(self, method: str, session: str = "", **parameters: Any) -> Any:
        """The answer to a command; raises RuntimeError with Chromium's words where there is an error."""
        self.number += 1
        number, asked = self.number, {"id": self.number, "method": method, "params": parameters}
        text = json.dumps(asked | ({"sessionId": session} if session else {})).encode() + b"\0"
        while text:
            text = text[os.write(self.to, text) :]
        while True:
            told = self._next()
            if told.get("id") == number:
                if "error" in told:
                    raise RuntimeError(f"{method}: {told['error']}")
                return told["result"]

    def wait(self, done: Any) -> None:
        end = time.monotonic() + SECONDS
        while not done():
            if time.monotonic() > end:
                raise TimeoutError(f"nothing within {SECONDS} s")
            self._next()

    def _next(self) -> Any:
        while b"\0" not in self.rest:
            piece = os.read(self.answers, 1 << 20)
            if not piece:
                raise RuntimeError("Chromium has ended")
            self.rest += piece
        text, _, self.rest = self.rest.partition(b"\0")
        told = json.loads(text)
        if "method" in told and (tab := self.tabs.get(told.get("sessionId", ""))):
            tab.hears(told["method"], told["params"])
        return told

    def tab(self) -> Tab:
        """A new tab, whose requests and errors are recorded."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        tab = self.tabs[session] = Tab(self, session)
        for domain in ("Page", "Runtime", "Log", "Network"):
            tab.call(f"{domain}.enable")
        tab.call("Network.setCacheDisabled", cacheDisabled=True)
        return tab


@contextmanager
def chromium(binary: str, folder: Path) -> Iterator[Browser]:
    """A Chromium with its profile in a folder; ended with all its processes."""
    commands, answers = os.pipe(), os.pipe()
    # Chromium reads commands from 3 and writes answers to 4: both are first moved out of the way.
    reads, writes = (fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 10) for fd in (commands[0], answers[1]))
    log = os.open(folder / "chromium.log", os.O_CREAT | os.O_WRONLY, 0o644)
    moved = [(os.POSIX_SPAWN_DUP2, reads, 3), (os.POSIX_SPAWN_DUP2, writes, 4)]
    moved += [(os.POSIX_SPAWN_DUP2, log, 1), (os.POSIX_SPAWN_DUP2, log, 2)]
    words = [binary, *FLAGS, f"--user-data-dir={folder / 'profile'}", "about:blank"]
    pid = os.posix_spawnp(binary, words, {**os.environ, "HOME": str(folder)}, file_actions=moved, setpgroup=0)
    for fd in (reads, writes, commands[0], answers[1], log):
        os.close(fd)
    try:
        yield Browser(pid, commands[1], answers[0])
    finally:
        with suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(commands[1])
        os.close(answers[0])
