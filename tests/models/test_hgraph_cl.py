"""HGraph-CL: held against the authors' classes, graphs of tokens, contrast in training alone."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from evenfuse.batching.corpus import Batch
from evenfuse.batching.words import NO_WORD
from evenfuse.models.hgraph_cl import Model, Objective
from evenfuse.nn.graph import Graph
from evenfuse.nn.model import Output
from evenfuse.nn.objective import Task
from evenfuse.settings.models.hgraph_cl import Settings
from tests.models.parts import count, frames

GOLDEN = Path(__file__).parent / "golden/hgraph_cl.safetensors"
WIDTHS = {"text": 7, "video": 3, "audio": 5}  # the authors' order
SMALL = {"width": 8, "heads": 2, "layers": 2, "graph_dropout": 0.0, "dropout": 0.0}


def model(**settings: Any) -> Model:
    torch.manual_seed(0)
    chosen = Settings(name="hgraph_cl", **{**SMALL, **settings})
    return Model(chosen, frames(WIDTHS), 1)


def segments(words: list[int], heads: Tensor | None = None) -> Batch:
    """Segments whose words are one token each, with [CLS] and [SEP] around them."""
    torch.manual_seed(1)
    number, most = len(words), max(words)
    rows = torch.full((number, most + 2), NO_WORD)
    for i, length in enumerate(words):
        rows[i, 1 : length + 1] = torch.arange(length)
    lengths = torch.tensor(words)
    counts = {"text": lengths + 2, "video": lengths.clamp(min=1), "audio": lengths.clamp(min=1)}
    sequences = {
        name: torch.randn(number, int(counts[name].max()), width) for name, width in WIDTHS.items()
    }
    labels = torch.linspace(1, -1, number)[:, None]
    return Batch(sequences, counts, labels, torch.arange(number), rows, heads)


def take_over(ours: Model, golden: dict[str, Tensor]) -> None:
    """Copy the weights of the public class."""
    given = {k.removeprefix("weights."): v for k, v in golden.items() if k.startswith("weights.")}
    parts: dict[str, nn.Module] = {
        "project_t": ours.words,
        "readout_m.project_m": ours.joint[0],
        "fc_out": ours.head[1],
    }
    for name in ("audio", "video"):
        parts[f"encoder_{name[0]}"] = ours.encoders[name].lstm
        parts[f"project_{name[0]}"] = ours.encoders[name].map
    for name, readout in ours.readouts.items():
        parts[f"readout_{name[0]}.attn"] = readout.score
    for theirs, part in parts.items():
        part.load_state_dict({n: given[f"{theirs}.{n}"] for n, _ in part.named_parameters()})
    for name, graph in {**ours.graphs, "multimodal": ours.joint_graph}.items():
        copy_graph(graph, f"gat_{name[0]}.gnn_layer_stack", given)


def copy_graph(graph: Graph, theirs: str, given: dict[str, Tensor]) -> None:
    for number, layer in enumerate(graph.layers):
        part = {n: given[f"{theirs}.{number}.{n}"] for n in ("W", "b", "w_src", "w_dst")}
        layer.map.weight.data.copy_(part["W"].mT.flatten(0, 1))
        layer.bias.data.copy_(part["b"].repeat(layer.heads))
        layer.target.data.copy_(part["w_src"][..., 0])
        layer.source.data.copy_(part["w_dst"][..., 0])
        layer.gate.weight.data.copy_(given[f"{theirs}.{number}.H.weight"])
        layer.gate.bias.data.copy_(given[f"{theirs}.{number}.H.bias"])


@pytest.fixture
def golden() -> dict[str, Tensor]:
    return load_file(GOLDEN)


def as_batch(golden: dict[str, Tensor]) -> Batch:
    heads = nn.functional.pad(golden["heads"], (1, 1), value=NO_WORD)
    sequences, labels = {name: golden[name] for name in WIDTHS}, golden["labels"][:, None]
    return replace(segments([6, 6, 6], heads), sequences=sequences, labels=labels)


def test_predicts_and_contrasts_as_the_public_class(golden: dict[str, Tensor]) -> None:
    ours, given = model(), as_batch(golden)
    take_over(ours, golden)
    output = ours.train()(given)
    same = {"rtol": 1e-5, "atol": 1e-5}
    torch.testing.assert_close(output.prediction[:, 0], golden["prediction"], **same)
    names = {"joint": "m", **{f"of {name}": name[0] for name in WIDTHS}}
    for part, letter in names.items():
        whole = nn.functional.normalize(output.parts[part][0], dim=1)
        torch.testing.assert_close(whole, golden[f"read.{letter}"], **same)
    losses = objective(ours)(output, given).auxiliary
    torch.testing.assert_close(losses["supervised_contrast"], 0.1 * golden["supervised"], **same)
    views = Output(output.prediction, parts={"any": golden["views"].transpose(0, 1)})
    found = objective(ours)(views, given).auxiliary["view_contrast"]
    torch.testing.assert_close(found, 0.1 * golden["view_contrast"], **same)


def objective(made: Model, loss: str = "l1", **settings: Any) -> Objective:
    return Objective(Settings(name="hgraph_cl", **settings), Task(loss), made, None)


def test_a_parse_joins_a_word_and_its_head_alone(golden: dict[str, Tensor]) -> None:
    ours, given = model().eval(), as_batch(golden)
    seen: list[Tensor] = []
    ours.joint_graph.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[1]))
    parsed = ours(given).prediction
    text = seen[0][:, :6, :6]
    for i, heads in enumerate(golden["heads"].tolist()):
        pairs = {(a, b) for a, b in enumerate(heads) if a != b}
        both = pairs | {(b, a) for a, b in pairs}
        assert {(a, b) for a, b in text[i].nonzero().tolist()} == both
    without = ours(replace(given, heads=None)).prediction
    assert not torch.allclose(without, parsed)
    assert seen[1][:, :6, :6].sum() == 3 * 6 * 5


def test_pieces_of_a_word_are_joined_and_meet_what_the_word_meets() -> None:
    # word 0 in two pieces depends on word 2, word 1 on nothing
    rows = torch.tensor([[NO_WORD, 0, 0, 1, 2, NO_WORD]])
    heads = torch.tensor([[NO_WORD, 2, 2, 1, 2, NO_WORD]])
    given = replace(segments([4]), rows=rows, heads=heads)
    ours, seen = model().eval(), []
    ours.joint_graph.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[1]))
    ours(given)
    pairs = {(0, 1), (0, 3), (1, 3)}
    found = {(a, b) for _, a, b in seen[0][:, :4, :4].nonzero().tolist()}
    assert found == pairs | {(b, a) for a, b in pairs}


def test_prediction_and_evaluation_draw_nothing_and_need_no_graph_of_a_modality() -> None:
    ours, given = model(edge_drop=0.5).eval(), segments([5, 3, 4])
    before = torch.get_rng_state()
    output = ours(given)
    assert torch.equal(torch.get_rng_state(), before)
    assert output.parts == {}
    for parameter in ours.graphs.parameters():
        nn.init.normal_(parameter)
    assert torch.equal(ours(given).prediction, output.prediction)
    # in training, edges are lost in the other view alone
    trained = ours.train()(given)
    torch.testing.assert_close(trained.prediction, output.prediction)
    for whole, view in trained.parts.values():
        assert not torch.allclose(whole, view)


def test_without_lost_edges_both_views_are_one() -> None:
    for whole, view in model(edge_drop=0.0)(segments([5, 3, 4])).parts.values():
        torch.testing.assert_close(whole, view)


def test_a_segment_without_words_is_predicted_and_trained_on() -> None:
    ours = model()
    given = segments([4, 0])
    output = ours(given)
    losses = objective(ours)(output, given)
    (losses.task + sum(losses.auxiliary.values())).backward()
    assert output.prediction.isfinite().all()
    assert all(p.grad is not None and p.grad.isfinite().all() for p in ours.parameters())
    alone = segments([0])
    assert ours.eval()(alone).prediction.isfinite().all()


@pytest.mark.parametrize("words", [[4], [4, 4], [5, 5, 5]])
def test_small_batches_and_one_class_have_finite_gradients(words: list[int]) -> None:
    ours, given = model(), segments(words)
    given.labels.fill_(1.0)
    losses = objective(ours)(ours(given), given)
    (losses.task + sum(losses.auxiliary.values())).backward()
    assert all(p.grad is None or p.grad.isfinite().all() for p in ours.parameters())
    if len(words) == 1:
        assert [loss.item() for loss in losses.auxiliary.values()] == [0, 0]


@pytest.mark.parametrize(
    ("loss", "labels", "alike"),
    [
        ("l1", [[0.0, 9.0], [2.0, -9.0], [-0.5, 9.0]], [0, 0, 1]),  # 0 counts as positive
        ("bce", [[1.0, 9.0], [0.0, 9.0], [1.0, -9.0]], [0, 1, 0]),  # labels of yes or no
    ],
)
def test_segments_are_alike_by_what_is_predicted(
    loss: str, labels: list[list[float]], alike: list[int]
) -> None:
    vectors = torch.eye(2)[torch.tensor(alike)] + 0.01
    output = Output(torch.zeros(3, 1), parts={"any": torch.stack([vectors, vectors])})
    given = replace(segments([2, 2, 2]), labels=torch.tensor(labels))
    found = objective(model(), loss)(output, given).auxiliary["supervised_contrast"]
    # two that are alike are close, so hardly anything is missed
    assert found < 1e-3
    given.labels[0] = 1 - given.labels[0] if loss == "bce" else -1.0
    assert objective(model(), loss)(output, given).auxiliary["supervised_contrast"] > 0.1


def test_losses_have_the_weights_of_the_settings() -> None:
    ours, given = model(), segments([5, 3, 4])
    output = ours(given)
    plain = objective(ours)(output, given).auxiliary
    twice = objective(ours, supervised_weight=0.2, view_weight=0.0)(output, given).auxiliary
    torch.testing.assert_close(twice["supervised_contrast"], 2 * plain["supervised_contrast"])
    assert twice["view_contrast"] == 0
    assert plain["view_contrast"] > 0


@pytest.mark.parametrize(
    ("audio", "video", "expected"), [(5, 20, 394_017), (74, 35, 517_281), (33, 709, 8_642_561)]
)
def test_sizes_are_those_of_the_public_class(audio: int, video: int, expected: int) -> None:
    features = frames({"text": 768, "audio": audio, "video": video})
    made = Model(Settings(name="hgraph_cl"), features, 1)
    assert count(made) == expected
    assert count(made.graphs) == 99_840
