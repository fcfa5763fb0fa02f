"""The order of segments: every one once an epoch, of similar lengths, other company each time."""

import torch

from evenfuse.batching.order import shuffled_batches, sorted_batches

LENGTHS = torch.randint(1, 50, (1003,), generator=torch.Generator().manual_seed(0))


def order(seed: int) -> list[torch.Tensor]:
    return shuffled_batches(LENGTHS, 32, torch.Generator().manual_seed(seed))


def test_every_segment_comes_once() -> None:
    assert torch.cat(order(0)).sort().values.tolist() == list(range(1003))


def test_all_batches_but_one_are_full() -> None:
    sizes = sorted(len(batch) for batch in order(0))
    assert sizes == [1003 % 32] + [32] * (1003 // 32)


def test_little_is_padding() -> None:
    def frames(batches: list[torch.Tensor]) -> int:
        return sum(len(batch) * int(LENGTHS[batch].max()) for batch in batches)

    unsorted = list(torch.randperm(1003, generator=torch.Generator().manual_seed(1)).split(32))
    real = int(LENGTHS.sum())
    assert frames(order(0)) < 1.12 * real
    assert frames(unsorted) > 1.7 * real


def test_same_generator_same_order_other_seed_other_company() -> None:
    assert all(torch.equal(a, b) for a, b in zip(order(0), order(0), strict=True))
    companies = [{frozenset(batch.tolist()) for batch in order(seed)} for seed in (0, 1)]
    assert not companies[0] & companies[1]


def test_batches_are_not_in_the_order_of_length() -> None:
    longest = [int(LENGTHS[batch].max()) for batch in order(0)]
    assert longest != sorted(longest)


def test_sorted_batches_rise() -> None:
    batches = sorted_batches(LENGTHS, 100)
    ordered = LENGTHS[torch.cat(batches)]
    assert torch.equal(ordered, LENGTHS.sort().values)
    assert torch.cat(batches).sort().values.tolist() == list(range(1003))
