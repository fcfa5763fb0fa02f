"""The heads of words by spaCy, on a small parser that is trained here."""

import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from evenfuse.batching.corpus import Corpus
from evenfuse.batching.parsing import Parser
from evenfuse.batching.words import NO_WORD
from evenfuse.cache.reading import read_cache
from evenfuse.cache.segments import Segments
from evenfuse.errors import EvenfuseError
from evenfuse.nn.text import Tokenizer

spacy = pytest.importorskip("spacy", reason="to run it: pip install 'evenfuse[parser]'")

# words, and the head of each: the root is its own
SENTENCES = [
    (["the", "film", "is", "good"], [1, 2, 2, 2]),
    (["the", "actor", "is", "bad"], [1, 2, 2, 2]),
    (["i", "like", "it"], [1, 1, 1]),
]


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The folder of a parser that has learnt the sentences by heart."""
    from spacy.training import Example

    spacy.util.fix_random_seed(0)
    made = spacy.blank("en")
    made.add_pipe("parser", config={"min_action_freq": 1})
    examples = [
        Example.from_dict(
            made.make_doc(" ".join(words)),
            {"words": words, "heads": heads, "deps": labels(heads)},
        )
        for words, heads in SENTENCES
    ]
    optimizer = made.initialize(lambda: examples)
    for _ in range(60):
        made.update(examples, sgd=optimizer)
    folder = tmp_path_factory.mktemp("parser") / "small"
    made.to_disk(folder)
    return str(folder)


def labels(heads: list[int]) -> list[str]:
    return ["ROOT" if head == word else "dep" for word, head in enumerate(heads)]


def words(*text: str) -> np.ndarray:
    return np.array(text, dtype=object)


def test_every_word_knows_the_row_of_its_head(pipeline: str) -> None:
    texts = [words(*sentence) for sentence, _ in SENTENCES]
    assert Parser(pipeline).heads(texts) == [heads for _, heads in SENTENCES]


def test_pauses_are_not_parsed_and_shift_nothing(pipeline: str) -> None:
    texts = [
        words("", "the", "film", "", "is", "good", ""),
        words("", ""),
        words("i", "like", "it"),
    ]
    assert Parser(pipeline).heads(texts) == [[0, 2, 4, 3, 4, 4, 6], [0, 1], [1, 1, 1]]


def test_words_stay_what_they_are(pipeline: str) -> None:
    # spaCy's own tokenizer would cut these
    assert len(Parser(pipeline).heads([words("don't", "so-so,", "it's")])[0]) == 3


def test_tokens_know_the_row_of_the_head_of_their_word(
    cache: Path, vocabulary: Path, pipeline: str
) -> None:
    segments: Segments = read_cache(cache / "train.h5")
    tokenizer, parser = Tokenizer(str(vocabulary)), Parser(pipeline)
    names = ["text", "audio"]
    corpus = Corpus.from_segments(segments, names, tokenizer, word_rows=True, parser=parser)
    index = torch.tensor([3, 0, 9])
    batch = corpus.batch(index)
    assert batch.rows is not None
    assert batch.heads is not None
    expected = parser.heads([segments.words[i] for i in index.tolist()])
    for rows, heads, of_words in zip(batch.rows, batch.heads, expected, strict=True):
        told = [NO_WORD if row == NO_WORD else of_words[row] for row in rows.tolist()]
        assert heads.tolist() == told
    assert torch.equal(batch.to(torch.device("cpu")).heads, batch.heads)
    assert (
        Corpus.from_segments(segments, names, tokenizer, word_rows=True).batch(index).heads is None
    )


def test_spacy_is_asked_for_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "spacy", None)
    told = refusal("en_core_web_sm")
    assert "model.parser" in told
    assert "pip install 'evenfuse[parser]'" in told


def test_a_pipeline_that_is_not_there_is_asked_for(tmp_path: Path) -> None:
    assert "python -m spacy download xx_no_such" in refusal("xx_no_such")


def test_a_pipeline_without_a_parser_is_refused(tmp_path: Path) -> None:
    spacy.blank("en").to_disk(tmp_path / "blank")
    assert "has no dependency parser" in refusal(str(tmp_path / "blank"))


def refusal(pipeline: str) -> str:
    with pytest.raises(EvenfuseError) as caught:
        Parser(pipeline)
    assert "\n" not in str(caught.value)
    return str(caught.value)
