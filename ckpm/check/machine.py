"""Rule ``machine``: a file is for the target's processor and system."""

from __future__ import annotations

from collections.abc import Collection

from ckpm.check.binaries import Compiled
from ckpm.check.binary import Binary, Format
from ckpm.check.findings import Finding
from ckpm.check.standard import Standard
from ckpm.check.tree import ProductFile
from ckpm.model.platform import Platform


def fits(binary: Binary, platform: Platform) -> bool:
    """Whether the target can load a binary as far as its header says."""
    expected, machine = _expected(platform)
    if binary.format == "WebAssembly":  # It runs wherever something runs it.
        return True
    return (binary.format, binary.machine, binary.bits) == (expected, machine, platform.bits)


def fitting(compiled: Compiled, platform: Platform) -> list[Binary]:
    """Return the binaries that the target would use."""
    return [binary for binary in compiled.binaries if fits(binary, platform)]


def foreign(compiled: Compiled, platform: Platform) -> Binary | None:
    """Return the first binary that makes a file useless on the target."""
    strangers = [binary for binary in compiled.binaries if not fits(binary, platform)]
    has_own_slice = compiled.is_universal and len(strangers) < len(compiled.binaries)
    return None if has_own_slice else next(iter(strangers), None)


def judge_machine(
    file: ProductFile, binary: Binary, standard: Standard, own: Collection[str]
) -> Finding:
    """Tell of a foreign binary; ``own`` are the names of files that are for the target.

    Packages that others have made may hold files for other machines too, beside the target's.
    """
    where = f"{file.name}({binary.member})" if binary.member else file.name
    message = f"is {binary}, and {standard.platform.name} is not"
    if not standard.built_here and _is_spare(file, binary, standard.platform, own):
        return Finding("note", where, "machine", f"{message}; it is not used there")
    hint = (
        "a build tool or a compiler of the build machine was used: look at the build's log"
        if standard.built_here
        else "take a source that has the package for this target"
    )
    return Finding("error", where, "machine", message, hint)


def _is_spare(file: ProductFile, binary: Binary, platform: Platform, own: Collection[str]) -> bool:
    """Whether it is one of several for several machines, or a launcher such as setuptools has."""
    is_of_another_system = binary.format != _expected(platform)[0]
    can_be_absent = bool(own) or binary.kind == "executable"
    return file.path.name in own or (is_of_another_system and can_be_absent)


def own_names(files: Collection[ProductFile], platform: Platform) -> set[str]:
    """Return the names of the files of which the target can use something."""
    return {f.path.name for f in files if f.compiled and fitting(f.compiled, platform)}


def _expected(platform: Platform) -> tuple[Format, int | None]:
    if platform.pe_machine is not None:
        return "PE", platform.pe_machine
    if platform.macho_cpu is not None:
        return "Mach-O", platform.macho_cpu
    return ("ELF" if platform.elf_machine is not None else "WebAssembly"), platform.elf_machine
