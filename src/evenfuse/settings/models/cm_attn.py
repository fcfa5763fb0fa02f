"""Settings of Fusion-Based-CM-Attn-MulT (arXiv 2007.02038)."""

from evenfuse.settings.models.lmf_mult import Settings as LmfMult


class Settings(LmfMult):
    """Those of LMF-MulT."""
