"""What a machine is: its system, its processor, its memory and its devices."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

DeviceKind = Literal["gpu", "npu", "android"]

_LABELS = {"gpu": "GPU", "npu": "NPU", "android": "Android device", "libc": "C library"}
# What the row of another fact says already, or only programs want to know.
_DETAILS = frozenset(("distribution", "release", "codename", "vendor"))


@dataclass(frozen=True)
class Fact:
    """One fact by its name in JSON, with the file, key or command that tells it.

    Sizes are numbers of bytes.
    """

    name: str
    value: str | int
    source: str

    @property
    def text(self) -> str:
        """The value as people read it."""
        return _size(int(self.value)) if self.name.startswith("memory") else str(self.value)


@dataclass(frozen=True)
class Device:
    """Something that computes beside the processor; the first fact is its name."""

    kind: DeviceKind
    facts: tuple[Fact, ...]

    @property
    def text(self) -> str:
        """The device in one line."""
        first, *others = self.facts
        return ", ".join([first.text, *(_described(fact) for fact in others)])


@dataclass(frozen=True)
class MachineFacts:
    """What is known of a machine; what nobody told is absent."""

    facts: tuple[Fact, ...] = ()
    devices: tuple[Device, ...] = ()

    def get(self, name: str) -> Fact | None:
        """Return one fact of the machine itself."""
        return next((fact for fact in self.facts if fact.name == name), None)

    def rows(self) -> list[tuple[str, str]]:
        """Return names and values for people; a second device of a kind has a number."""
        rows = [(_label(fact.name), fact.text) for fact in self.facts if fact.name not in _DETAILS]
        return [*rows, *self._device_rows()]

    def _device_rows(self) -> Iterator[tuple[str, str]]:
        seen: dict[str, int] = {}
        for device in self.devices:
            count = seen[device.kind] = seen.get(device.kind, 0) + 1
            label = _label(device.kind)
            yield f"{label} {count}" if count > 1 else label, device.text

    def document(self) -> dict[str, Any]:
        """Return everything as JSON has it."""
        devices = [{"kind": device.kind, **_told(device.facts)} for device in self.devices]
        return {**_told(self.facts), "devices": devices}


def _told(facts: Iterable[Fact]) -> dict[str, Any]:
    return {fact.name: {"value": fact.value, "from": fact.source} for fact in facts}


def _described(fact: Fact) -> str:
    return fact.text if fact.name in ("memory", "name") else f"{_label(fact.name)} {fact.text}"


def _label(name: str) -> str:
    return _LABELS.get(name, name.replace("-", " "))


def _size(number: int) -> str:
    gib = number / (1 << 30)
    return f"{gib:.1f} GiB" if gib >= 1 else f"{number / (1 << 20):.0f} MiB"
