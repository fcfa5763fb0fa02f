"""Where the content of a cache comes from: kept in each of its files."""

from pydantic import ConfigDict, Field

from evenfuse.records.record import Record


class Source(Record):
    """A file that a cache was made from."""

    file: str
    sha256: str


class Origin(Record):
    """What all splits of a cache share; the last three are known if it was aligned here."""

    model_config = ConfigDict(populate_by_name=True)

    format: str
    sources: dict[str, Source]
    versions: dict[str, str]
    terms: str = Field("", description="those of the source files, as the config has them")
    folds: str | None = Field(None, description="the SDK's name of them, or 'file'")
    unassigned: list[str] | None = Field(None, alias="videos in no fold")
    pause: str | None = None


class CacheProvenance(Origin):
    """Where one split comes from; `counts` says what was kept, dropped and repaired."""

    split: str
    generated: bool = Field(description="made by the project: what comes of it are demo numbers")
    counts: dict[str, int]
