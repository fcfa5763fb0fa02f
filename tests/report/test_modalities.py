"""Tables of modalities, from arms whose numbers are known."""

from pathlib import Path

import pytest

from evenfuse.report.material import Material
from evenfuse.report.published import Identity, published
from evenfuse.report.tables.modalities import long_form, sections
from evenfuse.settings.tables.modalities import Settings
from tests.report.arms import TITLES, arm, material

TABLE = Settings(title="by itself", kind="modalities", published=[8])


@pytest.fixture
def made(tmp_path: Path) -> Material:
    arms = [arm(tmp_path, "sgd", v, 0.5, networks=["text", "audio"]) for v in ("no-gb", "gb")]
    files = material(arms).files
    return Material({**files, "heads": files["results"], "head_predictions": files["predictions"]})


def test_the_rows_of_a_modality_stand_together_and_all_come_last(made: Material) -> None:
    rows = sections(TABLE, made, TITLES)[0].rows
    assert rows["method"].tolist()[:6] == [
        "A only: text",
        "both: text",
        "A only: audio",
        "both: audio",
        "A only",
        "both",
    ]


def test_the_gap_of_every_modality_is_tested_within_it(made: Material) -> None:
    rows = sections(TABLE, made, TITLES)[-1].rows
    pairs = list(dict.fromkeys(zip(rows["arm"], rows["against"], strict=True)))
    assert pairs == [
        (f"demo_sgd_gb{network}", f"demo_sgd_no-gb{network}")
        for network in (": text", ": audio", "")
    ]


def test_long_form_names_the_modality(made: Material) -> None:
    rows = long_form(TABLE, made, TITLES)
    assert rows["network"].unique().tolist() == ["", "text", "audio"]


@pytest.mark.parametrize(
    ("variant", "network", "printed"),
    [
        ("gb", "audio", 0.795),
        ("no-gb", "video", 0.671),
        ("gb", "", 0.8638),
        ("gb", "teacher", None),
    ],
)
def test_the_papers_number_of_a_modality_stands_beside_it(
    variant: str, network: str, printed: float | None
) -> None:
    titles = TITLES.model_copy(update={"published_datasets": {"mosei": "mosei"}})
    found = published(TABLE, Identity("mosei", variant, "sgd", False, network), titles)
    assert (found["acc2_non0"].value if found else None) == pytest.approx(printed)
