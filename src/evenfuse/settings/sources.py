"""The table of sources: where each data file comes from, how it is known, on what terms."""

from collections.abc import Sequence

from pydantic import Field, PositiveFloat, PositiveInt, field_validator

from evenfuse.settings.hub import FORM, HubAddress
from evenfuse.settings.strict import Strict

HUB = "hf://"
SCHEMES = ("http://", "https://", "file://", HUB)


class Source(Strict):
    """One data file: where it lies and what it must be."""

    addresses: list[str] = Field(
        [], description=f"http, https, file, or {FORM}; tried in this order"
    )
    unofficial: list[str] = Field(
        [], description="addresses of others than its authors; tried last, if its sha256 is known"
    )
    size: PositiveInt | None = Field(None, description="bytes, where known")
    about_gb: PositiveFloat | None = Field(
        None, description="10^9 bytes, as somebody says; shown where the size is not known"
    )
    sha256: str | None = Field(
        None, pattern="^[0-9a-f]{64}$", description="where published; else pinned when downloaded"
    )

    @field_validator("addresses", "unofficial")
    @classmethod
    def _known_schemes(cls, addresses: list[str]) -> list[str]:
        for address in addresses:
            if not address.startswith(SCHEMES):
                raise ValueError(f"'{address}' should start with one of {', '.join(SCHEMES)}")
            if address.startswith(HUB):
                HubAddress.parse(address)
        return addresses

    def mirrors(self) -> list[str]:
        """Return the unofficial addresses that may be tried: without a known hash, none."""
        return self.unofficial if self.sha256 else []

    def places(self) -> list[str]:
        """Return all addresses that may be tried, in this order."""
        return [*self.addresses, *self.mirrors()]


class Origin(Strict):
    """What is to be known of a corpus before its files are fetched."""

    homepage: str
    licence: str = Field(description="the terms, in a few words")
    sign: str = Field("", description="what the user has to sign or ask for first")
    notes: str = Field("", description="how the files are shared")
    files: dict[str, Source] = Field({}, description="file name -> source")

    def terms(self) -> str:
        """Return the terms of its files, and where they are explained."""
        return f"{self.licence} ({self.homepage})"


def total_size(sources: Sequence[Source]) -> str:
    """Return in words how large files are together, as far as that is known."""
    exact = [source.size for source in sources if source.size]
    rough = [source.about_gb for source in sources if source.about_gb and not source.size]
    if len(exact) == len(sources):
        return f"{sum(exact):,} bytes"
    unknown = len(sources) - len(exact) - len(rough)
    if unknown == len(sources):
        return "size unknown"
    beside = f" and {unknown} of unknown size" if unknown else ""
    return f"about {sum(exact) / 1e9 + sum(rough):.1f} GB{beside}"
