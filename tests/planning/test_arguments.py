"""Nothing that Snakemake hands on is read as code: shell lines, JSON in a page, captions."""

import json
import re
from html import escape
from pathlib import Path

import pytest
from docutils.core import publish_parts

from evenfuse.planning.arguments import as_json, as_rst

WORKFLOW = Path(__file__).parents[2] / "workflow"
SHELL = re.compile(r'^(?:    shell:|TRAIN = \()\n((?: +(?:#.*|".*")\n)+)', re.MULTILINE)
FIELD = re.compile(r"\{([^{}]*)\}")
# a number, and what planning/machine.py and planning/sources.py join with shlex
QUOTED_BEFORE = {"threads", "resources.machine", "resources.events", "resources.places"}
QUOTED_BEFORE |= {"resources.terms"}


def test_every_field_of_a_shell_line_is_quoted() -> None:
    lines = [line for file in WORKFLOW.glob("**/*.smk") for line in SHELL.findall(file.read_text())]
    fields = [field for line in lines for field in FIELD.findall(line)]
    assert (len(lines), len(fields) > 50) == (16, True)
    assert {field for field in fields if not field.endswith(":q")} == QUOTED_BEFORE


def test_json_cannot_end_the_script_that_it_stands_in() -> None:
    values = {"title": "</script><!-- é", "b": [1, None]}
    assert "<" not in as_json(values)
    assert json.loads(as_json(values)) == values


@pytest.mark.parametrize(
    "text",
    [
        *(
            "<script>",
            "*a* **b** `c` |d| [1]_ e_ f__ \\n",
            ".. raw:: html",
            "- a",
            "1. a",
            "====",
            "A.",
        ),
        *("http://x.org", ":math:`x`", "a\\", "“é” – ·", "| a", "::", "<b@c.org>", "=  =", "$x$"),
    ],
)
def test_a_caption_shows_its_text(text: str) -> None:
    body = publish_parts(as_rst(text), writer="html")["body"]
    assert body == f"<p>{escape(text, quote=False).replace('@', '&#64;')}</p>\n"
