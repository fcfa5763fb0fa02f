"""Tables and figures of what balancers do, from arms whose numbers are known."""

from pathlib import Path

import pytest
from matplotlib import pyplot
from matplotlib.figure import Figure as Canvas

from evenfuse.errors import EvenfuseError
from evenfuse.records.shares import ArmShares
from evenfuse.report.figures import modality_shares
from evenfuse.report.material import Material
from evenfuse.report.tables.balancing import long_form, sections
from evenfuse.settings.figures.modality_shares import Settings as Figure
from evenfuse.settings.tables.balancing import Settings
from tests.report.arms import TITLES, arm, material
from tests.report.test_seconds import timing

SHARES = {"gb": {"text": [0.9, 0.7], "audio": [0.5, 0.5]}, "concat": {"text": [0.8, 0.8]}}


def write_shares(folder: Path, variant: str, shares: dict[str, list[float]]) -> Path:
    path = folder / f"shares_{variant}.json"
    names = {"dataset": "demo", "optimizer": "sgd", "variant": variant, "seeds": [1, 2]}
    ArmShares(**names, n_train=1284, n_test=40, shares=shares).write(path)  # type: ignore[arg-type]
    return path


@pytest.fixture
def made(tmp_path: Path) -> Material:
    """Two arms, of which one has learnt nothing that is planted in audio."""
    files = material([arm(tmp_path, "sgd", variant, 0.5) for variant in SHARES]).files
    shares = [write_shares(tmp_path, *each) for each in SHARES.items()]
    return Material({**files, "shares": shares, **timing(tmp_path, "demo", True).files})


def test_shares_and_times_stand_beside_the_scores(made: Material) -> None:
    table = Settings(title="balancers", kind="balancing", relative_to="concat")
    (section,) = sections(table, made, TITLES)
    rows = section.rows
    assert rows["method"].tolist()[:2] == ["both", "neither"]
    assert rows["text learnt"].tolist() == ["80 ± 14", "80 ± 0", "", ""]
    assert rows["audio learnt"].tolist() == ["50 ± 0", "-", "", ""]
    assert rows["time"].tolist() == ["2.50", "1.00", "", ""]
    assert section.note.endswith("those of neither as 1.")
    assert "linear probe" in section.note


def test_without_a_planted_truth_there_are_no_shares(made: Material, tmp_path: Path) -> None:
    bare = [write_shares(tmp_path, variant, {}) for variant in SHARES]
    table = Settings(title="balancers", kind="balancing", relative_to="concat")
    without = Material({**made.files, "shares": bare})
    (section,) = sections(table, without, TITLES)
    assert not [name for name in section.rows if name.endswith("learnt")]
    assert "linear probe" not in section.note
    with pytest.raises(EvenfuseError, match="no arm has any to show"):
        modality_shares.draw(Figure(title="learnt"), without, TITLES, tmp_path / "figure")


def test_a_variant_that_is_not_timed_is_no_reference(made: Material) -> None:
    table = Settings(title="balancers", kind="balancing", relative_to="no-gb")
    with pytest.raises(EvenfuseError, match="unknown variant 'no-gb'; choose from: "):
        sections(table, made, TITLES)


def test_long_form_has_a_row_per_arm_modality_and_seed(made: Material) -> None:
    table = Settings(title="balancers", kind="balancing", relative_to="concat")
    rows = long_form(table, made, TITLES)
    assert rows[["variant", "modality", "seed", "share"]].values.tolist()[:2] == [
        ["gb", "text", 1, 0.9],
        ["gb", "text", 2, 0.7],
    ]
    assert len(rows) == 6


def test_a_bar_is_the_mean_and_a_dot_a_seed(
    made: Material, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[Canvas] = []
    monkeypatch.setattr(modality_shares, "save_figure", lambda canvas, output: kept.append(canvas))
    monkeypatch.setattr(pyplot, "close", lambda canvas: None)
    modality_shares.draw(Figure(title="learnt"), made, TITLES, tmp_path / "figure")
    text, audio = kept[0].axes
    assert (text.get_title(), audio.get_title()) == ("Demo: text", "Demo: audio")
    assert [bar.get_width() for bar in text.patches] == pytest.approx([80, 80])
    assert [list(line.get_xdata()) for line in text.get_lines()] == [[90, 70], [80, 80]]
    assert [bar.get_width() for bar in audio.patches] == [50]
    assert [label.get_text() for label in text.get_yticklabels()] == ["both", "neither"]
    monkeypatch.undo()
    pyplot.close("all")
