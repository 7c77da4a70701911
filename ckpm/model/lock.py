"""Locks: one chosen set of packages with what is needed to have exactly the same bytes again."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from ckpm.model.recipe import Digest
from ckpm.model.requirement import Options
from ckpm.model.scopes import TARGET_SCOPE, scope_text


def host_of(url: str) -> str:
    """Return the host of an address, with its port where that is stated."""
    return urlsplit(url).netloc.rpartition("@")[2]


@dataclass(frozen=True)
class Artifact:
    """One file to fetch; ``urls`` are mirrors and stay out of a lock where a registry has them.

    ``registry`` is ``pypi``, ``npm`` or ``maven`` for files that a registry finds by name.
    """

    name: str
    size: int | None = None
    digests: tuple[Digest, ...] = ()
    urls: tuple[str, ...] = ()
    registry: str | None = None
    reference: str = ""

    @property
    def origin(self) -> str:
        """Where it is from, whatever its bytes."""
        return self.reference or (self.urls[0] if self.urls else self.name)

    @property
    def is_pinned(self) -> bool:
        """Whether its strongest digest is one that nobody can forge."""
        return self.strongest is not None and not self.strongest.is_weak

    @property
    def is_verifiable(self) -> bool:
        """Whether something vouches for its bytes; uv knows the digests of its own files."""
        if self.registry == "uv":
            return True
        found = self.strongest
        # A weak one counts only together with the size, except where a registry itself states it.
        weak = found is not None and (self.size is not None or found.algorithm == "sha1")
        return found is not None and (not found.is_weak or weak)

    @property
    def strongest(self) -> Digest | None:
        """The digest that verification relies on; ``None`` where nobody published one."""
        order = ("sha512", "sha384", "sha256", "sha1", "md5")
        return min(self.digests, key=lambda digest: order.index(digest.algorithm), default=None)

    @property
    def hosts(self) -> frozenset[str]:
        """The hosts of its mirrors, each with its port where that is stated."""
        return frozenset(host_of(url) for url in self.urls)


@dataclass(frozen=True)
class Wheel:
    """One wheel of a closure."""

    name: str
    size: int | None
    sha256: str


@dataclass(frozen=True)
class Distribution:
    """One Python distribution of a closure, with every wheel that may be installed for it."""

    name: str
    version: str
    wheels: tuple[Wheel, ...]
    index: str | None = None


@dataclass(frozen=True)
class Closure:
    """All Python distributions of one scope, for one Python version and (uv's) platform."""

    scope: str
    python: str
    requirements: tuple[str, ...]
    distributions: tuple[Distribution, ...]
    platform: str = ""

    @property
    def size_bytes(self) -> int:
        """Bytes of the first wheel of each distribution: what an empty cache would fetch."""
        return sum(d.wheels[0].size or 0 for d in self.distributions if d.wheels)


@dataclass(frozen=True)
class LockedPackage:
    """One chosen package.

    ``constraint`` and ``alternative`` are for a detected one: what must be found again, and what is
    taken where it is not (a version that a recipe can install, or ``none: supply it``).
    """

    name: str
    version: str
    method: str
    kind: str = ""
    options: Options = ()
    scope: str = TARGET_SCOPE
    recipe: str | None = None
    source_line: int = 0
    artifacts: tuple[Artifact, ...] = ()
    needs: tuple[str, ...] = ()
    license: str = ""
    constraint: str | None = None
    evidence: str | None = None
    alternative: str | None = None
    prefix: str | None = field(default=None, compare=False)

    @property
    def title(self) -> str:
        """The package with its version and options, as people read it."""
        options = ",".join(f"{name}={value}" for name, value in self.options)
        return f"{self.name}{':' + options if options else ''} {self.version}"


@dataclass(frozen=True)
class LockedTarget:
    """What is locked for one target; ``facts`` are the least that a machine must have."""

    target: str
    facts: tuple[tuple[str, str], ...]
    requires: tuple[str, ...]
    packages: tuple[LockedPackage, ...]
    closures: tuple[Closure, ...] = ()

    def closure(self, scope: str = TARGET_SCOPE) -> Closure | None:
        """Return the Python closure of one scope, if it has a Python part."""
        return next((closure for closure in self.closures if closure.scope == scope), None)

    @property
    def is_verifiable(self) -> bool:
        """Whether something vouches for the bytes of every file."""
        return all(file.is_verifiable for package in self.packages for file in package.artifacts)

    def in_scope(self, scope: str = TARGET_SCOPE) -> tuple[LockedPackage, ...]:
        """Return the packages of one scope, in order."""
        return tuple(package for package in self.packages if package.scope == scope)


@dataclass(frozen=True)
class Move:
    """One package that changes; ``old`` or ``new`` is ``None`` for what comes or goes."""

    name: str
    scope: str
    old: str | None
    new: str | None
    reason: str

    def __str__(self) -> str:
        whose = f" ({scope_text(self.scope)})" if self.scope else ""
        change = f"{self.old} -> {self.new or 'gone'}" if self.old else f"{self.new} (new)"
        return f"{self.name}{whose} {change}: {self.reason}"


@dataclass(frozen=True)
class Lock:
    """The lock of one environment: one entry a target."""

    environment: str
    targets: tuple[LockedTarget, ...] = ()

    def target(self, name: str) -> LockedTarget | None:
        """Return what is locked for a target."""
        return next((entry for entry in self.targets if entry.target == name), None)

    def with_target(self, entry: LockedTarget) -> Lock:
        """Return the lock with one target's entry new or replaced."""
        others = [other for other in self.targets if other.target != entry.target]
        return replace(self, targets=tuple(sorted([*others, entry], key=lambda e: e.target)))
