"""What attention sees, and what it finds there, worked by hand."""

import torch

from evenfuse.nn.attention import Attention, Visible, visible_steps
from evenfuse.nn.dropped_attention import dropped_attention
from evenfuse.nn.sequences import States


def steps(time: int, *lengths: int) -> States:
    return States(torch.zeros(len(lengths), time, 4), torch.tensor(lengths))


def test_the_last_state_is_the_last_real_one() -> None:
    states = torch.arange(6.0).reshape(2, 3, 1)
    assert States(states, torch.tensor([3, 1])).last().tolist() == [[2], [3]]


def seen(*rows: list[bool]) -> Visible:
    """Of one segment, whose steps are all real."""
    mask = torch.tensor([[rows]])
    return Visible(mask, *(torch.tensor([n]) for n in mask.shape[2:]))


def rows(visible: torch.Tensor) -> list[str]:
    return ["".join("x" if seen else "." for seen in row) for row in visible]


def test_nothing_later_is_seen_and_no_padding() -> None:
    # segment 1: 2 against 4 steps, so 2 ahead; segment 2: 3 against 3; then 4 against 1, so 3
    visible = visible_steps(steps(4, 2, 3, 4), steps(5, 4, 3, 1), causal=True).mask
    assert visible.shape == (3, 1, 4, 5)
    assert rows(visible[0, 0]) == ["xxx..", "xxxx.", "xxxx.", "xxxx."]
    assert rows(visible[1, 0]) == ["x....", "xx...", "xxx..", "xxx.."]
    assert rows(visible[2, 0]) == ["x....", "x....", "x....", "x...."]


def test_all_but_padding_is_seen_if_not_causal() -> None:
    visible = visible_steps(steps(2, 1, 2), steps(3, 3, 1), causal=False).mask
    assert [rows(v[0]) for v in visible] == [["xxx", "xxx"], ["x..", "x.."]]


def one_head(dropout: float = 0.0) -> Attention:
    """Keys and queries as they are, values doubled, and 1 added to what is found."""
    made = Attention(1, 1, dropout)
    for part, weight in ((made.query, 1), (made.key, 1), (made.value, 2), (made.output, 1)):
        part.weight.data.fill_(weight)
    made.output.bias.data.fill_(1)
    return made


def test_attention_worked_by_hand() -> None:
    # query ln 3, keys 1 and 0: weights softmax(ln 3, 0) = 3/4, 1/4; values 2 and 0
    target = torch.tensor([[[3.0]]]).log()
    source = torch.tensor([[[1.0], [0.0], [5.0]]])
    visible = seen([True, True, False])
    found = one_head()(target, source, visible)
    torch.testing.assert_close(found, torch.tensor([[[0.75 * 2 + 1]]]))


def test_heads_attend_apart() -> None:
    torch.manual_seed(0)
    attention = Attention(6, 2, 0.0)
    attention.output.weight.data = torch.eye(6)
    target, source = torch.randn(2, 3, 6), torch.randn(2, 4, 6)
    full = States(source, torch.tensor([4, 4]))
    visible = visible_steps(States(target, torch.tensor([3, 2])), full, causal=False)
    before = attention(target, source, visible)
    attention.query.weight.data[:3] += 1
    after = attention(target, source, visible)
    assert not torch.equal(after[..., :3], before[..., :3])
    assert torch.equal(after[..., 3:], before[..., 3:])


def test_dropped_weights_are_the_same_forward_and_backward() -> None:
    torch.manual_seed(0)
    attention = one_head(dropout=0.5).train()
    source = torch.rand(1, 8, 1, requires_grad=True)
    # a query of 0 sees all alike: of 8 weights 1/8 some are dropped, the others doubled
    found = attention(torch.zeros(1, 1, 1), source, seen([True] * 8))
    (gradient,) = torch.autograd.grad(found.sum(), source)
    kept = gradient[0, :, 0] != 0
    assert 0 < kept.sum() < 8
    torch.testing.assert_close(found.squeeze(), source[0, kept].sum() * 2 * 2 / 8 + 1)


def test_derivative_with_dropped_weights() -> None:
    torch.manual_seed(0)
    states = [torch.randn(2, 3, n, 4, dtype=torch.double, requires_grad=True) for n in (5, 6, 6)]
    visible = torch.rand(2, 1, 5, 6) < 0.6
    visible[..., 0] = True

    def attend(*parts: torch.Tensor) -> torch.Tensor:
        torch.manual_seed(1)
        return dropped_attention(*parts, visible, [(5, 4), (3, 6)], rate=0.4)

    assert torch.autograd.gradcheck(attend, states)


def test_dropping_next_to_nothing_is_torchs_attention() -> None:
    torch.manual_seed(0)
    target, source = States(torch.randn(2, 5, 6), torch.tensor([5, 3])), steps(7, 4, 7)
    source = States(torch.randn(2, 7, 6), source.lengths)
    visible = visible_steps(target, source, causal=True)
    attention = Attention(6, 2, dropout=1e-9).train()
    dropping = attention(target.states, source.states, visible)
    plain = attention.eval()(target.states, source.states, visible)
    torch.testing.assert_close(dropping[0], plain[0])
    torch.testing.assert_close(dropping[1, :3], plain[1, :3])
