"""A file is brought whole or not at all: from folders, and from a real server on this machine."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from evenfuse import sdk
from evenfuse.datasets.csd_file import check_csd
from evenfuse.downloads.download import Patience
from evenfuse.downloads.fetch import fetch
from evenfuse.downloads.specs import FileSpec
from evenfuse.errors import EvenfuseError
from evenfuse.settings.sources import Source
from tests.conftest import run_command
from tests.downloads.server import Server, serving

NAME = "demo_labels.csd"
QUICK = Patience(attempts=2, pause=0.01)


@pytest.fixture
def server(generated: Path) -> Iterator[Server]:
    """A server of the generated labels."""
    with serving((generated / NAME).read_bytes()) as running:
        yield running


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "raw" / NAME


def want(store: Path, *addresses: str) -> FileSpec:
    return FileSpec(NAME, Source(addresses=list(addresses)), store, check_csd)


def sentence(target: Path, folders: list[Path], wanted: FileSpec) -> str:
    with pytest.raises(EvenfuseError) as caught:
        fetch(target, folders, wanted, QUICK)
    return str(caught.value)


def test_folders_come_first_and_in_order(
    generated: Path, tmp_path: Path, target: Path, store: Path, server: Server
) -> None:
    (tmp_path / NAME).write_text("another")
    folders = [tmp_path / "missing", generated, tmp_path]
    assert fetch(target, folders, want(store, server.address("a"))) == str(generated / NAME)
    assert target.read_bytes() == (generated / NAME).read_bytes()
    assert server.asked == []
    assert not store.exists()


def test_a_folder_of_the_corpus_comes_before_the_folder(
    generated: Path, tmp_path: Path, target: Path, store: Path
) -> None:
    own = tmp_path / "mirror" / store.name / NAME
    own.parent.mkdir(parents=True)
    own.write_bytes((generated / NAME).read_bytes())
    (tmp_path / "mirror" / NAME).write_text("of another corpus")
    assert fetch(target, [tmp_path / "mirror"], want(store)) == str(own)


def test_addresses_are_tried_in_order_until_one_is_good(
    tmp_path: Path, target: Path, store: Path, server: Server, closed: str
) -> None:
    server.moods = ["404", "drop 9", "drop 9", "empty", "wrong", "whole"]
    addresses = [closed, *map(server.address, ["404", "cut", "empty", "wrong", "good", "never"])]
    origin = fetch(target, [tmp_path], want(store, *addresses), QUICK)
    assert origin == server.address("good")
    assert server.asked == ["404", "cut", "cut", "empty", "wrong", "good"]
    assert target.read_bytes() == server.content
    assert [path.name for path in target.parent.iterdir()] == [NAME]


def test_the_sentence_names_every_place_and_what_to_do(
    tmp_path: Path, target: Path, store: Path, server: Server, closed: str
) -> None:
    server.usual = "404"
    told = sentence(target, [tmp_path], want(store, closed, server.address("a")))
    assert told == (
        f"{NAME} could not be fetched. Tried: {tmp_path / NAME} (no such file); "
        f"{closed} (no connection); {server.address('a')} (HTTP 404). "
        "Give a folder that contains it with --config mirror=FOLDER "
        "(evenfuse data list shows who provides it and on what terms)"
    )
    assert not target.parent.exists() or list(target.parent.iterdir()) == []


def test_a_note_stays_in_the_store_until_an_address_has_given_the_file(
    target: Path, store: Path, server: Server
) -> None:
    server.usual = "404"
    sentence(target, [], want(store, server.address("a")))
    assert want(store).failed.exists()
    server.usual = "whole"
    fetch(target, [], want(store, server.address("a")), QUICK)
    assert not want(store).failed.exists()


def test_without_any_place_the_sentence_says_so(target: Path, store: Path) -> None:
    assert "could not be fetched. No address is known for it." in sentence(target, [], want(store))


def test_a_mirror_that_is_not_a_folder_is_reported(
    target: Path, store: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "folder" / target.name).mkdir(parents=True)
    told = sentence(target, [tmp_path / "file", tmp_path / "folder"], want(store))
    assert f"{tmp_path / 'file' / target.name} (no such file)" in told
    assert f"{tmp_path / 'folder' / target.name} (Is a directory)" in told


def test_a_file_address_is_copied_and_pinned(generated: Path, target: Path, store: Path) -> None:
    address = (generated / NAME).as_uri()
    assert fetch(target, [], want(store, address)) == address
    assert target.read_bytes() == (generated / NAME).read_bytes()
    assert (store / NAME).samefile(target)
    assert (store.parent / "hashes.json").exists()


def test_a_store_without_links_gives_a_copy(
    generated: Path, target: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*arguments: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr("os.link", refuse)
    fetch(target, [], want(store, (generated / NAME).as_uri()))
    assert target.read_bytes() == (generated / NAME).read_bytes()
    assert not (store / NAME).samefile(target)


@pytest.mark.parametrize("earlier", [None, b"an earlier good file"])
def test_a_corrupt_file_in_the_mirror_is_refused(
    generated: Path, tmp_path: Path, target: Path, store: Path, earlier: bytes | None
) -> None:
    cut = (generated / NAME).read_bytes()[:-9]
    (tmp_path / NAME).write_bytes(cut)
    target.parent.mkdir()
    if earlier:
        target.write_bytes(earlier)
    reason = f"Tried: {tmp_path / NAME} (not a whole .csd file). Give"
    assert reason in sentence(target, [tmp_path], want(store))
    kept = [path.read_bytes() for path in target.parent.iterdir()]
    assert kept == ([earlier] if earlier else [])
    assert (tmp_path / NAME).read_bytes() == cut


def test_command_copies_from_a_folder(generated: Path, target: Path, store: Path) -> None:
    folder = target.parent / "missing"
    folders = ["--folder", folder, "--folder", generated]
    result = run_command("fetch", target, "--store", store, *folders)
    assert result.exit_code == 0
    assert f"{target} from {generated / NAME}" in result.output
    assert target.read_bytes() == (generated / NAME).read_bytes()


def test_command_asks_the_sdk_last_and_only_once(
    target: Path, store: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = {"CMU_MOSI": {"other": server.address("other"), NAME: server.address("sdk")}}
    monkeypatch.setattr(sdk, "addresses", known.__getitem__)
    server.moods = ["404"]
    options = ["--store", store, "--sdk", "CMU_MOSI", "--address", server.address("own")]
    for origin in (server.address("sdk"), store / NAME):
        assert f"{target} from {origin}" in run_command("fetch", target, *options).output
        assert target.read_bytes() == server.content
        target.unlink()
    assert server.asked == ["own", "sdk"]


def test_command_holds_the_file_to_what_is_known(
    generated: Path, target: Path, store: Path
) -> None:
    options = ["--store", store, "--folder", generated]
    with pytest.raises(EvenfuseError, match="but the config has 0000"):
        run_command("fetch", target, *options, "--sha256", "0" * 64)
    with pytest.raises(EvenfuseError, match=r"it has \d+ bytes, not 3"):
        run_command("fetch", target, *options, "--size", 3)
    with pytest.raises(EvenfuseError, match=r"addresses' cannot be .*: 'ftp://x' should start"):
        run_command("fetch", target, *options, "--address", "ftp://x")


@pytest.mark.parametrize(
    ("name", "reason"), [(NAME, "not a whole .csd file"), ("demo_folds.json", "it is empty")]
)
def test_command_checks_what_it_brings(tmp_path: Path, store: Path, name: str, reason: str) -> None:
    (tmp_path / name).write_bytes(b"")
    with pytest.raises(EvenfuseError, match=reason):
        run_command("fetch", tmp_path / "raw" / name, "--store", store, "--folder", tmp_path)
    assert not (tmp_path / "raw").exists()


def test_what_is_to_be_signed_is_not_downloaded(
    generated: Path, tmp_path: Path, target: Path, store: Path, server: Server
) -> None:
    options = ["--store", store, "--address", server.address("a"), "--terms", "for research"]
    unsigned = ["--unsigned", "the form (http://localhost/form)"]
    with pytest.raises(EvenfuseError) as caught:
        run_command("fetch", target, *options, *unsigned)
    assert str(caught.value) == (
        f"{NAME} could not be fetched. Before it is downloaded, sign the form "
        "(http://localhost/form), then add the line 'accepted_terms: [corpus]' to the config. Give "
        "a folder that contains it with --config mirror=FOLDER (evenfuse data list shows who "
        "provides it and on what terms)"
    )
    with pytest.raises(
        EvenfuseError, match=r"Tried: .* \(no such file\)\. Before it is downloaded"
    ):
        run_command("fetch", target, *options, *unsigned, "--folder", tmp_path)
    assert server.asked == [] and not target.exists()
    own_copy = run_command("fetch", target, *options, *unsigned, "--folder", generated)
    assert own_copy.output == f"{target} from {generated / NAME}\n"
    signed = run_command("fetch", target, *options)
    assert "\nterms of corpus: for research\n" in signed.output
    assert server.asked == ["a"]
    again = run_command("fetch", target, *options)
    assert "terms" not in again.output  # they were told with the download
