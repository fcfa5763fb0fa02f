"""Small runs to be balanced, as the tests of training make them."""

from tests.training.conftest import make

__all__ = ["make"]
