"""The transformer of MulT: positions, what it sees, what it leaves alone."""

import math

import pytest
import torch

from evenfuse.nn.sequences import States
from evenfuse.nn.transformer import Transformer, sinusoids
from evenfuse.settings.models.mult import Settings


def transformer(**changed: object) -> Transformer:
    torch.manual_seed(0)
    settings = Settings(name="mult", width=4, heads=2, **changed)
    return Transformer(4, 2, 0.0, settings).eval()


def sequence(*lengths: int, time: int) -> States:
    return States(torch.randn(len(lengths), time, 4), torch.tensor(lengths))


def test_positions_worked_by_hand() -> None:
    # width 5: two waves, of 1 and 1/10000 radian per step, and a column of zeros
    expected = [[math.sin(n), math.sin(n / 1e4), math.cos(n), math.cos(n / 1e4), 0] for n in (1, 2)]
    torch.testing.assert_close(sinusoids(2, 5), torch.tensor(expected))


def test_positions_can_be_left_out() -> None:
    same = torch.ones(1, 3, 4)
    for positions in (True, False):
        embedded = transformer(positions=positions)._embed(same)
        expected = 2 * same + (sinusoids(3, 4) if positions else 0)
        torch.testing.assert_close(embedded, expected)


@pytest.mark.parametrize("causal", [True, False])
def test_a_later_step_of_itself_is_seen_only_if_not_causal(causal: bool) -> None:
    model = transformer(causal=causal)
    plain = sequence(5, time=5)
    changed = plain.states.clone()
    changed[0, 3, 0] += 1
    before, after = model(plain).states, model(plain._replace(states=changed)).states
    assert torch.equal(before[0, :3], after[0, :3]) == causal
    assert not torch.equal(before[0, 4], after[0, 4])


def test_source_changes_the_target_and_keeps_its_lengths() -> None:
    model = transformer()
    target, source = sequence(2, 3, time=3), sequence(4, 1, time=6)
    found = model(target, source)
    assert found.states.shape == (2, 3, 4)
    assert found.lengths.tolist() == [2, 3]
    changed = source.states.clone()
    changed[0, 4:] = 7
    changed[1, 1:] = 7
    assert torch.equal(model(target, source._replace(states=changed)).states, found.states)
    changed[1, 0] = 7
    assert not torch.equal(
        model(target, source._replace(states=changed)).states[1], found.states[1]
    )
