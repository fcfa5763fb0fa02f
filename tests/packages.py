"""Packages that bring parts, as pip would leave them."""

from collections.abc import Mapping
from pathlib import Path


def install(
    folder: Path,
    modules: Mapping[str, str],
    parts: Mapping[str, Mapping[str, str]],
    package: str = "ours",
) -> None:
    """Write modules (path -> text) and entry points (group -> name -> module) into a folder."""
    for path, text in modules.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    metadata = folder / f"{package}-0.1.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 0.1\n")
    lines = []
    for group, names in parts.items():
        lines += [f"[{group}]", *(f"{name} = {module}" for name, module in names.items())]
    (metadata / "entry_points.txt").write_text("\n".join(lines))
