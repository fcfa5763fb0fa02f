"""The text encoder: any BERT, pretrained or trained from scratch, with its tokenizer."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import torch
from tokenizers import Encoding
from torch import Tensor, nn

from evenfuse.bert_files import bert_digest, has_weights
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
    """Turns text into token ids between [CLS] and [SEP], cut to the longest that BERT can read.

    Raises:
        EvenfuseError: if the folder `source` holds no BERT, or it has no tokenizer of its own.
    """

    def __init__(self, source: str):
        self._source = source
        self._config = _bert_config(source)
        self._files = _load("AutoTokenizer", source)
        _check_tokenizer(self._files, self._config, source)
        # the fast tokenizer underneath builds no Python objects that nobody reads
        self._tokenizer = self._files.backend_tokenizer
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(self._config.max_position_embeddings)

    def encode(self, texts: list[str]) -> list[Encoding]:
        """Return the tokens of every text: their ids, and the characters that each covers."""
        encodings: list[Encoding] = self._tokenizer.encode_batch(texts)
        return encodings

    @property
    def unknown_token(self) -> int:
        """The token that stands for a word that is not known."""
        return int(self._files.unk_token_id)

    def unknown(self, ids: Tensor) -> float:
        """Return the share of words that are unknown, of texts with these tokens (token,)."""
        unknown = self.unknown_token
        special = set(self._files.all_special_ids) - {unknown}
        begin_words = [
            number
            for piece, number in self._files.get_vocab().items()
            if number not in special and not piece.startswith("##")
        ]
        words = torch.isin(ids, torch.tensor(begin_words)).sum()
        return float((ids == unknown).sum() / words.clamp(min=1))

    def digest(self) -> str:
        """Return a digest of the files that it and its BERT are loaded from, weights included."""
        return bert_digest(Path(self._source))

    def save(self, folder: Path) -> None:
        """Write the files of the tokenizer and the configuration of BERT."""
        self._files.save_pretrained(folder)
        self._config.save_pretrained(folder)


def load_bert(source: str, pooler: bool = False) -> nn.Module:
    """Load a BERT from a folder, with its pretrained pooler if `pooler` is set.

    One whose configuration says that its `weights` are `random`, as `evenfuse vocabulary` writes
    it, starts with these.

    Raises:
        EvenfuseError: if the folder `source` holds no BERT, or it has not all of its weights.
    """
    if getattr(_bert_config(source), "weights", None) == "random":
        return blank_bert(Path(source), pooler)
    if not has_weights(Path(source)):
        raise EvenfuseError(
            f"the text encoder '{source}' has no weights; give a folder that has them, or train a "
            "BERT from scratch with text_encoder: scratch"
        )
    options = {"add_pooling_layer": pooler, "dtype": torch.float32, "output_loading_info": True}
    bert, found = _load("BertModel", source, **options)
    if missing := sorted(found["missing_keys"]):
        raise EvenfuseError(
            f"the weights of the text encoder '{source}' lack {len(missing)} of its parts, such as "
            f"{missing[0]}; give a folder that has all of them"
        )
    model: nn.Module = bert
    return model


def blank_bert(folder: Path, pooler: bool = False) -> nn.Module:
    """Build a BERT from a saved configuration, with random weights."""
    from transformers import BertModel

    bert: nn.Module = BertModel(_bert_config(str(folder)), add_pooling_layer=pooler)
    return bert


def _check_tokenizer(tokenizer: Any, config: Any, source: str) -> None:
    """Refuse a tokenizer that transformers has made up, and one that is of another BERT."""
    ids = tokenizer.get_vocab()
    if set(ids) <= set(tokenizer.all_special_tokens) or not tokenizer.is_fast:
        raise EvenfuseError(
            f"the text encoder '{source}' has no tokenizer; put its tokenizer.json or vocab.txt "
            "beside its config.json"
        )
    if max(ids.values()) >= config.vocab_size:
        raise EvenfuseError(
            f"the tokenizer of the text encoder '{source}' has {max(ids.values()) + 1} word pieces "
            f"and its BERT {config.vocab_size}; give a folder in which both are of one BERT"
        )


def _bert_config(source: str) -> Any:
    config = _load("AutoConfig", source)
    if config.model_type != "bert":
        raise EvenfuseError(f"the text encoder '{source}' is a {config.model_type}, not a BERT")
    return config


def _load(kind: str, source: str, **options: Any) -> Any:
    import transformers

    if not Path(source).is_dir():
        raise EvenfuseError(
            f"the text encoder '{source}' is not a folder; get one from the hub with "
            "evenfuse fetch-encoder NAME --output=FOLDER"
        )
    transformers.logging.set_verbosity_error()
    # a folder may name code of its own: it is never run, nor is anybody asked whether to
    safe = {"local_files_only": True, "trust_remote_code": False}
    try:
        return getattr(transformers, kind).from_pretrained(source, **safe, **options)
    except Exception as error:  # its libraries raise any kind for a file that they cannot read
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
        bert_digest(Path(source))  # which says so, if a file cannot be read
        raise EvenfuseError(
            f"the text encoder '{source}' cannot be loaded ({reason}); give a folder that has "
            "all files of a BERT"
        ) from None
