"""Read the descriptions of platforms: one data file each, beside this module."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from ckpm.errors import ContentError
from ckpm.model.platform import Platform
from ckpm.system.documents import Mapped, Scalar, read_document

_DIRECTORY = Path(__file__).parent / "platforms"
_TEXTS = (
    "name", "os", "arch", "triple", "abi", "debian", "emulator",
    "executable_suffix", "library_suffix", "uv",
)  # fmt: skip


@lru_cache(maxsize=1)
def known_platforms() -> dict[str, Platform]:
    """Return every described platform by name."""
    return {path.stem: _read(path) for path in sorted(_DIRECTORY.glob("*.yaml"))}


def _read(path: Path) -> Platform:
    entries = read_document(path).entries
    if unknown := set(entries) - {*_TEXTS, "facts", "elf_machine"}:
        raise ContentError([f"{path}:1: unknown field `{min(unknown)}`"])
    texts = {name: node.text for name, node in entries.items() if isinstance(node, Scalar)}
    machine = texts.pop("elf_machine", None)
    facts = entries.get("facts")
    stated = facts.entries.items() if isinstance(facts, Mapped) else ()
    return Platform(
        **{name: texts[name] for name in _TEXTS if name in texts},
        elf_machine=int(machine) if machine else None,
        facts=tuple(sorted((name, node.text) for name, node in stated if isinstance(node, Scalar))),
    )
