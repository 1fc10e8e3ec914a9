"""A GitHub of a few calls: comments, reviews, issues, runs and their jobs, in pages, over HTTP on this machine."""

from __future__ import annotations

import json
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

BOT = "github-actions[bot]"
TOKEN = "a-token"
Item = dict[str, Any]


@dataclass
class StubGithub:
    """What it holds, by path below the repository, and the calls that change something."""

    url: str = ""
    items: dict[str, list[Item]] = field(default_factory=dict[str, list[Item]])
    changes: list[tuple[str, str, Item]] = field(default_factory=list[tuple[str, str, Item]])

    def answer(self, method: str, path: str, body: Item) -> tuple[int, Any]:
        """The answer to one call."""
        parts = urlsplit(path)
        place = parts.path.removeprefix("/repos/acme/mesh/")
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if method == "GET":
            return self._listed(place, query)
        self.changes.append((method, place, body))
        if method == "POST" and place in self.items:
            item = {"id": 1000 + len(self.changes), "user": {"login": BOT}, "html_url": f"{self.url}/{place}", **body}
            item["number"] = item["id"]
            self.items[place].append(item)
            return 201, item
        for every in self.items.values():
            for item in every:
                if str(item.get("id")) == place.rpartition("/")[2]:
                    item.update(body)
                    return 200, {"html_url": f"{self.url}/{place}", **item}
        return 404, {"message": "Not Found"}

    def _listed(self, place: str, query: dict[str, str]) -> tuple[int, Any]:
        if place not in self.items:
            return 404, {"message": "Not Found"}
        size, page = int(query["per_page"]), int(query.get("page", "1"))
        found = [item for item in self.items[place] if item.get("state") != "closed" or query.get("state") != "open"]
        slice_ = found[size * (page - 1) : size * page]
        key = {"runs": "workflow_runs", "jobs": "jobs"}.get(place.rpartition("/")[2])
        return 200, {"total_count": len(found), key: slice_} if key else slice_


@contextmanager
def stub_github(**items: list[Item]) -> Generator[StubGithub]:
    """A GitHub that listens; a call without the token is refused."""
    github = StubGithub(items={name.replace("__", "/"): each for name, each in items.items()})

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else {}
            code, value = github.answer(self.command, self.path, body)
            if self.headers.get("Authorization") != f"Bearer {TOKEN}":
                code, value = 401, {"message": "Bad credentials"}
            data = json.dumps(value).encode()
            self.send_response(code)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PATCH = answer

        def log_message(self, *_: Any) -> None:
            """Nothing is told."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    github.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield github
    finally:
        server.shutdown()
        server.server_close()
