"""What attention sees, and what it finds there, worked by hand."""

import torch

from evenfuse.nn.attention import Attention, Sequence, visible_steps


def steps(time: int, *lengths: int) -> Sequence:
    return Sequence(torch.zeros(len(lengths), time, 4), torch.tensor(lengths))


def test_the_last_state_is_the_last_real_one() -> None:
    states = torch.arange(6.0).reshape(2, 3, 1)
    assert Sequence(states, torch.tensor([3, 1])).last().tolist() == [[2], [3]]


def rows(visible: torch.Tensor) -> list[str]:
    return ["".join("x" if seen else "." for seen in row) for row in visible]


def test_nothing_later_is_seen_and_no_padding() -> None:
    # segment 1: 2 against 4 steps, so 2 ahead; segment 2: 3 against 3; then 4 against 1, so 3
    visible = visible_steps(steps(4, 2, 3, 4), steps(5, 4, 3, 1), causal=True)
    assert visible.shape == (3, 1, 4, 5)
    assert rows(visible[0, 0]) == ["xxx..", "xxxx.", "xxxx.", "xxxx."]
    assert rows(visible[1, 0]) == ["x....", "xx...", "xxx..", "xxx.."]
    assert rows(visible[2, 0]) == ["x....", "x....", "x....", "x...."]


def test_all_but_padding_is_seen_if_not_causal() -> None:
    visible = visible_steps(steps(2, 1, 2), steps(3, 3, 1), causal=False)
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
    visible = torch.tensor([[[[True, True, False]]]])
    found = one_head()(target, source, visible)
    torch.testing.assert_close(found, torch.tensor([[[0.75 * 2 + 1]]]))


def test_heads_attend_apart() -> None:
    torch.manual_seed(0)
    attention = Attention(6, 2, 0.0)
    attention.output.weight.data = torch.eye(6)
    target, source = torch.randn(2, 3, 6), torch.randn(2, 4, 6)
    visible = torch.ones(2, 1, 3, 4, dtype=torch.bool)
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
    found = attention(torch.zeros(1, 1, 1), source, torch.ones(1, 1, 1, 8, dtype=torch.bool))
    (gradient,) = torch.autograd.grad(found.sum(), source)
    kept = gradient[0, :, 0] != 0
    assert 0 < kept.sum() < 8
    torch.testing.assert_close(found.squeeze(), source[0, kept].sum() * 2 * 2 / 8 + 1)
