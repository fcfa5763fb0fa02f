"""A server on this machine that speaks the API of the Hugging Face hub, and can misbehave."""

import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import unquote, urlsplit

API = re.compile(r"/api/(models|datasets)/(.+?)(?:/(revision|tree)/([^/]+))?/?")
FILE = re.compile(r"/(datasets/)?(.+?)/resolve/([^/]+)/(.+)")
Answer = tuple[int, dict[str, str], bytes]


@dataclass
class Repository:
    """A repository: name -> content of each file of each commit; the last commit is `main`.

    `token` is what must be sent for it, if anything; `gated` if its terms are not yet accepted.
    """

    commits: dict[str, dict[str, bytes]]
    token: str = ""
    gated: bool = False

    def commit(self, revision: str) -> str | None:
        newest = list(self.commits)[-1]
        return newest if revision == "main" else revision if revision in self.commits else None


@dataclass
class State:
    """`drops`: after how many bytes the next files are cut; `zeros`: a file sent as zeros.

    `status` and `page` are the answer to everything.
    """

    repositories: dict[str, Repository]
    drops: list[int] = field(default_factory=list)
    zeros: str = ""
    status: int = 0
    page: bool = False
    asked: list[str] = field(default_factory=list)
    ranges: list[str] = field(default_factory=list)


class HubServer(ThreadingHTTPServer):
    """Serves repositories of models, and of data sets under `datasets/NAME`."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, repositories: dict[str, Repository]):
        super().__init__(("127.0.0.1", 0), Handler)
        self.state = State(repositories)

    @property
    def endpoint(self) -> str:
        """What HF_ENDPOINT is set to."""
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    server: HubServer

    def do_HEAD(self) -> None:
        self.answer(with_body=False)

    def do_GET(self) -> None:
        self.answer(with_body=True)

    def answer(self, with_body: bool) -> None:
        state, path = self.server.state, unquote(urlsplit(self.path).path)
        state.asked.append(f"{self.command} {path}")
        status, headers, body = self.found(path)
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if with_body:
            cut = state.drops.pop(0) if state.drops and "/resolve/" in path else len(body)
            wrong = state.zeros and path.endswith(f"/{state.zeros}")
            sent = bytes(len(body)) if wrong else body
            self.wfile.write(sent[:cut])

    def found(self, path: str) -> Answer:
        state = self.server.state
        if state.page:
            return 200, {}, b"<!doctype html><title>A wiki</title>"
        if state.status:
            return state.status, {}, b""
        if api := API.fullmatch(path):
            kind, name, about, revision = api.groups()
            key = name if kind == "models" else f"datasets/{name}"
            return self.refused(key) or self.listing(key, about or "", revision or "main")
        if file := FILE.fullmatch(path):
            kind, name, revision, inside = file.groups()
            key = f"{kind or ''}{name}"
            return self.refused(key) or self.content(key, revision, inside)
        return 404, {}, b""

    def refused(self, key: str) -> Answer | None:
        repository = self.server.state.repositories.get(key)
        given = self.headers.get("Authorization", "").removeprefix("Bearer ")
        if repository is None or (repository.token and not given):
            # as the hub does: it does not say whether there is one
            return 401, {"X-Error-Code": "RepoNotFound"}, b""
        if repository.token and given != repository.token:
            return 401, {"X-Error-Message": "Invalid credentials in Authorization header"}, b""
        return (403, {"X-Error-Code": "GatedRepo"}, b"") if repository.gated else None

    def listing(self, key: str, about: str, revision: str) -> Answer:
        repository = self.server.state.repositories[key]
        commit = repository.commit(revision)
        if commit is None:
            return 404, {"X-Error-Code": "RevisionNotFound"}, b""
        files = repository.commits[commit]
        if about == "tree":
            return 200, {}, json.dumps([entry(*file) for file in files.items()]).encode()
        siblings = [
            {"rfilename": name, "blobId": oid(content), "lfs": lfs(content)}
            for name, content in files.items()
        ]
        info = {"id": key.removeprefix("datasets/"), "sha": commit, "siblings": siblings}
        return 200, {}, json.dumps(info).encode()

    def content(self, key: str, revision: str, name: str) -> Answer:
        repository = self.server.state.repositories[key]
        commit = repository.commit(revision)
        if commit is None:
            return 404, {"X-Error-Code": "RevisionNotFound"}, b""
        content = repository.commits[commit].get(name)
        if content is None:
            return 404, {"X-Error-Code": "EntryNotFound"}, b""
        headers = {"X-Repo-Commit": commit, "ETag": f'"{oid(content)}"', "Accept-Ranges": "bytes"}
        asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        if not asked:
            return 200, headers, content
        self.server.state.ranges.append(asked[1])
        span = f"bytes {asked[1]}-{len(content) - 1}/{len(content)}"
        return 206, {**headers, "Content-Range": span}, content[int(asked[1]) :]

    def log_message(self, format: str, *arguments: object) -> None:
        pass


def entry(name: str, content: bytes) -> dict[str, object]:
    """An entry of a tree, as the hub lists it."""
    return {"type": "file", "oid": oid(content), "size": len(content), "path": name}


def lfs(content: bytes) -> dict[str, object] | None:
    """What the hub says of a large file."""
    digest = hashlib.sha256(content).hexdigest()
    large = len(content) > 100_000
    return {"sha256": digest, "size": len(content), "pointerSize": 1} if large else None


def oid(content: bytes) -> str:
    """The digest that git gives a file."""
    return hashlib.sha1(b"blob %d\0%b" % (len(content), content)).hexdigest()


@contextmanager
def hub_of(repositories: dict[str, Repository]) -> Iterator[HubServer]:
    """Serve while the context lasts."""
    with HubServer(repositories) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()
