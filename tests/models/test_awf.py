"""Adaptive weight fusion, eq. (4) and (11)-(13), worked by hand."""

import torch
from torch import nn

from evenfuse.models.awf import ModalityAttention, Model
from evenfuse.settings.models.awf import Settings
from tests.models.conftest import Make


def attention(reaches_encoders: bool = False) -> ModalityAttention:
    made = ModalityAttention(2, reaches_encoders)
    made.hidden.weight.data = torch.tensor([[1.0, -1.0], [2.0, 0.0]])
    made.score.weight.data = torch.tensor([[1.0, 0.5], [0.0, -1.0]])
    return made


def test_attention_worked_by_hand() -> None:
    # pooled: (1, 3) and (2, 2) -> 2, 2; hidden: relu(0, 4) = 0, 4; scores: sigmoid(2, -4)
    z = [torch.tensor([[1.0, 3.0]]), torch.tensor([[2.0, 2.0]])]
    attended, scores = attention()(z)
    a, b = torch.sigmoid(torch.tensor([2.0, -4.0]))
    torch.testing.assert_close(scores, torch.stack([a, b])[None])
    torch.testing.assert_close(attended, torch.stack([a, 3 * a, 2 * b, 2 * b])[None])


def test_attention_sends_no_gradient_into_the_encoders_unless_asked() -> None:
    for reaches in (False, True):
        z = [torch.ones(1, 2, requires_grad=True), torch.ones(1, 2, requires_grad=True)]
        attended, _ = attention(reaches)(z)
        gradients = torch.autograd.grad(attended.sum(), z, allow_unused=True)
        assert all((gradient is not None) == reaches for gradient in gradients)


def fused_by(model: Model, z: list[torch.Tensor], w: torch.Tensor) -> torch.Tensor:
    """What enters the head."""
    seen = []
    hook = model.head.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    model.fuse(z, w)
    hook.remove()
    return seen[0]


class Identity(nn.Module):
    width = 2


def test_fusion_worked_by_hand() -> None:
    encoders = {"text": Identity(), "audio": Identity()}
    z = [torch.tensor([[1.0, 3.0]]), torch.tensor([[2.0, 2.0]])]
    w = torch.tensor([0.5, 2.0])
    plain = Model(Settings(name="awf", hidden_size=2, a_fusion=False), encoders, 1)
    assert fused_by(plain, z, w).tolist() == [[0.5, 1.5, 4.0, 4.0]]
    both = Model(Settings(name="awf", hidden_size=2), encoders, 1)
    both.attention = attention()
    expected = (torch.tensor([[0.5, 1.5, 4.0, 4.0]]) + attention()(z)[0]) / 2
    torch.testing.assert_close(fused_by(both, z, w), expected)


def test_parameter_count(make: Make) -> None:
    model, corpus, _ = make("awf", ["audio", "video"])
    audio, video = corpus.widths()["audio"], corpus.widths()["video"]
    lstm = sum(4 * 12 * (width + 12 + 2) for width in (audio, video))
    maps = 2 * (12 * 12 + 12)
    a_fusion = 2 * 2 * 2
    head = (24 * 8 + 8) + (8 + 1)
    assert sum(p.numel() for p in model.parameters()) == lstm + maps + a_fusion + head
