# SPDX-License-Identifier: Apache-2.0
"""Small communities as folders, and a web server on this machine that gives out whatever a test lays down."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from core.test_settings import COMMUNITY, GUIDELINES, LIBRARY

FLYING = LIBRARY
HEAT = """\
  - id: heat
    title: Insulin in the heat
    summary: A clay pot keeps it cool.
    text: Wet the pot, and put it into the shade.
    source: A member
    kind: life-hack
    languages: [en]
    review_by: 2027-01-01
"""


def community(folder: Path, name: str = "Testers", library: str = FLYING + HEAT) -> Path:
    """A community's folder with one condition, one guideline, and these entries."""
    for part in ("guidelines", "library"):
        (folder / part).mkdir(parents=True)
    (folder / "community.yaml").write_text(COMMUNITY.replace("name: Testers", f"name: {name}"))
    (folder / "guidelines/guidelines.yaml").write_text(GUIDELINES)
    (folder / "library/travel.yaml").write_text(library)
    return folder


@contextmanager
def serving():
    """What is laid down by path is given out: bytes, or (status, headers, bytes). Gives it and where it is."""
    laid: dict[str, object] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            found = laid.get(self.path, (404, {}, b""))
            status, headers, body = found if isinstance(found, tuple) else (200, {}, found)
            self.send_response(status)
            for key, value in headers.items():
                self.send_header(key, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield laid, f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
