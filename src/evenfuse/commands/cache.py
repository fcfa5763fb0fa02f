"""evenfuse cache: a file of a data format -> one cache per split."""

from pathlib import Path

import click

from evenfuse import parts
from evenfuse.cache.checks import SegmentChecks
from evenfuse.cache.splits import describe, write_splits
from evenfuse.commands.options import metrics_option, published_option, terms_option
from evenfuse.errors import EvenfuseError
from evenfuse.files import sha256
from evenfuse.provenance import versions
from evenfuse.records.caches import Origin, Source
from evenfuse.settings.formats import Format
from evenfuse.settings.metrics import Family


@click.command()
@click.argument("file", type=Path)
@click.option(
    "--format",
    "form",
    required=True,
    help="mmsa: MOSI, MOSEI, SIMS. mult: IEMOCAP, MOSI, MOSEI. manifest: a table of your own.",
)
@click.option("--modality", "modalities", multiple=True, help="It must have this one.")
@metrics_option
@published_option
@terms_option
@click.option("--output", type=Path, required=True, help="Folder of train.h5, valid.h5, test.h5.")
def command(
    file: Path,
    form: str,
    modalities: tuple[str, ...],
    family: Family | None,
    published: dict[str, int],
    terms: str,
    output: Path,
) -> None:
    """Cache FILE per split, as it is: a pickle (nothing hidden in it is run) or a manifest.

    evenfuse cache unaligned_50.pkl --format mmsa --output cache

    evenfuse cache manifest.csv --format manifest --modality audio --output cache
    """
    facts: Format = parts.facts("datasets", form).FORMAT
    if facts.aligned:
        raise EvenfuseError(f"files of the format {form} are aligned first: use `evenfuse align`")

    def origin() -> Origin:
        source = Source(file=file.name, sha256=sha256(file))
        return Origin(
            format=form,
            sources=dict.fromkeys(facts.roles, source),
            versions=versions("evenfuse", "numpy", "h5py"),
            terms=terms,
        )

    read = parts.code("datasets", form).read
    checks = SegmentChecks({"labels": file}, family, facts.label_names)
    click.echo(describe(write_splits(output, read(file, modalities), checks, published, origin)))
