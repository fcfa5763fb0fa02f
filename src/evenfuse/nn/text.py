"""The text encoder: any BERT, pretrained or trained from scratch, with its tokenizer."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import torch
from tokenizers import Encoding
from torch import Tensor, nn

from evenfuse.errors import EvenfuseError
from evenfuse.nn.pooling import real_steps
from evenfuse.nn.readers import Reader

# transformers is imported where it is used: it takes seconds, which runs without text are spared
Shift = Callable[[Tensor], Tensor]


class Tokens(Reader):
    """Reads token ids by BERT, one state per token."""

    def __init__(self, bert: nn.Module):
        super().__init__()
        self.bert = bert
        self.config = cast(Any, bert.config)
        self.width = self.config.hidden_size

    def forward(
        self, values: Tensor, lengths: Tensor, shifts: Mapping[int, Shift] | None = None
    ) -> Tensor:
        """Turn padded token ids (batch, token) into states (batch, token, width).

        `shifts` maps the number of a layer, 0 for the embeddings, to a function that replaces its
        states before the next layer reads them.
        """
        mask = real_steps(values, lengths).long()
        with self._shifted(shifts or {}):
            states: Tensor = self.bert(input_ids=values, attention_mask=mask).last_hidden_state
        return states

    def pool(self, states: Tensor) -> Tensor:
        """Return the output (batch, width) of BERT's pretrained pooler for its last states.

        The settings of a model that uses it must set `pooler`.
        """
        pooled: Tensor = self.bert.pooler(states)  # type: ignore[operator]
        return pooled

    @contextmanager
    def _shifted(self, shifts: Mapping[int, Shift]) -> Iterator[None]:
        hooks = [
            self._layer(number).register_forward_hook(lambda *seen, shift=shift: shift(seen[-1]))
            for number, shift in shifts.items()
        ]
        try:
            yield
        finally:
            for hook in hooks:
                hook.remove()

    def _layer(self, number: int) -> nn.Module:
        if number == 0:
            return self.bert.embeddings  # type: ignore[return-value]
        return self.bert.encoder.layer[number - 1]  # type: ignore[union-attr,index,return-value]


class Tokenizer:
    """Turns text into token ids between [CLS] and [SEP], cut to the longest that BERT can read."""

    def __init__(self, source: str):
        self._config = _bert_config(source)
        self._files = _load("AutoTokenizer", source)
        # the fast tokenizer underneath builds no Python objects that nobody reads
        self._tokenizer = self._files.backend_tokenizer
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(self._config.max_position_embeddings)

    def encode(self, texts: list[str]) -> list[Encoding]:
        """Return the tokens of every text: their ids, and the characters that each covers."""
        encodings: list[Encoding] = self._tokenizer.encode_batch(texts)
        return encodings

    def save(self, folder: Path) -> None:
        """Write the files of the tokenizer and the configuration of BERT."""
        self._files.save_pretrained(folder)
        self._config.save_pretrained(folder)


def load_bert(source: str, pooler: bool = False) -> nn.Module:
    """Load a BERT from a folder or the hub, with its pretrained pooler if `pooler` is set.

    A folder without weights gives a BERT with random ones.

    Raises:
        EvenfuseError: if there is no BERT of that name.
    """
    folder = Path(source)
    if folder.is_dir() and not [*folder.glob("*.safetensors"), *folder.glob("*.bin")]:
        return blank_bert(folder, pooler)
    _bert_config(source)
    bert: nn.Module = _load("BertModel", source, add_pooling_layer=pooler, dtype=torch.float32)
    return bert


def blank_bert(folder: Path, pooler: bool = False) -> nn.Module:
    """Build a BERT from a saved configuration, with random weights."""
    from transformers import BertModel

    bert: nn.Module = BertModel(_bert_config(str(folder)), add_pooling_layer=pooler)
    return bert


def _bert_config(source: str) -> Any:
    config = _load("AutoConfig", source)
    if config.model_type != "bert":
        raise EvenfuseError(f"the text encoder '{source}' is a {config.model_type}, not a BERT")
    return config


def _load(kind: str, source: str, **options: Any) -> Any:
    import transformers

    transformers.logging.set_verbosity_error()
    try:
        return getattr(transformers, kind).from_pretrained(source, **options)
    except (OSError, ValueError) as error:
        reason = str(error).strip().splitlines()[0].rstrip(".")
        raise EvenfuseError(
            f"the text encoder '{source}' is not a BERT folder and cannot be loaded from the hub "
            f"({reason}); give a folder with --config text_encoder=FOLDER"
        ) from None
