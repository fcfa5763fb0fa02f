"""A vocabulary learnt from the same words is the same, whatever process learns it."""

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from evenfuse.commands.vocabulary import learn

ROOT = Path(__file__).parents[2]
LEARN = """
import random, sys
from evenfuse.commands.vocabulary import learn
from tests.commands.test_vocabulary import generated
print(sorted(learn(generated(int(sys.argv[1])), 600).get_vocab().items()))
"""


def generated(number: int) -> list[str]:
    """Texts full of ties: words of few letters, all about as frequent."""
    rng = random.Random(0)
    words = ["".join(rng.choices("abcdefgh", k=rng.randint(1, 6))) for _ in range(2000)]
    return [" ".join(rng.choices(words, k=12)) for _ in range(number)]


@pytest.mark.parametrize("number", [100, 10_000])
def test_other_processes_and_hash_seeds_learn_the_same(number: int) -> None:
    learnt = set()
    for seed in ("0", "1", "2"):
        command = [sys.executable, "-c", LEARN, str(number)]
        environment = {
            **os.environ,
            "PYTHONHASHSEED": seed,
            "RAYON_NUM_THREADS": str(1 + int(seed)),
        }
        done = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True
        )
        learnt.add(done.stdout)
    assert len(learnt) == 1


def test_the_order_of_the_texts_does_not_matter() -> None:
    texts = generated(500)
    assert learn(texts, 400).get_vocab() == learn(texts[::-1], 400).get_vocab()


def test_it_has_the_size_asked_for_and_every_id_once() -> None:
    tokenizer = learn(generated(500), 300)
    assert tokenizer.get_vocab_size() == 300
    assert sorted(tokenizer.get_vocab().values()) == list(range(300))


def test_words_are_cut_into_what_was_learnt_and_nothing_else_is_special() -> None:
    tokenizer = learn(["banana band bandana"] * 20 + ["x ##a"], 120)
    assert tokenizer.encode("Bandana").tokens == ["[CLS]", "bandana", "[SEP]"]
    # a text that holds "##a" is text
    assert tokenizer.encode("##a").tokens == ["[CLS]", "#", "#", "a", "[SEP]"]


def test_letters_beyond_their_share_are_unknown() -> None:
    rare = [chr(0x4E00 + i) for i in range(400)]
    tokenizer = learn([" ".join(rare), *["a b c"] * 50], 200)
    assert tokenizer.get_vocab_size() <= 200
    assert tokenizer.encode("a b c").tokens[1:-1] == ["a", "b", "c"]
