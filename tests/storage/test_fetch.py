"""A file is brought whole or not at all: from folders, and from a real server on this machine."""

import socket
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from evenfuse.datasets.csd import check_csd
from evenfuse.errors import EvenfuseError
from evenfuse.storage import sdk
from evenfuse.storage.fetch import check_not_empty, fetch, keep
from tests.conftest import run_command

NAME = "demo_labels.csd"


class Server(HTTPServer):
    """Answers /whole/FILE, /cut/FILE and /empty/FILE; everything else is not there."""

    def __init__(self, content: bytes):
        super().__init__(("127.0.0.1", 0), Handler)
        self.bodies = {"whole": content, "cut": content[:-9], "empty": b""}
        self.asked: list[str] = []

    def address(self, how: str) -> str:
        return f"http://127.0.0.1:{self.server_port}/{how}/{NAME}"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        how = self.path.split("/")[1]
        self.server.asked.append(how)
        body = self.server.bodies.get(how)
        if body is None:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.server.bodies["whole"]) if body else 0))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        pass


@pytest.fixture
def server(generated: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server of the generated labels."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with Server((generated / NAME).read_bytes()) as serving:
        thread = Thread(target=serving.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield serving
        serving.shutdown()
        thread.join()


@pytest.fixture
def closed() -> str:
    """An address where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}/{NAME}"


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "raw" / NAME


def sentence(target: Path, folders: list[Path], addresses: list[str]) -> str:
    with pytest.raises(EvenfuseError) as caught:
        fetch(target, folders, addresses, check_csd)
    return str(caught.value)


def test_folders_come_first_and_in_order(
    generated: Path, tmp_path: Path, target: Path, server: Server
) -> None:
    (tmp_path / NAME).write_text("another")
    folders = [tmp_path / "missing", generated, tmp_path]
    origin = fetch(target, folders, [server.address("whole")], check_not_empty)
    assert origin == str(generated / NAME)
    assert target.read_bytes() == (generated / NAME).read_bytes()
    assert server.asked == []


def test_addresses_are_tried_in_order_until_one_is_good(
    tmp_path: Path, target: Path, server: Server, closed: str
) -> None:
    ways = ["missing", "cut", "empty", "whole", "never"]
    addresses = [closed, *map(server.address, ways)]
    assert fetch(target, [tmp_path], addresses, check_csd) == server.address("whole")
    assert server.asked == ways[:4]
    assert target.read_bytes() == server.bodies["whole"]
    assert [path.name for path in target.parent.iterdir()] == [NAME]


def test_the_sentence_names_every_place_and_what_to_do(
    tmp_path: Path, target: Path, server: Server, closed: str
) -> None:
    told = sentence(target, [tmp_path], [closed, server.address("missing")])
    assert told == (
        f"{NAME} could not be fetched. Tried {tmp_path / NAME} (no such file); "
        f"{closed} (no connection); {server.address('missing')} (HTTP 404). "
        "Give a folder that holds it with: --config mirror=FOLDER"
    )
    assert list(target.parent.iterdir()) == []


def test_without_any_place_the_sentence_says_so(target: Path) -> None:
    assert "Tried nowhere: no address is known for it." in sentence(target, [], [])


def test_a_mirror_that_is_no_folder_is_told(target: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "folder" / target.name).mkdir(parents=True)
    told = sentence(target, [tmp_path / "file", tmp_path / "folder"], [])
    assert f"{tmp_path / 'file' / target.name} (no such file)" in told
    assert f"{tmp_path / 'folder' / target.name} (Is a directory)" in told


def test_a_store_without_links_gets_a_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr("os.link", refuse)
    (tmp_path / "file").write_text("content")
    keep(tmp_path / "file", tmp_path / "store")
    assert (tmp_path / "store" / "file").read_text() == "content"


def test_fewer_bytes_than_announced_are_refused(target: Path, server: Server) -> None:
    with pytest.raises(EvenfuseError) as caught:
        fetch(target, [], [server.address("cut")], check_not_empty)
    reason = str(caught.value).partition(" (")[2]
    assert f"{len(server.bodies['cut'])} " in reason
    assert list(target.parent.iterdir()) == []


@pytest.mark.parametrize("earlier", [None, b"an earlier good file"])
def test_a_corrupt_file_in_the_mirror_is_refused(
    tmp_path: Path, target: Path, server: Server, earlier: bytes | None
) -> None:
    (tmp_path / NAME).write_bytes(server.bodies["cut"])
    target.parent.mkdir()
    if earlier:
        target.write_bytes(earlier)
    reason = f"Tried {tmp_path / NAME} (not a whole .csd file). Give"
    assert reason in sentence(target, [tmp_path], [])
    kept = [path.read_bytes() for path in target.parent.iterdir()]
    assert kept == ([earlier] if earlier else [])
    assert (tmp_path / NAME).read_bytes() == server.bodies["cut"]


def test_command_copies_from_a_folder(generated: Path, target: Path) -> None:
    folder = target.parent / "missing"
    result = run_command("fetch", target, "--folder", folder, "--folder", generated)
    assert result.exit_code == 0
    assert f"{target} from {generated / NAME}" in result.output
    assert target.read_bytes() == (generated / NAME).read_bytes()


def test_command_asks_the_address_that_the_sdk_knows_and_only_once(
    tmp_path: Path, target: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = {"CMU_MOSI": {"other": server.address("missing"), NAME: server.address("whole")}}
    monkeypatch.setattr(sdk, "addresses", known.__getitem__)
    for origin in (server.address("whole"), tmp_path / "store" / NAME):
        result = run_command("fetch", target, "--sdk", "CMU_MOSI", "--store", tmp_path / "store")
        assert f"{target} from {origin}" in result.output
        assert target.read_bytes() == server.bodies["whole"]
        target.unlink()
    assert server.asked == ["whole"]


@pytest.mark.parametrize(
    ("name", "reason"), [(NAME, "not a whole .csd file"), ("demo_folds.json", "it is empty")]
)
def test_command_checks_what_it_brings(tmp_path: Path, name: str, reason: str) -> None:
    (tmp_path / name).write_bytes(b"")
    with pytest.raises(EvenfuseError, match=reason):
        run_command("fetch", tmp_path / "raw" / name, "--folder", tmp_path)
    assert list((tmp_path / "raw").iterdir()) == []
