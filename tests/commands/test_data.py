"""evenfuse data: what is known of the files, and which of them are here."""

import hashlib
from pathlib import Path

import pytest

from evenfuse.errors import EvenfuseError
from evenfuse.files import write_json
from tests.conftest import run_command

ROOT = Path(__file__).parents[2]
CONTENT = b"content"
DIGEST = hashlib.sha256(CONTENT).hexdigest()
CONFIG = f"""
study: {{datasets: [d], optimizers: [o], variants: [v], seeds: [1]}}
datasets:
  d:
    title: D
    origin: corpus
    files: {{words: w.csd, labels: l.csd, audio: a.csd, vectors: null}}
    folds: f.json
    modalities: [text, audio]
  made:
    title: Made here
    generate: {{}}
    files: {{vectors: null}}
    modalities: [text]
optimizers: {{o: {{}}}}
variants: {{v: {{model: {{name: awf}}}}}}
sources:
  corpus:
    homepage: http://localhost/home
    licence: for research
    sign: a form
    files:
      w.csd: {{addresses: [http://localhost/w, http://localhost/again], size: 7, sha256: {DIGEST}}}
      big.pkl: {{}}
      known.pkl: {{unofficial: [hf://datasets/some/data/x.pkl], sha256: {DIGEST}}}
      parts.pkl: {{unofficial: ["hf://datasets/some/data/x*"]}}
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a config, which the commands run in."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config").mkdir()
    (tmp_path / "config/config.yaml").write_text(CONFIG)
    (tmp_path / "data/downloads/corpus").mkdir(parents=True)
    (tmp_path / "data/raw/d").mkdir(parents=True)
    return tmp_path


def checked(*arguments: object) -> dict[str, str]:
    lines = run_command("data", "check", *arguments).output.splitlines()
    return dict(line.split(": ", 1) for line in lines)


def test_list_has_terms_and_files(project: Path) -> None:
    lines = run_command("data", "list").output.splitlines()
    assert lines[:4] == [
        "corpus",
        "  homepage: http://localhost/home",
        "  licence: for research",
        "  sign: a form",
    ]
    mirror = "  unofficial mirror of known.pkl, held to its SHA-256: hf://datasets/some/data/x.pkl"
    assert lines[4] == mirror
    rows = {line.split()[0]: line.split()[1:] for line in lines[8:] if line}
    assert rows["w.csd"] == ["2", "7", DIGEST, "d"]
    assert rows["known.pkl"] == ["0", "+", "1", "unofficial", "unknown", DIGEST, "none"]
    # its bytes cannot be held to anything
    assert rows["parts.pkl"] == ["0", "unknown", "unknown", "none"]
    assert rows["big.pkl"] == ["0", "unknown", "unknown", "none"]
    assert set(rows) == {"w.csd", "l.csd", "a.csd", "f.json", "big.pkl", "known.pkl", "parts.pkl"}


def test_list_shows_a_pinned_hash(project: Path) -> None:
    write_json(project / "data/downloads/hashes.json", {"corpus/l.csd": "pinned-hash"})
    assert "pinned-hash" in run_command("data", "list").output


def test_check_without_any_file(project: Path) -> None:
    assert checked() == {
        "corpus/a.csd": "missing; download it manually",
        "corpus/big.pkl": "missing; download it manually",
        "corpus/f.json": "missing; download it manually",
        "corpus/known.pkl": "missing; 1 known address",
        "corpus/l.csd": "missing; download it manually",
        "corpus/parts.pkl": "missing; download it manually",
        "corpus/w.csd": "missing; 2 known addresses",
    }


def test_check_knows_partial_and_present(project: Path) -> None:
    downloads, raw = project / "data/downloads", project / "data/raw/d"
    (downloads / "corpus/a.csd.part").write_bytes(b"12345")
    note = {"address": "http://localhost/a", "validator": None, "length": 9}
    write_json(downloads / "corpus/a.csd.part.json", note)
    (downloads / "corpus/big.pkl.part").write_bytes(b"12345")
    (downloads / "corpus/parts.pkl.joined").write_bytes(b"12345")
    write_json(downloads / "corpus/parts.pkl.joined.json", [["of a part", 4]])
    (downloads / "corpus/w.csd").write_bytes(CONTENT)
    (raw / "w.csd").hardlink_to(downloads / "corpus/w.csd")
    (raw / "l.csd").write_bytes(CONTENT)
    (raw / "f.json").write_bytes(CONTENT)
    write_json(downloads / "hashes.json", {"corpus/l.csd": DIGEST})
    assert checked() == {
        "corpus/a.csd": "partial, 5 of 9 bytes",
        "corpus/big.pkl": "partial, 5 of an unknown number of bytes",
        "corpus/f.json": f"present in data/raw/d, not verified: no SHA-256 is known ({DIGEST})",
        "corpus/known.pkl": "missing; 1 known address",
        "corpus/l.csd": f"present in data/raw/d, verified, SHA-256 as first downloaded ({DIGEST})",
        "corpus/parts.pkl": "partial, 4 bytes of its first parts",
        "corpus/w.csd": "present in data/downloads/corpus, verified, SHA-256 as published "
        f"({DIGEST})",
    }


def test_check_looks_through_the_mirror(project: Path) -> None:
    (project / "mine.yaml").write_text("mirror: folder")
    (project / "folder/corpus").mkdir(parents=True)
    (project / "folder/corpus/a.csd").write_bytes(CONTENT)
    found = checked("--config", "mine.yaml")
    assert found["corpus/a.csd"].startswith("present in folder/corpus, not verified")


def test_check_tells_a_wrong_file_and_fails(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "data/raw/d/w.csd").write_bytes(b"CONTENT")
    with pytest.raises(EvenfuseError) as caught:
        run_command("data", "check")
    assert str(caught.value) == ("wrong files: corpus/w.csd; delete them and fetch them again")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (None, "there is no file mine.yaml; run this in the folder of the project"),
        ("a: [", "mine.yaml, line 2: this is no YAML"),
        ("- a", "mine.yaml should hold settings"),
        ("sources: {corpus: {license: x}}", "'sources.corpus.license'; did you mean 'licence'"),
        ("sources: {corpus: {files: {w.csd: {sha256: x}}}}", "corpus.files.w.csd.sha256' cannot"),
        ("datasets: {d: {origin: corpse}}", "unknown source 'corpse'; choose from: corpus; did"),
    ],
)
def test_a_wrong_config_is_one_sentence(project: Path, text: str | None, reason: str) -> None:
    if text is not None:
        (project / "mine.yaml").write_text(text)
    with pytest.raises(EvenfuseError) as caught:
        run_command("data", "list", "--config", "mine.yaml")
    assert reason in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_shipped_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    lines = run_command("data", "list").output.splitlines()
    rows = [line.split() for line in lines if line and not line.startswith(" ")]
    pickles = [row for row in rows if row[0].endswith("_50.pkl") or row[0].endswith("_39.pkl")]
    assert len({cell for row in pickles for cell in row if len(cell) == 64}) == 5
    assert sum("unofficial" in row for row in pickles) == 3
    audio = next(row for row in rows if row[0] == "CMU_MOSI_COVAREP.csd")
    assert audio[1] == "1"  # the SDK's
    aligned = [row for row in rows if row[0] == "iemocap_data.pkl"]
    assert [row[1] for row in aligned] == ["0"]
