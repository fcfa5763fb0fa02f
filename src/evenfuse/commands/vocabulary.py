"""evenfuse vocabulary: tokenizer and configuration of a BERT trained from scratch."""

import json
from pathlib import Path

import click
from tokenizers import BertWordPieceTokenizer

from evenfuse.cache.reading import read_cache
from evenfuse.files import write_aside, write_json
from evenfuse.settings.run import ScratchEncoderSettings
from evenfuse.settings.strict import parse


@click.command()
@click.argument("train", type=Path)
@click.option("--settings", default="{}", help="The settings of scratch_encoder as JSON.")
@click.option("--output", type=Path, required=True, help="Folder to use as a text encoder.")
def command(train: Path, settings: str, output: Path) -> None:
    """Learn a WordPiece vocabulary from TRAIN, the cache of the training split.

    The folder has no weights: a BERT built from it starts at random.
    """
    shape = parse(ScratchEncoderSettings, json.loads(settings), "scratch_encoder")
    tokenizer = BertWordPieceTokenizer(lowercase=True)
    tokenizer.train_from_iterator(
        read_cache(train).sentences(), shape.vocabulary_size, show_progress=False
    )
    with write_aside(output) as aside:
        write_json(aside / "config.json", _bert_config(shape, tokenizer.get_vocab_size()))
        tokenizer.save(str(aside / "tokenizer.json"))
    click.echo(f"{tokenizer.get_vocab_size()} word pieces in {output}")


def _bert_config(shape: ScratchEncoderSettings, vocabulary_size: int) -> dict[str, object]:
    return {
        "model_type": "bert",
        "vocab_size": vocabulary_size,
        "hidden_size": shape.hidden_size,
        "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads,
        "intermediate_size": 4 * shape.hidden_size,
        "max_position_embeddings": shape.max_tokens,
        # BERT's 0.02 suits a width of 768 and Adam; narrower and smaller, SGD does not train it
        "initializer_range": shape.hidden_size**-0.5,
    }
