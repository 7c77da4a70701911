"""Write what was detected the way other tools read it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from posixpath import basename
from typing import Any

from ckpm.model.installation import Installation
from ckpm.model.platform import Platform
from ckpm.schema.documents import write_document
from ckpm.session import Session

# The program for each language, by compiler, and what Conan calls the compiler.
_COMPILERS = {
    "gcc": ("gcc", r"gcc(?:-\d+)?", r"g\+\+(?:-\d+)?"),
    "clang": ("clang", r"clang(?:-\d+)?", r"clang\+\+(?:-\d+)?"),
    "apple-clang": ("apple-clang", r"clang", r"clang\+\+"),
    "intel-oneapi-compilers": ("intel-cc", r"icx", r"icpx"),
    "nvhpc": ("", r"nvc", r"nvc\+\+"),
}
# https://docs.conan.io/2/reference/config_files/settings.html
_CONAN_OS = {"linux": "Linux", "macos": "Macos", "windows": "Windows", "android": "Android"}
_CONAN_ARCH = {"arm64": "armv8", "armv7": "armv7hf", "x86_64": "x86_64", "x86": "x86"}


def export(tool: str, found: Sequence[Installation], session: Session) -> str:
    """Return a `packages.yaml` for Spack, a profile for Conan or presets for CMake."""
    names = {
        each.package: dict(each.names)[tool]
        for each in session.content.detectors
        if tool in dict(each.names)
    }
    usable = [each for each in found if each.python is None]
    write: dict[str, Callable[..., str]] = {"spack": _spack, "conan": _conan, "cmake": _cmake}
    return write[tool](usable, names, session.native)


def _spack(found: Iterable[Installation], names: dict[str, str], _: Platform) -> str:
    """See https://spack.readthedocs.io/en/latest/packages_yaml.html, "External Packages"."""
    packages: dict[str, dict[str, dict[str, Any]]] = {}
    for each in found:
        if each.package in names:
            name, entry = names[each.package], _external(each, names[each.package])
            known = packages.setdefault(name, {})
            # Two detectors may see one package: LLVM's libraries, and clang with what it compiles.
            known[each.version.text] = known.get(each.version.text, {}) | entry
    listed = {name: {"externals": list(known.values())} for name, known in packages.items()}
    return write_document({"packages": listed})


def _external(installation: Installation, name: str) -> dict[str, Any]:
    spec, owner = f"{name}@{installation.version.text}", installation.owner
    entry: dict[str, Any] = {"spec": spec, "prefix": installation.prefix}
    if owner is not None and owner.manager == "module":
        entry["modules"] = [*installation.needs, f"{owner.package}/{owner.version}"]
    if compilers := dict(_languages(installation)):
        entry["extra_attributes"] = {"compilers": compilers}
    return entry


def _conan(found: Sequence[Installation], names: dict[str, str], native: Platform) -> str:
    """See https://docs.conan.io/2/reference/config_files/profiles.html."""
    lines = ["[settings]", f"os={_CONAN_OS.get(native.os, native.os)}"]
    lines += [f"arch={_CONAN_ARCH.get(native.arch, native.arch)}", "build_type=Release"]
    compiler = next(_compilers(found), None)
    if compiler is not None and (name := _COMPILERS[compiler.package][0]):
        lines += [f"compiler={name}", f"compiler.version={compiler.version.text.partition('.')[0]}"]
        lines += [f"compiler.libcxx={'libc++' if native.os == 'macos' else 'libstdc++11'}"]
    tools = {names[i.package]: i for i in reversed(found) if i.package in names}
    lines += ["", "[platform_tool_requires]"]
    lines += [f"{name}/{each.version.text}" for name, each in sorted(tools.items())]
    if compiler is not None:
        paths = {{"cxx": "cpp"}.get(key, key): path for key, path in _languages(compiler)}
        lines += ["", "[conf]", f"tools.build:compiler_executables={json.dumps(paths)}"]
    return "\n".join(lines) + "\n"


def _cmake(found: Sequence[Installation], _names: dict[str, str], _native: Platform) -> str:
    """See https://cmake.org/cmake/help/latest/manual/cmake-presets.7.html, version 3."""
    presets = []
    for compiler in _compilers(found):
        variables = {
            f"CMAKE_{key.upper()}_COMPILER": path for key, path in _languages(compiler)
        } | _cache_variables(found)
        name = f"{compiler.package}-{compiler.version.text}"
        preset = {
            "name": name,
            "displayName": f"{compiler.package} {compiler.version.text} at {compiler.prefix}",
            "binaryDir": f"${{sourceDir}}/build/{name}",
            "cacheVariables": variables,
        }
        if any(each.package == "ninja" for each in found):
            preset["generator"] = "Ninja"
        presets.append(preset)
    return json.dumps({"version": 3, "configurePresets": presets}, indent=2) + "\n"


def _cache_variables(found: Sequence[Installation]) -> dict[str, str]:
    """Where CMake would not look by itself."""
    usual = ("/", "/usr", "/usr/local")
    able = (i.prefix for i in found if _is_library(i) and i.prefix not in usual)
    prefixes = ";".join(dict.fromkeys(able))
    variables = {"CMAKE_PREFIX_PATH": prefixes} if prefixes else {}
    for package, variable in (
        ("cuda-toolkit", "CMAKE_CUDA_COMPILER"),
        ("ninja", "CMAKE_MAKE_PROGRAM"),
    ):
        if first := next((each for each in found if each.package == package), None):
            variables[variable] = first.executable
    return variables


def _is_library(installation: Installation) -> bool:
    """Whether it can be built with; an interpreter's headers are for those who ask for it."""
    abilities = installation.abilities
    return "develop" in abilities and ("link" in abilities or "run" not in abilities)


def _compilers(found: Iterable[Installation]) -> Iterator[Installation]:
    """Yield the compilers that speak C and C++, nearest first."""
    known: set[str] = set()
    for each in found:
        name = f"{each.package} {each.version.text}"
        if len(dict(_languages(each))) == 2 and name not in known:
            known.add(name)
            yield each


def _languages(installation: Installation) -> Iterator[tuple[str, str]]:
    """Yield ``c`` and ``cxx``, each with its program."""
    _, *patterns = _COMPILERS.get(installation.package, ("",))
    for language, pattern in zip(("c", "cxx"), patterns, strict=False):
        matches = (p for p in installation.evidence if re.fullmatch(pattern, basename(p)))
        if (path := next(matches, None)) is not None:
            yield language, path
