"""evenfuse data fetch: all files of a corpus, or nothing if the disk has no room for them."""

import hashlib
import pickle
from collections.abc import Iterator
from pathlib import Path

import pytest

from evenfuse.errors import EvenfuseError
from evenfuse.files import DiskFullError
from tests.conftest import run_command
from tests.downloads.server import Server, serving

CONTENT = pickle.dumps({"numbers": "0" * 400_000})
ENTRY = "{{title: D, format: mmsa, files: {{pickle: {}.pkl}}, modalities: [audio]}}"
CONFIG = f"""
study: {{datasets: [d], optimizers: [o], variants: [v], seeds: [1]}}
datasets:
  d: {ENTRY.format("d")}
  again: {{title: E, format: mmsa, origin: d, files: {{pickle: e.pkl}}, modalities: [audio]}}
  other: {ENTRY.format("o")}
  signed: {ENTRY.format("s")}
  unknown: {ENTRY.format("u")}
optimizers: {{o: {{}}}}
variants: {{v: {{model: {{name: awf}}}}}}
sources:
  d:
    homepage: http://localhost/d
    licence: for research
    files: {{d.pkl: {{addresses: [SERVER/d]}}, e.pkl: {{addresses: [SERVER/e]}}, f.pkl: {{}}}}
  other: {{homepage: h, licence: l, files: {{o.pkl: {{addresses: [SERVER/o]}}}}}}
  signed: {{homepage: h, licence: l, sign: a form, files: {{s.pkl: {{addresses: [SERVER/s]}}}}}}
"""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with serving(CONTENT) as running:
        yield running


def work_in(folder: Path, server: Server, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a folder with a config, and work in it; return the one of the downloads."""
    monkeypatch.chdir(folder)
    (folder / "config").mkdir()
    text = CONFIG.replace("SERVER", server.address("")[:-1])
    (folder / "config/config.yaml").write_text(text)
    return folder / "data/downloads"


def test_all_files_of_a_corpus_come(
    tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    downloads = work_in(tmp_path, server, monkeypatch)
    printed = run_command("data", "fetch", "d").stdout.splitlines()
    assert printed == [
        "d: 2 files to download, 0.8 MB",
        "terms of d: for research (http://localhost/d)",
        f"data/downloads/d/d.pkl from {server.address('d')}",
        f"data/downloads/d/e.pkl from {server.address('e')}",
        "2 files are here, 2 of them new",
    ]
    assert sorted(path.name for path in (downloads / "d").glob("*.pkl")) == ["d.pkl", "e.pkl"]
    server.asked.clear()
    assert run_command("data", "fetch", "d").stdout == "2 files are here, 0 of them new\n"
    assert server.asked == []


def test_the_mirror_is_looked_through_and_a_download_is_continued(
    tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    downloads = work_in(tmp_path, server, monkeypatch)
    (tmp_path / "mine.yaml").write_text("mirror: folder")
    (tmp_path / "folder/d").mkdir(parents=True)
    (tmp_path / "folder/d/d.pkl").write_bytes(CONTENT)
    server.moods = ["whole", "drop 10", "404"]
    with pytest.raises(EvenfuseError, match="HTTP 404"):
        run_command("data", "fetch", "d", "--config", "mine.yaml")
    printed = run_command("data", "fetch", "d", "--config", "mine.yaml").stdout.splitlines()
    assert printed[0] == "d: 1 file to download, 0.4 MB"
    assert server.ranges[-1] == "bytes=10-"
    assert [path.name for path in (downloads / "d").glob("*.pkl")] == ["e.pkl"]


def test_a_disk_without_room_for_all_takes_nothing(
    small_disk: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    downloads = work_in(small_disk, server, monkeypatch)
    with pytest.raises(DiskFullError) as caught:
        run_command("data", "fetch", "other", "d")
    assert str(caught.value).startswith("the disk of data/downloads has 0.1 MB free, but 1.2 MB")
    assert not list(downloads.rglob("*.p*"))


def test_an_unknown_size_is_told(
    tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    work_in(tmp_path, server, monkeypatch)
    server.moods = ["404"]
    printed = run_command("data", "fetch", "other").stdout.splitlines()
    assert printed[0] == "other: 1 file to download, 1 of unknown size"
    digest = hashlib.sha256(CONTENT).hexdigest()
    assert digest in (tmp_path / "data/downloads/hashes.json").read_text()


@pytest.mark.parametrize(
    ("corpus", "reason"),
    [
        (
            "signed",
            r"Before it is downloaded, sign a form \(h\), then add the line 'accepted_terms",
        ),
        ("unknown", r"u\.pkl could not be fetched\. No address is known for it"),
        ("D", "unknown corpus 'D'; choose from: d, other, signed, unknown"),
    ],
)
def test_what_cannot_be_had_is_told_first(
    tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch, corpus: str, reason: str
) -> None:
    work_in(tmp_path, server, monkeypatch)
    with pytest.raises(EvenfuseError, match=reason):
        run_command("data", "fetch", "d", corpus)
    assert server.asked == []
