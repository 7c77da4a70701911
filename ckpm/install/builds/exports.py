"""Tell CMake and pkg-config of a library that does not tell them itself.

What is written finds everything from where it lies, so that a product can be moved.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ckpm.errors import IntegrityError
from ckpm.model.platform import Platform
from ckpm.model.toolchain import LibraryExport


def write_exports(product: Path, export: LibraryExport, version: str, platform: Platform) -> None:
    """Write a package config and a ``.pc`` file into a product, unless it has them."""
    files: dict[Path, Iterator[str]] = {}
    if name := export.cmake:
        place = product / "lib" / "cmake" / name
        files[place / f"{name}Config.cmake"] = _config(product, name, export, platform)
        files[place / f"{name}ConfigVersion.cmake"] = _version(version)
    if name := export.pkg_config:
        files[product / "lib" / "pkgconfig" / f"{name}.pc"] = _pc(name, export, version)
    for path, lines in files.items():
        if not path.exists():
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
            except (FileExistsError, NotADirectoryError) as error:
                raise IntegrityError(
                    f"`{path.relative_to(product)}` cannot be written: a file is in its way"
                ) from error


def _config(product: Path, name: str, export: LibraryExport, platform: Platform) -> Iterator[str]:
    root = "${CMAKE_CURRENT_LIST_DIR}/../../.."
    yield "# Written by ckpm, because the library comes without."
    yield f"if(NOT TARGET {name}::{name})"
    yield f"  add_library({name}::{name} INTERFACE IMPORTED)"
    files = [f"{root}/{_file(product, library, platform)}" for library in export.libraries]
    yield f"  set_target_properties({name}::{name} PROPERTIES"
    yield f'    INTERFACE_INCLUDE_DIRECTORIES "{root}/{export.include}"'
    yield f'    INTERFACE_LINK_LIBRARIES "{";".join(files)}")'
    yield "endif()"


def _file(product: Path, library: str, platform: Platform) -> str:
    """Return where a library lies in the product: Windows links with what stands in for a DLL."""
    endings = (".dll.a", ".lib", ".a", ".dll") if platform.os == "windows" else ()
    names = [f"{start}{library}{end}" for end in (*endings, platform.library_suffix, ".a")
             for start in ("lib", "")]  # fmt: skip
    found = (f"lib/{name}" for name in names if (product / "lib" / name).exists())
    return next(found, f"lib/lib{library}{platform.library_suffix}")


def _version(version: str) -> Iterator[str]:
    yield f'set(PACKAGE_VERSION "{version}")'
    yield "if(PACKAGE_FIND_VERSION VERSION_GREATER PACKAGE_VERSION)"
    yield "  set(PACKAGE_VERSION_COMPATIBLE FALSE)"
    yield "else()"
    yield "  set(PACKAGE_VERSION_COMPATIBLE TRUE)"
    yield "  if(PACKAGE_FIND_VERSION VERSION_EQUAL PACKAGE_VERSION)"
    yield "    set(PACKAGE_VERSION_EXACT TRUE)"
    yield "  endif()"
    yield "endif()"


def _pc(name: str, export: LibraryExport, version: str) -> Iterator[str]:
    yield "prefix=${pcfiledir}/../.."
    yield f"Name: {name}"
    yield f"Description: {name}, as ckpm installed it"
    yield f"Version: {version}"
    yield f"Cflags: -I${{prefix}}/{export.include}"
    yield f"Libs: -L${{prefix}}/lib {' '.join(f'-l{library}' for library in export.libraries)}"
