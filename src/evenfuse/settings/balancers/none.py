"""Settings of no balancing."""

from typing import ClassVar

from evenfuse.settings.balancers import BalancerSettings


class Settings(BalancerSettings):
    """There is nothing to set."""

    late_fusion: ClassVar[bool] = False
