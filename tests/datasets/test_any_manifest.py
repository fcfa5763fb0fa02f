"""Whatever a manifest and its .npy files hold: caches, or one sentence that says where."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import event, given

from evenfuse.cache.reading import read_cache
from tests.datasets import any_manifest
from tests.datasets.any_input import outcome, sentence_of
from tests.datasets.any_manifest import Corpus


def refusal(corpus: Corpus) -> str | None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "audio").mkdir()
        (folder / "manifest.csv").write_bytes(corpus.table)
        for segment, content in corpus.arrays.items():
            (folder / f"audio/{segment}.npy").write_bytes(content)
        options = ["--format", "manifest", "--modality", "text", "--modality", "audio"]
        told = sentence_of(
            folder / "cache", "cache", folder / "manifest.csv", *options, "--metrics", "sentiment"
        )
        assert told is None or name in told
        return told


@given(any_manifest.corpora())
def test_any_manifest_is_cached_or_told(corpus: Corpus) -> None:
    event(outcome(refusal(corpus)))


@pytest.mark.parametrize(
    ("table", "told"),
    [
        (b"", "is empty; its first line should name the columns"),
        (b"id;split;label\n", "has no column 'id'; it has id;split;label (commas separate them)"),
        (b"id,split,label,id\n", "has the column 'id' twice"),
        (b"id,split,label\n", "has no row with the split 'train'"),
        (b"id,split,label\na,train,1\nb,train\n", ", line 3: 2 cells, but the header has 3"),
        (b"id,split,label\na,train,1,2\n", ", line 2: 4 cells, but the header has 3"),
        (b'id,split,label\n\n"a,train,1\nb,train,1\n', ", line 3: the cells that begin here"),
        (b"id,split,label\na,train," + b"1" * 200_000, ", line 2: the cells that begin here"),
        (b"id,split,label\na\0,train,1\n", ", line 2: this is not text in UTF-8"),
        ("id,split,label\né,train,1\n".encode("latin-1"), ", line 2: this is not text in UTF-8"),
        ("id,split,label\na,train,1\n".encode("utf-16"), ", line 1: this is not text in UTF-8"),
        (b"id,split,label\n,train,1\n", "the id of segment 0 in the split 'train' has no char"),
        (b"id,split,label\na\x1b[m,train,1\n", ", line 2: the id 'a\\x1b[m' is too long or"),
        (b"id,split,label\n" + b"a" * 2000 + b",train,1\n", ", line 2: the id 'aaaa"),
    ],
)
def test_a_table_that_is_wrong_is_told(tmp_path: Path, table: bytes, told: str) -> None:
    path = tmp_path / "manifest.csv"
    path.write_bytes(table + (b"v,valid,1\nt,test,1\n" if told.startswith("the id of") else b""))
    refused = sentence_of(tmp_path / "cache", "cache", path, "--format", "manifest")
    assert refused is not None
    assert told in refused
    assert refused.startswith(f"{path}")


@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_tables_of_every_program_are_read(tmp_path: Path, start: bytes, end: bytes) -> None:
    rows = [
        b"id, split ,label,note",
        b"a,train,1,",
        b'"b, c", valid,1,"x\ny"',
        b",,,",
        b"d,test, 1,",
    ]
    (tmp_path / "manifest.csv").write_bytes(start + end.join(rows))
    options = ("cache", tmp_path / "manifest.csv", "--format", "manifest")
    assert sentence_of(tmp_path / "cache", *options) is None
    assert read_cache(tmp_path / "cache/valid.h5").ids == ["b, c"]
