"""How much of what is planted in each modality an arm has learnt: results/shares/{arm}.json."""

from evenfuse.records.record import Record


class ArmShares(Record):
    """Modality -> share of its planted part that Z_i carries, a number per seed, in their order.

    Without a planted truth, or without Z_i, there are no shares.
    """

    dataset: str
    optimizer: str
    variant: str
    seeds: list[int]
    n_train: int
    n_test: int
    shares: dict[str, list[float]]

    @property
    def key(self) -> tuple[str, str, str]:
        """Dataset, optimizer, variant."""
        return self.dataset, self.optimizer, self.variant
