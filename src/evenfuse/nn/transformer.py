"""The transformer of MulT: layer norm first; one sequence attends to another or to itself."""

import math

import torch
from torch import Tensor, nn

from evenfuse.nn.attention import Attention, Visible, visible_steps, xavier_linear
from evenfuse.nn.dropout import Dropout
from evenfuse.nn.sequences import States
from evenfuse.settings.models._cross_modal import CrossModalSettings

SLOWEST = 10000  # steps per radian of the slowest wave


def sinusoids(steps: int, width: int) -> Tensor:
    """Return positions (steps, width) from step 1 on: sines, then cosines, of ever slower waves.

    As in "Attention is all you need" (arXiv 1706.03762, 3.5). The last column of an odd width is 0.
    """
    half = width // 2
    slowness = SLOWEST ** (torch.arange(half) / (half - 1))
    angles = torch.arange(1, steps + 1)[:, None] / slowness
    waves = torch.cat([angles.sin(), angles.cos()], dim=1)
    return nn.functional.pad(waves, (0, width % 2))


class Block(nn.Module):
    """Attention, then a feed-forward network, both with residual connections (MulT, eq. (4))."""

    def __init__(self, width: int, attention_dropout: float, settings: CrossModalSettings):
        super().__init__()
        self.attention_norm = nn.LayerNorm(width)
        self.attention = Attention(width, settings.heads, attention_dropout)
        self.feed_forward = nn.Sequential(
            nn.LayerNorm(width),
            xavier_linear(width, 4 * width),
            nn.ReLU(inplace=True),
            Dropout(settings.relu_dropout),
            xavier_linear(4 * width, width),
        )
        self.dropout = Dropout(settings.residual_dropout)

    def forward(self, states: Tensor, attended: Tensor, visible: Visible) -> Tensor:
        """Return `states` (batch, time, width) after attention to `attended`."""
        target, source = self.attention_norm(states), self.attention_norm(attended)
        states = states + self.dropout(self.attention(target, source, visible))
        result: Tensor = states + self.dropout(self.feed_forward(states))
        return result


class Transformer(nn.Module):
    """Blocks in which a target attends to a constant source (crossmodal), or to itself."""

    def __init__(
        self, width: int, layers: int, attention_dropout: float, settings: CrossModalSettings
    ):
        super().__init__()
        self.positions = settings.positions
        self.causal = settings.causal
        self.dropout = Dropout(settings.embedding_dropout)
        self.blocks = nn.ModuleList(
            Block(width, attention_dropout, settings) for _ in range(layers)
        )
        self.norm = nn.LayerNorm(width)

    def forward(self, target: States, source: States | None = None) -> States:
        """Return `target` after attending to `source`, or to itself; its lengths do not change."""
        visible = visible_steps(target, target if source is None else source, self.causal)
        states = self._embed(target.states)
        attended = None if source is None else self._embed(source.states)
        for block in self.blocks:
            states = block(states, states if attended is None else attended, visible)
        return States(self.norm(states), target.lengths)

    def _embed(self, states: Tensor) -> Tensor:
        steps, width = states.shape[1:]
        scaled = math.sqrt(width) * states
        if self.positions:
            scaled = scaled + sinusoids(steps, width).to(states.device)
        embedded: Tensor = self.dropout(scaled)
        return embedded
