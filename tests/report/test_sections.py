"""Sections as text: Markdown as it is read, LaTeX that compiles."""

import pandas as pd

from evenfuse.report.markup import as_markdown
from evenfuse.report.sections import Section, as_latex, latex, markdown

ROWS = pd.DataFrame({"method": ["A & B", "C"], "acc2_non0": ["80.00 ± 1.00", "7 †"]})
SECTION = Section("Demo: 50 % of_all", ROWS, "Accuracies in %; acc2_non0 ± one.")


def test_markdown() -> None:
    assert markdown([SECTION]).splitlines() == [
        "## Demo: 50 % of_all",
        "",
        "| method   | acc2_non0    |",
        "|----------|--------------|",
        "| A & B    | 80.00 ± 1.00 |",
        "| C        | 7 †          |",
        "",
        "Accuracies in %; acc2_non0 ± one.",
    ]


def test_latex_escapes_what_it_must() -> None:
    text = latex([SECTION])
    assert r"\caption{Demo: 50 \% of\_all}" in text
    assert r"A \& B" in text
    assert r"acc2\_non0" in text
    assert r"80.00 $\pm$ 1.00" in text
    assert r"Accuracies in \%; acc2\_non0 $\pm$ one." in text
    assert r"7 $\dagger$" in text
    assert "±" not in text
    assert "†" not in text


def test_markup_in_a_text_is_text() -> None:
    assert as_markdown("a_b < 1 & c-d (e) 50 %") == "a_b < 1 & c-d (e) 50 %"
    assert as_markdown("<b> _c_ |*`[x]$#~\\ &lt;") == (r"\<b> \_c\_ \|\*\`\[x\]\$\#\~\\ \&lt;")
    assert as_latex(r"\input{x} ^~<") == (
        r"\textbackslash{}input\{x\} \^{}\textasciitilde{}\ensuremath{<}"
    )


def test_a_row_of_latex_does_not_begin_with_an_option() -> None:
    rows = pd.DataFrame({"method": ["[1ex]", "*", "a"]})
    lines = latex([Section("T", rows, "N")]).splitlines()
    assert [line.split()[0] for line in lines[7:10]] == ["{[}1ex]", "{*}", "a"]
