"""Products of representations, worked by hand and held against one another."""

import torch

from evenfuse.nn.products import LowRankProduct, outer_product


def test_outer_product_worked_by_hand() -> None:
    z = [torch.tensor([[2.0], [0.0]]), torch.tensor([[3.0, 5.0], [1.0, 1.0]])]
    assert outer_product(z[:1]).tolist() == [[1, 2], [1, 0]]
    assert outer_product(z).tolist() == [[1, 3, 5, 2, 6, 10], [1, 1, 1, 0, 0, 0]]
    three = outer_product([*z, torch.tensor([[7.0], [7.0]])])
    assert three[0].tolist() == [1, 7, 3, 21, 5, 35, 2, 14, 6, 42, 10, 70]


def test_low_rank_product_worked_by_hand() -> None:
    product = LowRankProduct([1, 1], rank=2, outputs=1)
    first, second = product.factors
    first.data = torch.tensor([[[1.0], [2.0]], [[0.0], [1.0]]])
    second.data = torch.tensor([[[3.0], [1.0]], [[1.0], [-1.0]]])
    product.rank_weights.data = torch.tensor([2.0, 10.0])
    product.bias.data = torch.tensor([0.5])
    # z = 4, 5: (1 + 8)(3 + 5) = 72 and (0 + 4)(1 - 5) = -16
    z = [torch.tensor([[4.0]]), torch.tensor([[5.0]])]
    assert product(z).tolist() == [[2 * 72 - 10 * 16 + 0.5]]


def test_low_rank_product_is_a_map_of_the_whole_outer_product() -> None:
    torch.manual_seed(0)
    product = LowRankProduct([2, 3, 4], rank=5, outputs=2)
    product.rank_weights.data.normal_()
    product.bias.data.normal_()
    z = [torch.randn(6, width) for width in (2, 3, 4)]
    tensor = torch.einsum("r,raj,rbj,rcj->abcj", product.rank_weights, *product.factors)
    expected = outer_product(z) @ tensor.flatten(0, 2) + product.bias
    torch.testing.assert_close(product(z), expected)


def test_low_rank_product_takes_sequences() -> None:
    product = LowRankProduct([2, 3], rank=2, outputs=4)
    z = [torch.randn(6, 5, 2), torch.randn(6, 5, 3)]
    assert product(z).shape == (6, 5, 4)
    torch.testing.assert_close(product(z)[:, 3], product([part[:, 3] for part in z]))
