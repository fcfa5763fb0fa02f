"""A web server on this machine that can be told to misbehave."""

import re
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import TypeVar

PAGE = b"<!DOCTYPE html>\n<title>Quota exceeded</title>"
TAG = '"version 1"'


class Server(ThreadingHTTPServer):
    """Serves one file at every address; `moods` says how, one per request, then `usual`.

    whole, slow, no-range, wrong, empty, tag-less; drop N or stall N after N bytes; a status: 404;
    endless, twice, cut: in chunks, without a length; drip: some bytes now and then; gzip; page;
    to ADDRESS: a redirect, with a body that never ends; length TEXT: as Content-Length; silent: the
    headers never end.
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

    def mood_of(self, path: str, headers: Message) -> str:
        """Return how to answer a request."""
        return self.moods.pop(0) if self.moods else self.usual

    def content_of(self, path: str) -> bytes:
        """Return what lies at an address."""
        return self.content

    def address(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_port}/{path}"


class Handler(BaseHTTPRequestHandler):
    """Answers one request in the mood that is next."""

    server: Server

    def do_GET(self) -> None:
        server = self.server
        server.asked.append(self.path[1:])
        server.ranges.append(self.headers["Range"])
        mood, _, after = server.mood_of(self.path[1:], self.headers).partition(" ")
        if mood.isdigit():
            self.send_error(int(mood))
            return
        if mood in ("endless", "twice", "cut", "to"):
            self.send_chunks(mood, after)
            return
        if mood == "silent":
            self.drip(b"HTTP/1.1 200 OK\r\n" + b"X-More: x\r\n" * 10**6)
            return
        body = self.body(mood, after)
        if mood == "drip":
            self.drip(body)
            return
        limit = int(after) if after and mood != "length" else len(body)
        self.send(body[:limit], slowly=mood == "slow")
        if mood == "stall":
            server.over.wait(20)

    def send_chunks(self, mood: str, address: str) -> None:
        """Send the content in chunks: once, twice, or until the client hangs up."""
        self.protocol_version = "HTTP/1.1"
        self.close_connection = True
        self.send_response(302 if mood == "to" else 200)
        if mood == "to":
            self.send_header("Location", address)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        chunk = b"%x\r\n%b\r\n" % (len(self.server.content), self.server.content)
        times = {"twice": 2, "cut": 1}.get(mood, 10**6)
        with suppress(OSError):
            for _ in range(times):
                self.server.served += len(self.server.content)
                self.wfile.write(chunk)
            self.wfile.write(b"" if mood == "cut" else b"0\r\n\r\n")

    def drip(self, body: bytes) -> None:
        """Send some bytes now and then, so that no read ever takes long."""
        with suppress(OSError):
            for at in range(0, len(body), 10):
                self.wfile.write(body[at : at + 10])
                if self.server.over.wait(0.02):
                    break

    def body(self, mood: str, length: str) -> bytes:
        """Send the headers, and return what is to follow."""
        others = {"wrong": bytes(len(self.server.content)), "empty": b"", "page": PAGE}
        content = others.get(mood, self.server.content_of(self.path[1:]))
        start = 0 if mood == "no-range" else self.start()
        self.send_response(206 if start else 200)
        if start:
            first = "1" if mood == "shifted" else str(start)
            self.send_header("Content-Range", f"bytes {first}-{len(content) - 1}/{len(content)}")
        if mood != "tag-less":
            self.send_header("ETag", self.server.tag)
        if mood == "gzip":
            self.send_header("Content-Encoding", "gzip")
        given = length if mood == "length" else str(len(content) - start)
        self.send_header("Content-Length", given)
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


Serving = TypeVar("Serving", bound=Server)


@contextmanager
def running(server: Serving) -> Iterator[Serving]:
    """Let a server run while the context lasts."""
    with server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.over.set()
        server.shutdown()
        thread.join()


def serving(content: bytes) -> AbstractContextManager[Server]:
    """Serve while the context lasts."""
    return running(Server(content))
