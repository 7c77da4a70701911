"""Which microarchitecture of archspec's a processor is, from what its system said."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ckpm.detect.facts.arm_cores import maker_name
from ckpm.model.facts import Fact
from ckpm.model.platform import Platform

_FAMILIES = {"x86_64": "x86_64", "arm64": "aarch64", "ppc64le": "ppc64le", "riscv64": "riscv64"}
_GENERIC = "generic"


@dataclass(frozen=True)
class _Target:
    """One microarchitecture; ``lineage`` is everything whose programs run on it, itself too."""

    name: str
    vendor: str
    features: frozenset[str]
    lineage: frozenset[str]
    part: str | None
    generation: int

    @property
    def rank(self) -> tuple[int, int]:
        return len(self.lineage), len(self.features)


def microarchitecture(platform: Platform, block: Mapping[str, str], source: str) -> Iterator[Fact]:
    """Yield the name of the newest one that this is, and the generic level below it.

    ``block`` is what /proc/cpuinfo says of one processor.
    """
    family = _FAMILIES.get(platform.arch)
    able = [each for each in _targets() if block and family in each.lineage and _fits(each, block)]
    generic = [each for each in able if each.vendor == _GENERIC]
    if not generic:
        return
    level = max(generic, key=lambda each: each.rank)
    # A processor whose firmware switches one rare feature off is more than its level still.
    own = [each for each in able if each not in generic and level.name in each.lineage]
    if own:
        yield Fact("microarchitecture", max(own, key=lambda each: each.rank).name, source)
    yield Fact("level", level.name, source)


@cache
def _targets() -> tuple[_Target, ...]:
    """Read archspec's data; to import its code takes ten times as long, and looks at this machine.

    The form is that of https://github.com/archspec/archspec-json.
    """
    found = find_spec("archspec")
    for place in (found.submodule_search_locations or ()) if found else ():
        file = Path(place, "json", "cpu", "microarchitectures.json")
        if file.is_file():
            known = json.loads(file.read_bytes())["microarchitectures"]
            return tuple(_target(known, name) for name in known)
    return ()


def _target(known: Mapping[str, Any], name: str) -> _Target:
    said = known[name]
    return _Target(
        name,
        said["vendor"],
        frozenset(said["features"]),
        _lineage(known, name),
        said.get("cpupart"),
        int(said.get("generation", 0)),
    )


def _lineage(known: Mapping[str, Any], name: str) -> frozenset[str]:
    return frozenset((name,)).union(*(_lineage(known, parent) for parent in known[name]["from"]))


def _fits(target: _Target, block: Mapping[str, str]) -> bool:
    if target.name in _TESTS:
        return True
    return next(test(target, block) for family, test in _TESTS.items() if family in target.lineage)


def _is_x86(target: _Target, block: Mapping[str, str]) -> bool:
    is_kin = target.vendor in (_GENERIC, block.get("vendor_id"))
    return is_kin and target.features <= set(block.get("flags", "").split())


def _is_arm(target: _Target, block: Mapping[str, str]) -> bool:
    """By the number of the core; several cores have the same features."""
    chip = re.match(r"Apple M(\d+)\b", block.get("model name", ""))
    if chip:
        return target.name == f"m{chip[1]}"
    is_kin = target.vendor.lower() == maker_name(block).lower()
    return is_kin and target.part == block.get("CPU part")


def _is_power(target: _Target, block: Mapping[str, str]) -> bool:
    told = re.match(r"POWER(\d+)", block.get("cpu", ""))
    return told is not None and target.generation <= int(told[1])


def _is_riscv(target: _Target, block: Mapping[str, str]) -> bool:
    # "sifive,u74-mc" is u74mc; newer kernels have a name for people only.
    named = re.sub(r".*[,\s]|-", "", block.get("uarch") or block.get("model name", ""))
    return target.name == named.lower()


_TESTS = {"x86_64": _is_x86, "aarch64": _is_arm, "ppc64le": _is_power, "riscv64": _is_riscv}
