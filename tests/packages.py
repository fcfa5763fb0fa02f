"""Packages that bring parts, as pip would leave them."""

from collections.abc import Mapping
from pathlib import Path

from evenfuse import parts


def install(
    folder: Path,
    modules: Mapping[str, str],
    entry_points: Mapping[str, Mapping[str, str]],
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
    for group, names in entry_points.items():
        lines += [f"[{group}]", *(f"{name} = {module}" for name, module in names.items())]
    (metadata / "entry_points.txt").write_text("\n".join(lines))


def forget_parts() -> None:
    """Let parts be looked for again: which there are is read once per process."""
    parts.names.cache_clear()
    parts._entry_points.cache_clear()
