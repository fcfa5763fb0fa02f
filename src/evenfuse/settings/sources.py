"""The table of sources: where each data file comes from, how it is known, on what terms."""

from pydantic import Field, PositiveInt, field_validator

from evenfuse.settings.strict import Strict

SCHEMES = ("http://", "https://", "file://")


class Source(Strict):
    """One data file: where it lies and what it must be."""

    addresses: list[str] = Field([], description="http, https or file; tried in this order")
    size: PositiveInt | None = Field(None, description="bytes, where known")
    sha256: str | None = Field(
        None, pattern="^[0-9a-f]{64}$", description="where published; else pinned when downloaded"
    )

    @field_validator("addresses")
    @classmethod
    def _known_schemes(cls, addresses: list[str]) -> list[str]:
        for address in addresses:
            if not address.startswith(SCHEMES):
                raise ValueError(f"'{address}' should start with one of {', '.join(SCHEMES)}")
        return addresses


class Origin(Strict):
    """What is to be known of a corpus before its files are fetched."""

    homepage: str
    licence: str = Field(description="the terms, in a few words")
    sign: str = Field("", description="what the user has to sign or ask for first")
    notes: str = Field("", description="how the files are shared")
    files: dict[str, Source] = Field({}, description="file name -> source")
