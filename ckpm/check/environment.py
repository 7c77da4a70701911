"""Judge everything in an environment, package by package."""

from __future__ import annotations

import csv
import json
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from ckpm.check.findings import Finding
from ckpm.check.judge import judge
from ckpm.check.standard import Standard
from ckpm.check.supply import library_names, platform_supply
from ckpm.check.tree import Product, ProductFile, read_product
from ckpm.errors import CkpmError
from ckpm.model.platform import Platform
from ckpm.store import Store

_PYTHON_TREES = tuple(
    f"{part}/{lib}/site-packages" for part in ("venv", "python") for lib in ("lib/python*", "Lib")
)


@dataclass(frozen=True, slots=True)
class Judged:
    """One package: where it is from, how many of its files are compiled, and what was found."""

    package: str
    origin: str
    compiled: int
    findings: tuple[Finding, ...]

    def plain(self) -> dict[str, object]:
        """Return it as plain data."""
        found = [finding.plain() for finding in self.findings]
        fields = {"package": self.package, "origin": self.origin, "compiled": self.compiled}
        return fields | {"findings": found}


def check_environment(
    generation: Path, platform: Platform, store: Store, forbidden: Sequence[str] = ()
) -> list[Judged]:
    """Judge the packages and the Python distributions of one generation that have compiled files.

    What is detected belongs to the machine: it supplies libraries, and is not judged. Nor is what
    compiles, which runs here. ``forbidden`` paths are looked for in what was built here.
    """
    toolchains = _toolchains(generation)
    links = sorted((generation / "packages").iterdir())
    prefixes = {link.name: link.resolve() for link in links if link.name not in toolchains}
    trees = [tree for pattern in _PYTHON_TREES for tree in sorted(generation.glob(pattern))]
    names = library_names([*dict.fromkeys(prefixes.values()), *trees], platform)
    supply = platform_supply(platform).with_names(names)
    roots = (store.root, generation, *prefixes.values())
    standard = Standard(platform, supply, roots, built_here=False)
    built = replace(standard, forbidden=tuple(forbidden), built_here=True)
    judged = [
        *_packages(prefixes, store, standard, built),
        *(each for tree in trees for each in _distributions(tree, standard)),
    ]
    return [each for each in judged if each.compiled or each.findings]


def _toolchains(generation: Path) -> list[str]:
    """Return the names of the packages that compile; older generations do not tell."""
    with suppress(OSError, ValueError):
        record = json.loads((generation / "environment.json").read_text(encoding="utf-8"))
        return [str(name) for name in record.get("toolchains", ())]
    return []


def check_paths(
    paths: Iterable[Path], platform: Platform, forbidden: Sequence[str], *, built_here: bool
) -> list[Judged]:
    """Judge directories and single files, each with what lies beside it.

    Raises:
        CkpmError: for what cannot be read.
    """
    supply = platform_supply(platform)
    return [
        _path(path, Standard(platform, supply, (), tuple(forbidden), built_here)) for path in paths
    ]


def _path(path: Path, standard: Standard) -> Judged:
    place = path.absolute()
    try:
        product = read_product(place)
        beside = [] if place.is_dir() else os.listdir(place.parent)  # noqa: PTH208
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise CkpmError(f"cannot read `{error.filename}`: {reason}") from error
    held = replace(standard.having(beside), roots=(place if place.is_dir() else place.parent,))
    return Judged(str(path), "file", len(product.compiled), tuple(judge(product, held)))


def _packages(
    prefixes: dict[str, Path], store: Store, prebuilt: Standard, built: Standard
) -> Iterator[Judged]:
    for name, prefix in prefixes.items():
        if not prefix.exists():
            message = f"is a link to {prefix}, where nothing is"
            gone = Finding("error", f"packages/{name}", "links", message, "run `ckpm install`")
            yield Judged(name, "gone", 0, (gone,))
        elif prefix.is_relative_to(store.root.resolve()):
            yield _package(name, prefix, prebuilt, built)


def _package(name: str, prefix: Path, prebuilt: Standard, built: Standard) -> Judged:
    method, product = _method(prefix), read_product(prefix)
    if method == "build":
        return Judged(name, "built here", len(product.compiled), tuple(judge(product, built)))
    origin = f"prebuilt, from {method or 'elsewhere'}"
    return Judged(name, origin, len(product.compiled), tuple(judge(product, prebuilt)))


def _method(result: Path) -> str:
    """Return the method by which a result in the store was made, as its record says."""
    record = result.with_name(f"{result.name}.json")
    with suppress(OSError, ValueError):
        return str(json.loads(record.read_text(encoding="utf-8")).get("made_by") or "")
    return ""


def _distributions(tree: Path, standard: Standard) -> Iterator[Judged]:
    """Judge the native modules of a Python tree, each with the distribution that brought it."""
    owners = dict(_owners(tree))
    product = read_product(tree)
    files: defaultdict[str, list[ProductFile]] = defaultdict(list)
    for file in product.compiled:
        files[owners.get(file.name, "Python, of no distribution")].append(file)
    held = replace(standard, supply=standard.supply.with_python())
    for name, owned in sorted(files.items()):
        findings = judge(Product(tree, tuple(owned)), held)
        yield Judged(name, "prebuilt, a wheel", len(owned), tuple(findings))


def _owners(tree: Path) -> Iterator[tuple[str, str]]:
    """Yield (file, distribution) as the RECORD of each distribution says."""
    for record in tree.glob("*.dist-info/RECORD"):
        name, _, version = record.parent.name.removesuffix(".dist-info").rpartition("-")
        with (
            suppress(OSError, csv.Error),
            record.open(encoding="utf-8", errors="replace", newline="") as lines,
        ):
            for row in csv.reader(lines):
                yield (row[0] if row else ""), f"{name} {version}"
