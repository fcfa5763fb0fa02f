"""evenfuse vocabulary: tokenizer and configuration of a BERT trained from scratch."""

from collections import Counter
from collections.abc import Sequence
from itertools import chain
from pathlib import Path

import click
from tokenizers import BertWordPieceTokenizer

from evenfuse.cache.reading import read_cache
from evenfuse.checksums import write_sums
from evenfuse.commands.options import OBJECT
from evenfuse.files import write_aside, write_json
from evenfuse.settings.run import ScratchEncoderSettings
from evenfuse.settings.strict import parse
from evenfuse.settings.trees import Tree

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
LETTERS = 0.25  # share of the vocabulary that single letters may take, and as much within words


@click.command()
@click.argument("train", type=Path)
@click.option("--settings", type=OBJECT, default="{}", help="JSON of scratch_encoder.")
@click.option("--output", type=Path, required=True, help="Folder to use as a text encoder.")
def command(train: Path, settings: Tree, output: Path) -> None:
    """Learn a WordPiece vocabulary from TRAIN, the cache of the training split.

    The folder has no weights and says so: a BERT built from it starts at random.
    """
    shape = parse(ScratchEncoderSettings, settings, "scratch_encoder")
    tokenizer = learn(read_cache(train).sentences(), shape.vocabulary_size)
    with write_aside(output) as aside:
        write_json(aside / "config.json", _bert_config(shape, tokenizer.get_vocab_size()))
        tokenizer.save(str(aside / "tokenizer.json"))
        write_sums(aside)
    click.echo(f"{tokenizer.get_vocab_size()} word pieces in {output}")


def learn(texts: Sequence[str], size: int) -> BertWordPieceTokenizer:
    """Learn word pieces: from the same texts the same, in any process.

    The library numbers the pieces "##a" in the order of a hash table, and breaks ties between
    pairs by these numbers; given as special tokens, they are numbered as listed.
    """
    tokenizer = BertWordPieceTokenizer(lowercase=True)
    letters = _letters(tokenizer, texts, round(LETTERS * size))
    tokenizer.train_from_iterator(
        texts,
        size,
        show_progress=False,
        limit_alphabet=len(letters),
        initial_alphabet=letters,
        special_tokens=[*SPECIAL, *(f"##{letter}" for letter in letters)],
    )
    # made anew, so that the pieces are no special tokens any more
    return BertWordPieceTokenizer(tokenizer.get_vocab(), lowercase=True)


def _letters(tokenizer: BertWordPieceTokenizer, texts: Sequence[str], most: int) -> list[str]:
    """Return the most frequent letters in the order of their code points."""
    normalized = map(tokenizer.normalize, texts)
    counts = Counter(letter for letter in chain.from_iterable(normalized) if not letter.isspace())
    by_count = sorted(counts, key=lambda letter: (-counts[letter], letter))
    return sorted(by_count[:most])


def _bert_config(shape: ScratchEncoderSettings, vocabulary_size: int) -> dict[str, object]:
    return {
        "model_type": "bert",
        "weights": "random",
        "vocab_size": vocabulary_size,
        "hidden_size": shape.hidden_size,
        "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads,
        "intermediate_size": 4 * shape.hidden_size,
        "max_position_embeddings": shape.max_tokens,
        # BERT's 0.02 suits a width of 768 and Adam; narrower and smaller, SGD does not train it
        "initializer_range": shape.hidden_size**-0.5,
    }
