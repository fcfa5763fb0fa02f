"""MISA: losses worked by hand, views in their order, sizes of the public class."""

import pytest
import torch
from torch import nn

from evenfuse.models.misa import Model, Objective, TwiceEncoded, discrepancy, overlap
from evenfuse.nn.model import Output
from evenfuse.nn.objective import Task
from evenfuse.settings.models.misa import Settings
from tests.models.parts import batch, count, frames, linear, lstm

X = torch.tensor([[0.2, 0.4], [0.4, 0.8], [0.9, 0.6]])
Y = torch.tensor([[0.1, 0.5], [0.5, 0.5], [0.6, 0.8]])
SMALL = Settings(name="misa", width=8, feed_forward=16)


def model(features: dict[str, int], settings: Settings = SMALL) -> Model:
    torch.manual_seed(0)
    return Model(settings, frames(features), 1)


def test_discrepancy_worked_by_hand() -> None:
    # norms of the differences: means .1, then moments 2 to 5
    assert discrepancy(X, Y).item() == pytest.approx(
        0.1 + 0.040552 + 0.018111 + 0.008014 + 0.003302, abs=2e-6
    )
    first, second = torch.eye(2).flip(0), torch.full((2, 2), 0.5)
    assert discrepancy(first, second).item() == pytest.approx(0.353553 + 0.088388, abs=2e-6)


def test_overlap_worked_by_hand() -> None:
    # X'Y = (1.180226, 1.286442), (1.158680, -.457038) of rows of length 1
    assert overlap(X, Y).item() == pytest.approx(1.149823, abs=1e-5)


def test_the_norms_in_the_overlap_are_constants() -> None:
    first = X.clone().requires_grad_()
    overlap(first, Y).backward()
    centred = X - X.mean(dim=0)
    norms = centred.norm(dim=1, keepdim=True) + 1e-6
    scaled = Y - Y.mean(dim=0)
    scaled = scaled / (scaled.norm(dim=1, keepdim=True) + 1e-6)
    again = X.clone().requires_grad_()
    (((again - again.mean(dim=0)) / norms).T @ scaled).square().mean().backward()
    torch.testing.assert_close(first.grad, again.grad)


def objective(features: dict[str, int], **weights: float) -> tuple[Model, Objective]:
    settings = SMALL.model_copy(update=weights)
    made = model(features, settings)
    return made, Objective(settings, Task("mse"), made, None)


def test_losses_are_weighed_and_named() -> None:
    _, three = objective({"audio": 2, "video": 2}, difference_weight=0.1)
    views = {"private": torch.stack([X, X]), "shared": torch.stack([X, Y])}
    three.reconstruct = nn.ModuleList(nn.Identity() for _ in range(2))
    parts = {**views, "states": views["private"] + views["shared"] + 0.5}
    labels = torch.zeros(3, 1)
    losses = three(Output(labels + 2, parts=parts), batch({"audio": 2}, 3))
    assert losses.task == 4
    expected = {
        "similarity": 0.3 * 0.169978,
        "difference": 0.1 * (2 * overlap(X, X) + overlap(X, Y)).item(),
        "reconstruction": 0.25,
    }
    found = {name: loss.item() for name, loss in losses.auxiliary.items()}
    assert found == pytest.approx(expected, abs=1e-5)


def test_all_losses_together_worked_by_hand() -> None:
    # squared error 1/24; X and Y at the weights for CMU-MOSI, no part of the states missed
    _, three = objective({"audio": 2, "video": 2})
    three.reconstruct = nn.ModuleList(nn.Identity() for _ in range(2))
    private, shared = torch.stack([X, X]), torch.stack([X, Y])
    parts = {"private": private, "shared": shared, "states": private + shared}
    told = torch.tensor([[0.25], [-0.25], [0.0]])
    losses = three(Output(told, parts=parts), batch({"audio": 2}, 3))
    assert losses.task.item() == pytest.approx(0.0416667)
    assert losses.auxiliary["reconstruction"] == 0
    similar = losses.task + losses.auxiliary["similarity"] + 0.1 * overlap(X, Y)
    assert similar.item() == pytest.approx(0.207642, abs=2e-6)


@pytest.mark.parametrize("segments", [1, 2, 5])
def test_gradients_are_finite_for_one_segment_and_for_equal_ones(segments: int) -> None:
    features = {"audio": 3, "video": 4}
    made, three = objective(features)
    one = batch(features, 1)
    same = torch.zeros(segments, dtype=torch.int64)
    many = type(one)(
        {name: s[same] for name, s in one.sequences.items()},
        {name: n[same] for name, n in one.lengths.items()},
        one.labels[same],
        same,
    )
    losses = three(made.eval()(many), many)
    (losses.task + sum(losses.auxiliary.values())).backward()
    for name, parameter in made.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.isfinite().all(), name
    if segments == 1:
        assert losses.auxiliary["similarity"] == losses.auxiliary["difference"] == 0


def test_what_both_views_miss_teaches_the_states_too() -> None:
    features = {"audio": 3, "video": 4}
    made, three = objective(features, similarity_weight=0.0, difference_weight=0.0)
    given = batch(features)
    output = made(given)
    output.parts["states"].retain_grad()
    three(output, given).auxiliary["reconstruction"].backward()
    assert output.parts["states"].grad.abs().sum() > 0


def test_private_views_come_before_shared_ones_in_the_order_of_the_modalities() -> None:
    features = {"vectors": 3, "audio": 2, "video": 4}
    made, given, seen = model(features).eval(), batch(features), []
    made.transformer.register_forward_pre_hook(lambda _, args: seen.append(args[0]))
    output = made(given)
    private, shared = output.parts["private"], output.parts["shared"]
    assert torch.equal(seen[0], torch.cat([private, shared]).transpose(0, 1))
    # and the head reads them in that order
    blocks = made.transformer(seen[0]).flatten(1)
    assert torch.equal(made.head(blocks), output.prediction)


def test_last_states_of_two_bidirectional_lstms() -> None:
    torch.manual_seed(0)
    encoder, states = TwiceEncoded(3), torch.randn(2, 5, 3)
    lengths = torch.tensor([5, 3])
    found = encoder(states, lengths)
    for i, length in enumerate(lengths.tolist()):
        alone = states[i : i + 1, :length]
        between, (h1, _) = encoder.first(alone)
        _, (h2, _) = encoder.second(encoder.norm(between))
        expected = torch.cat([h1[0], h2[0], h1[1], h2[1]], dim=1)
        torch.testing.assert_close(found[i : i + 1], expected)


@pytest.mark.parametrize(
    ("audio", "video", "published"),
    [(5, 20, 1_138_033), (74, 35, 1_435_105), (33, 709, 21_664_749)],
)
def test_size_is_that_of_the_public_class(audio: int, video: int, published: int) -> None:
    # those of MMSA 2.2.1's class beside BERT, of which 3,588 are never used
    settings = Settings(name="misa")
    made = Model(settings, frames({"text": 768, "audio": audio, "video": video}), 1)
    more = Objective(settings, Task("mse"), made, None)
    assert count(made) + count(more) == published - 3_588


def test_public_size_of_its_parts() -> None:
    made = Model(Settings(name="misa"), frames({"audio": 5, "video": 20}), 1)
    for name, k in (("audio", 5), ("video", 20)):
        twice = 2 * lstm(k, k) + 2 * lstm(2 * k, k) + 4 * k
        assert count(made.encoders[name]) == twice
        assert count(made.projections[name]) == linear(4 * k, 128) + 256
    assert count(made.transformer) == 593_024
