"""A server on this machine that speaks the API of the Hugging Face hub."""

import hashlib
import json
from email.message import Message

from tests.downloads.server import Server

REPOSITORY = "somebody/some-data"


class Hub(Server):
    """Holds one data set: `files` (name -> content) at the branch main, which is `commit`.

    `moods` are those of requests for files; requests for the list are answered by `listing`. With a
    `token`, it answers 401 to whoever does not show it.
    """

    def __init__(self, files: dict[str, bytes]):
        super().__init__(b"")
        self.files = files
        self.commit = "a" * 40
        self.listing: bytes | None = None
        self.token: str | None = None
        self.tokens: list[str | None] = []

    @property
    def endpoint(self) -> str:
        return self.address("")[:-1]

    def downloaded(self) -> list[str]:
        """Return the files that were asked for, in this order."""
        return [path.rpartition("/")[2] for path in self.asked if "/resolve/" in path]

    def mood_of(self, path: str, headers: Message) -> str:
        self.tokens.append(headers["Authorization"])
        if self.token and headers["Authorization"] != f"Bearer {self.token}":
            return "401"
        if path == self._list_path():
            return "whole"
        there = path.removeprefix(self._file_path("")) in self.files
        return super().mood_of(path, headers) if there else "404"

    def content_of(self, path: str) -> bytes:
        if path == self._list_path():
            return self._list() if self.listing is None else self.listing
        return self.files[path.removeprefix(self._file_path(""))]

    def _list_path(self) -> str:
        return f"api/datasets/{REPOSITORY}/revision/main?blobs=true"

    def _file_path(self, name: str) -> str:
        return f"datasets/{REPOSITORY}/resolve/{self.commit}/{name}"

    def _list(self) -> bytes:
        siblings = [{"rfilename": name, **about(content)} for name, content in self.files.items()]
        return json.dumps({"id": REPOSITORY, "sha": self.commit, "siblings": siblings}).encode()


def about(content: bytes) -> dict[str, object]:
    digest, size = hashlib.sha256(content).hexdigest(), len(content)
    return {"size": size, "lfs": {"sha256": digest, "size": size, "pointerSize": 130}}
