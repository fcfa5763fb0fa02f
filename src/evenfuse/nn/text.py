"""The text encoder: any BERT, pretrained or trained from scratch, with its tokenizer."""

from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from transformers import AutoConfig, AutoTokenizer, BertModel
from transformers.utils import logging

from evenfuse.errors import EvenfuseError
from evenfuse.nn.inputs import Input
from evenfuse.nn.pooling import real_steps

logging.set_verbosity_error()


class Tokens(Input):
    """Token ids, read by BERT: a state per token."""

    def __init__(self, bert: BertModel):
        super().__init__()
        self.bert = bert
        self.width = bert.config.hidden_size

    def forward(self, values: Tensor, lengths: Tensor) -> Tensor:
        """Turn padded token ids (batch, token) into states (batch, token, width)."""
        mask = real_steps(values, lengths).long()
        states: Tensor = self.bert(input_ids=values, attention_mask=mask).last_hidden_state
        return states


class Tokenizer:
    """Words to the ids that a BERT knows, between its [CLS] and [SEP], cut at its longest."""

    def __init__(self, source: str, config: Any):
        self._config = config
        self._files = _load(AutoTokenizer, source)
        # the plain tokenizer below transformers' makes no Python objects that nobody reads
        self._tokenizer = self._files.backend_tokenizer
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(config.max_position_embeddings)

    def __call__(self, texts: list[str]) -> list[list[int]]:
        """Return the token ids of every text."""
        return [encoding.ids for encoding in self._tokenizer.encode_batch(texts)]

    def save(self, folder: Path) -> None:
        """Write the tokenizer's files and the BERT's shape."""
        self._files.save_pretrained(folder)
        self._config.save_pretrained(folder)


def load_text_encoder(source: str) -> tuple[BertModel, Tokenizer]:
    """Load a BERT and its tokenizer from a folder or the hub; without weights it starts at random.

    Raises:
        EvenfuseError: if there is no BERT of that name.
    """
    config = _bert_config(source)
    tokenizer = Tokenizer(source, config)
    folder = Path(source)
    if folder.is_dir() and not [*folder.glob("*.safetensors"), *folder.glob("*.bin")]:
        return BertModel(config, add_pooling_layer=False), tokenizer
    bert = _load(BertModel, source, add_pooling_layer=False, dtype=torch.float32)
    return bert, tokenizer


def blank_text_encoder(folder: Path) -> tuple[BertModel, Tokenizer]:
    """Build a BERT of a saved shape, whose weights are loaded with the rest of the model."""
    config = _bert_config(str(folder))
    return BertModel(config, add_pooling_layer=False), Tokenizer(str(folder), config)


def _bert_config(source: str) -> Any:
    config = _load(AutoConfig, source)
    if config.model_type != "bert":
        raise EvenfuseError(f"the text encoder '{source}' is a {config.model_type}, not a BERT")
    return config


def _load(kind: Any, source: str, **options: Any) -> Any:
    try:
        return kind.from_pretrained(source, **options)
    except (OSError, ValueError) as error:
        reason = str(error).strip().splitlines()[0].rstrip(".")
        raise EvenfuseError(
            f"the text encoder '{source}' is not a BERT folder and does not load from the hub "
            f"({reason}); give one with: --config text_encoder=FOLDER"
        ) from None
