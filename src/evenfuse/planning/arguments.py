"""What Snakemake hands on, so that nothing in it is read as code: JSON and captions.

Snakemake's report has both in a <script> of its page.
"""

import json
import re
from typing import Any


def as_json(values: Any) -> str:
    """Return JSON in ASCII without `<`, which could end the script of a page."""
    return json.dumps(values, sort_keys=True).replace("<", r"\u003c")


def as_rst(text: str) -> str:
    """Return reStructuredText that shows a text: every character stands for itself."""
    return re.sub(r"([^\w\s]|_)", r"\\\1", text)
