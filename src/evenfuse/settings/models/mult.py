"""Settings of MulT (arXiv 1906.00295)."""

from evenfuse.settings.models._cross_modal import CrossModalSettings


class Settings(CrossModalSettings):
    """Nothing that the other crossmodal transformers do not have."""
