"""Hold a product to a standard, rule by rule."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

from ckpm.check.binary import Binary
from ckpm.check.findings import Finding, by_weight
from ckpm.check.loading import (
    judge_alignment,
    judge_interpreter,
    judge_needed,
    judge_search_paths,
)
from ckpm.check.machine import fitting, foreign, judge_machine, own_names
from ckpm.check.releases import judge_android, judge_glibc, judge_macos
from ckpm.check.standard import Standard
from ckpm.check.supply import library_names, platform_supply
from ckpm.check.traces import judge_link, judge_strings, judge_text
from ckpm.check.tree import Product, ProductFile, read_product
from ckpm.model.platform import Platform

_RULES = (
    judge_needed,
    judge_interpreter,
    judge_alignment,
    judge_search_paths,
    judge_glibc,
    judge_android,
    judge_macos,
)


def check_product(
    product: Path,
    platform: Platform,
    *,
    beside: Sequence[Path] = (),
    forbidden: Sequence[str] = (),
    built_here: bool = False,
) -> list[Finding]:
    """Judge a directory, or one file, that shall work on ``platform``; the gravest first.

    ``beside`` are the directories of the packages that it needs, and where it will be itself when
    that is another place; ``forbidden`` are paths that must not appear in it, such as that of the
    build. Faults of what was ``built_here`` are errors where those of prebuilt files are warnings.
    """
    supply = platform_supply(platform).with_names(library_names(beside, platform))
    roots = tuple(path.absolute() for path in (product, *beside))
    standard = Standard(platform, supply, roots, tuple(forbidden), built_here)
    return judge(read_product(product.absolute()), standard)


def judge(product: Product, standard: Standard) -> list[Finding]:
    """Return everything that is found of a product, the gravest first.

    Its own libraries count as supplied; the rest is what ``standard`` says.
    """
    held = standard.having(product.names)
    own = own_names(product.compiled, standard.platform)
    found = chain(
        chain.from_iterable(_judge_file(file, held, own) for file in product.files),
        chain.from_iterable(judge_link(link, product.root, held) for link in product.links),
    )
    return sorted(found, key=by_weight)


def _judge_file(file: ProductFile, standard: Standard, own: set[str]) -> Iterator[Finding]:
    if file.damage:
        message = f"cannot be read: {file.damage}"
        yield Finding(standard.fault, file.name, "damaged", message)
    elif file.compiled is None:
        yield from judge_text(file, standard)
    else:
        stranger = foreign(file.compiled, standard.platform)
        if stranger is not None:
            yield judge_machine(file, stranger, standard, own)
        for binary in fitting(file.compiled, standard.platform):
            yield from _judge_binary(file, binary, standard)


def _judge_binary(file: ProductFile, binary: Binary, standard: Standard) -> Iterator[Finding]:
    for rule in _RULES:
        yield from rule(file.name, binary, standard)
    yield from judge_strings(file, binary, standard)
