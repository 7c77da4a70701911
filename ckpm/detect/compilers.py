"""Judge an installed compiler for a target: does it have what its programs are made of?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, product

from ckpm.model.installation import Installation
from ckpm.model.placeholders import fill
from ckpm.model.platform import Platform
from ckpm.model.recipe import Recipe
from ckpm.model.toolchain import (
    Compiling,
    ToolchainRule,
    target_values,
    toolchain_places,
    whole_root,
)
from ckpm.system.host import Host

MAX_BYTES = 8 << 20
_INDISPENSABLE = ("cc", "cxx", "ld")
_GLIBC = re.compile(rb"GNU C Library [^\n]*version (\d+\.\d+)")


def judge_compiler(host: Host, found: Installation, recipe: Recipe, target: Platform) -> Compiling:
    """Return why an installation cannot compile for a target, or the C library it compiles for."""
    rule = recipe.toolchain_for(target, host.platform)
    if rule is None:
        return Compiling()
    root = whole_root(target, host.inspect) if rule.takes_sysroot else None
    values = {
        **toolchain_places(found.prefix, found.executable),
        **target_values(target),
        "target.sysroot": root or "/",
    }
    return _Judged(host, rule, target, root, values).verdict()


@dataclass(frozen=True)
class _Judged:
    """A compiler for a target; ``root`` is the copy of such a machine's root that it is told of."""

    host: Host
    rule: ToolchainRule
    target: Platform
    root: str | None
    values: Mapping[str, str]

    def verdict(self) -> Compiling:
        faults = chain(self._missing_programs(), self._missing_headers(), self._unfound())
        fault = next(faults, None)
        return Compiling(fault) if fault else Compiling(glibc=self._glibc())

    def _missing_programs(self) -> Iterator[str]:
        for name, command in self.rule.programs:
            path = fill(command[0], self.values)
            if name in _INDISPENSABLE and self.host.inspect(path) is None:
                yield f"its {name} `{path}` is not there"

    def _missing_headers(self) -> Iterator[str]:
        if self.rule.libc == "system" and self._place is None:
            where = " and ".join(f"{place}/include" for place in self._places()) or "a sysroot"
            missing = self._supplied("libc6-dev")
            yield f"the C library's headers for {self.target} are not in {where}: {missing}"

    def _unfound(self) -> Iterator[str]:
        """Yield what the compiler does not find: it knows the layouts of distributions best."""
        for name, (_, command) in product(self.rule.finds, self.rule.programs[:1]):
            argv = [fill(part, self.values) for part in command]
            answer = self.host.probe([*argv, f"-print-file-name={name}"])
            # What it does not find, it prints as it was asked.
            if not answer.output.strip().startswith("/"):
                missing = self._supplied("libstdc++-*-dev")
                yield f"`{argv[0]}` finds no `{name}` for {self.target}: {missing}"

    @property
    def _is_native(self) -> bool:
        return self.target.name == self.host.platform.name

    @cached_property
    def _place(self) -> str | None:
        """Where ``include`` and ``lib`` of the C library are."""
        places = self._places()
        return next((p for p in places if self.host.inspect(f"{p}/include/stdio.h")), None)

    def _places(self) -> tuple[str, ...]:
        if self._is_native:
            return ("/usr",)
        return (f"{self.root}/usr",) if self.root else self.target.sysroots

    def _supplied(self, package: str) -> str:
        """Return what of Debian's supplies a package to the place where it should be."""
        if self._is_native:
            return package
        if not self.target.debian:
            return "they come with its C library and gcc"
        if self.root:
            return f"install {package} on that machine, and copy {self.root} again"
        return f"{package}-{self.target.debian}-cross"

    def _glibc(self) -> str | None:
        if self.rule.libc == "own" or self._place is None:
            return None
        if self._is_native:
            return self.host.platform.fact("glibc")
        versions = (_version(path, self.host) for path in self._c_libraries(self._place))
        return next((version for version in versions if version), None)

    def _c_libraries(self, place: str) -> Iterator[str]:
        for start in filter(None, (place, self.root)):
            for directory in (f"lib/{self.target.triple}", "lib64", "lib"):
                yield f"{start}/{directory}/libc.so.6"


def _version(path: str, host: Host) -> str | None:
    if host.inspect(path) is None:
        return None
    match = _GLIBC.search(host.read(path, MAX_BYTES) or b"")
    return match[1].decode() if match else None
