"""A web server on this machine that can be told to misbehave."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

TAG = '"version 1"'


class Server(ThreadingHTTPServer):
    """Serves one file at every address; `moods` says how, one per request, then `usual`.

    whole, slow, no-range, wrong, empty, tag-less; drop N or stall N after N bytes; a status: 404.
    """

    daemon_threads = True
    block_on_close = False

    def __init__(self, content: bytes):
        super().__init__(("127.0.0.1", 0), Handler)
        self.content = content
        self.tag = TAG
        self.moods: list[str] = []
        self.usual = "whole"
        self.asked: list[str] = []  # paths
        self.ranges: list[str | None] = []
        self.served = 0
        self.over = Event()

    def address(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_port}/{path}"


class Handler(BaseHTTPRequestHandler):
    """Answers one request in the mood that is next."""

    server: Server

    def do_GET(self) -> None:
        server = self.server
        server.asked.append(self.path[1:])
        server.ranges.append(self.headers["Range"])
        mood, _, after = (server.moods.pop(0) if server.moods else server.usual).partition(" ")
        if mood.isdigit():
            self.send_error(int(mood))
            return
        body = self.body(mood)
        limit = int(after or len(body))
        self.send(body[:limit], slowly=mood == "slow")
        if mood == "stall":
            server.over.wait(20)

    def body(self, mood: str) -> bytes:
        """Send the headers, and return what is to follow."""
        content = {"wrong": bytes(len(self.server.content)), "empty": b""}.get(
            mood, self.server.content
        )
        start = 0 if mood == "no-range" else self.start()
        self.send_response(206 if start else 200)
        if start:
            given = "1" if mood == "shifted" else str(start)
            self.send_header("Content-Range", f"bytes {given}-{len(content) - 1}/{len(content)}")
        if mood != "tag-less":
            self.send_header("ETag", self.server.tag)
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        return content[start:]

    def start(self) -> int:
        asked = re.fullmatch(r"bytes=(\d+)-", self.headers["Range"] or "")
        same = self.headers["If-Range"] in (None, self.server.tag)
        return int(asked[1]) if asked and same else 0

    def send(self, body: bytes, slowly: bool) -> None:
        for at in range(0, len(body), 4096):
            # counted first: the client may look as soon as it has them
            self.server.served += len(body[at : at + 4096])
            self.wfile.write(body[at : at + 4096])
            if slowly:
                time.sleep(0.02)

    def log_message(self, format: str, *arguments: object) -> None:
        pass


@contextmanager
def serving(content: bytes) -> Iterator[Server]:
    """Serve while the context lasts."""
    with Server(content) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.over.set()
        server.shutdown()
        thread.join()
