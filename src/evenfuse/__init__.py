"""Multimodal sentiment analysis from raw data to tables you can trust.

What other programs use of it is in `__all__` (docs/library.md). Each name is imported when it is
first used, so that the command line starts at once and nothing needs torch but what computes.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from evenfuse.assembly.trained import TrainedModel, load
    from evenfuse.balancers import Forward
    from evenfuse.balancers.b_fusion import Balancer as BFusion
    from evenfuse.cache.reading import read_cache
    from evenfuse.cache.segments import Segments
    from evenfuse.errors import EvenfuseError
    from evenfuse.metrics import scores

__version__ = "0.1.0"

__all__ = [
    "BFusion",
    "EvenfuseError",
    "Forward",
    "Segments",
    "TrainedModel",
    "load",
    "read_cache",
    "scores",
]

_HOMES = {
    "BFusion": ("balancers.b_fusion", "Balancer"),
    "EvenfuseError": ("errors", "EvenfuseError"),
    "Forward": ("balancers", "Forward"),
    "Segments": ("cache.segments", "Segments"),
    "TrainedModel": ("assembly.trained", "TrainedModel"),
    "load": ("assembly.trained", "load"),
    "read_cache": ("cache.reading", "read_cache"),
    "scores": ("metrics", "scores"),
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    module, attribute = _HOMES[name]
    return getattr(import_module(f"{__name__}.{module}"), attribute)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
