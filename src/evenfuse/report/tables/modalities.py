"""Tables of modalities: what a head reads out of each frozen Z_i, and out of all of them."""

from collections.abc import Sequence

import pandas as pd

from evenfuse.report.arms import ReportedArm
from evenfuse.report.gaps import gaps
from evenfuse.report.material import Material
from evenfuse.report.sections import Section
from evenfuse.report.tables.scores import by_dataset, long_form_of, section_of
from evenfuse.settings.tables.modalities import Settings
from evenfuse.settings.titles import Titles


def sections(table: Settings, material: Material, titles: Titles) -> list[Section]:
    """Make a section per dataset, the rows of a modality together, and one of all gaps."""
    arms, references = material.heads(), material.references()
    own = {dataset: _by_modality(those) for dataset, those in by_dataset(arms).items()}
    made = [section_of(table, rows, references[name], titles) for name, rows in own.items()]
    return [*made, *gaps([row for rows in own.values() for row in rows], titles)]


def long_form(table: Settings, material: Material, titles: Titles) -> pd.DataFrame:
    """One row per arm, modality and metric; all modalities have no name."""
    return long_form_of(material.heads(), material.references())


def _by_modality(arms: Sequence[ReportedArm]) -> list[ReportedArm]:
    """Return a row for each modality of each arm; all modalities together come last."""
    rows = [row for arm in arms for row in arm.networks()]
    order = [*dict.fromkeys(row.network for row in rows if row.network), ""]
    return sorted(rows, key=lambda row: order.index(row.network))
