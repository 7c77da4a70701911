"""Rules about how the target's loader finds and maps a binary."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from ckpm.check.binary import Binary
from ckpm.check.findings import Finding
from ckpm.check.standard import Standard

_BESIDE_THE_FILE = ("$ORIGIN", "${ORIGIN}", "@loader_path", "@executable_path", "@rpath")


def judge_needed(name: str, binary: Binary, standard: Standard) -> Iterator[Finding]:
    """Rule ``needed``: every library that it needs is in the environment or on the platform."""
    for library in binary.needed:
        if not standard.supply.has(library):
            message = f"needs {library}, which is neither here nor a part of {standard.platform}"
            hint = "add the package that has it, or link it statically"
            yield Finding(standard.fault, name, "needed", message, hint)


def judge_interpreter(name: str, binary: Binary, standard: Standard) -> Iterator[Finding]:
    """Rule ``interpreter``: the loader that starts it is the target's."""
    asked, loader = binary.interpreter, standard.platform.loader
    if asked is None or loader is None or asked == loader:
        return
    if PurePosixPath(asked).name == PurePosixPath(loader).name:
        message = f"is started by {asked}, which other machines have at {loader}"
        yield Finding(standard.fault, name, "interpreter", message)
        return
    message = f"is started by {asked}, and {standard.platform} has {loader}"
    hint = f"link it with the compiler for {standard.platform.triple}"
    yield Finding("error", name, "interpreter", message, hint)


def judge_alignment(name: str, binary: Binary, standard: Standard) -> Iterator[Finding]:
    """Rule ``alignment``: its segments can be mapped where pages are as large as the target's."""
    wanted, found = standard.platform.page_size, binary.alignment
    if found is None or found >= wanted or binary.kind == "object":
        return
    message = f"is aligned to {found} bytes, and {standard.platform} has pages of {wanted}"
    hint = (
        f"link it with -Wl,-z,max-page-size={wanted}"
        if standard.built_here
        else f"it runs where pages have {found} bytes; a newer release may be aligned to {wanted}"
    )
    yield Finding(standard.fault, name, "alignment", message, hint)


def judge_search_paths(name: str, binary: Binary, standard: Standard) -> Iterator[Finding]:
    """Rule ``paths``: it looks for libraries beside itself or in the environment alone."""
    for path in binary.search_paths:
        if path.startswith(_BESIDE_THE_FILE):
            continue
        if not path.startswith("/"):
            message = (
                f"looks for libraries in `{path or '.'}`, which depends on where it is started"
            )
        elif standard.forbids(path):
            message = f"looks for libraries where it was built, in {path}"
        elif not standard.allows(path):
            message = f"looks for libraries outside the environment, in {path}"
        else:
            continue
        hint = "set its RUNPATH relative to $ORIGIN"
        yield Finding(standard.fault, name, "paths", message, hint)
