"""What registries know of sources: releases for the solver, files for the lock."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from ckpm.errors import DownloadError
from ckpm.install.python_releases import python_releases, target_pythons
from ckpm.install.verdicts import Verdicts
from ckpm.model.lock import Artifact, Closure, LockedTarget
from ckpm.model.platform import Platform
from ckpm.model.recipe import Digest, Part, Recipe, Source
from ckpm.model.refusals import ClosureConflictError, SourceError, UnreachableError
from ckpm.model.request import Choices
from ckpm.model.resolution import Candidate, Release, Resolution
from ckpm.model.wheel_tags import platform_tags
from ckpm.schema.values import file_name
from ckpm.store import Store
from ckpm.system.registries.indexes import configured_indexes
from ckpm.system.registries.maven import artifact_url, configured_repository, published_digest
from ckpm.system.registries.pypi import IndexFile, PythonIndex
from ckpm.system.uv import Uv, uv_platform
from ckpm.system.uv_agreement import unheld_lines


@dataclass
class Registries:
    """The registries behind one session; answers are remembered for its life.

    ``unreachable`` are hosts that did not answer in this session and are not asked again; ``pins``
    are the digests that a lock took of files, by their origin, when they first came; ``is_here``
    says which files need no host; ``locked`` are closures to keep as far as they fit, and
    ``believes_locked`` says whether their files count too, not the versions alone.
    """

    index: PythonIndex
    uv: Uv
    environ: Mapping[str, str]
    allow_unverified: bool = False
    unreachable: set[str] = field(default_factory=set)
    pins: dict[str, Digest] = field(default_factory=dict)
    locked: tuple[Closure, ...] = ()
    believes_locked: bool = True
    is_here: Callable[[Artifact], bool] = lambda _: False
    _managed: dict[str, list[tuple[str, str]]] = field(default_factory=dict)

    def keep(
        self, entry: LockedTarget | None, pins: Mapping[str, Digest], *, believed: bool
    ) -> None:
        """Keep to the closures of a lock's entry, and to the pins of all of it.

        Of an entry that is not ``believed`` the versions count, and not the files.
        """
        self.locked = entry.closures if entry else ()
        self.believes_locked = believed
        self.pins.update(pins)

    @cached_property
    def oracle(self) -> Verdicts:
        """Who is asked for Python closures: uv, or what it said before."""
        return Verdicts(self.uv, self.index, self.index.cache / "closures")

    def releases(self, recipe: Recipe, source: Source, platform: Platform) -> Sequence[Release]:
        """Return what an index offers of a source on a platform; nothing for other methods."""
        match source.method:
            case "pypi":
                distribution = source.text("distribution") or recipe.name
                wheels = self.index.wheels(distribution, source.text("index"))
                return python_releases(recipe, source, wheels, platform)
            case "uv-python":
                return target_pythons(self.pythons(platform), platform)
            case _:
                return ()

    def artifacts(
        self, candidate: Candidate, recipe: Recipe, platform: Platform
    ) -> tuple[Artifact, ...]:
        """Return the files that one candidate is made of.

        Raises:
            SourceError: when they cannot be learnt, or nobody vouches for their bytes.
        """
        source = candidate.source
        if source is None:
            return ()
        try:
            found = [self._pinned(a) for a in self._artifacts(candidate, recipe, source, platform)]
        except UnreachableError as error:
            raise SourceError(candidate, error.message.splitlines()[0]) from error
        except DownloadError as error:
            raise SourceError(candidate, error.message) from error
        for artifact in found:
            hosts = artifact.hosts
            if hosts and hosts <= self.unreachable and not self.is_here(artifact):
                raise SourceError(candidate, f"cannot reach {', '.join(sorted(hosts))}")
            if not self.allow_unverified and not artifact.is_verifiable:
                raise SourceError(
                    candidate,
                    f"nobody published a digest of `{artifact.name}` (`--allow-unverified`)",
                )
        return tuple(found)

    def _pinned(self, artifact: Artifact) -> Artifact:
        pin = None if artifact.is_pinned else self.pins.get(artifact.origin)
        return replace(artifact, digests=(pin, *artifact.digests)) if pin else artifact

    def closure(
        self,
        scope: str,
        requirements: Sequence[str],
        python: str,
        platform: Platform,
        indexes: Sequence[str],
    ) -> Closure:
        """Return the Python closure of one scope: the locked one, as much of it, or a new one.

        See ``Uv.lock`` for errors.
        """
        asked = (scope, python, tuple(requirements), uv_platform(platform))
        known = next((c for c in self.locked if c.scope == scope), None)
        if known is None or (scope and not self.believes_locked):
            return self.oracle.lock(scope, requirements, python, platform, indexes)
        same = (known.scope, known.python, known.requirements, known.platform) == asked
        is_held = same and not unheld_lines(known.distributions, requirements, ())
        if is_held and self.believes_locked:
            return known
        kept = {d.name: f"{d.name}=={d.version}" for d in known.distributions}
        while True:
            try:
                lines = list(kept.values())
                return self.oracle.lock(scope, requirements, python, platform, indexes, lines)
            except ClosureConflictError as error:
                if not kept:
                    raise
                # Only what uv names must move; where it names nothing that is kept, anything may.
                named = error.names(kept)
                kept = {name: line for name, line in kept.items() if name not in named and named}

    def closer(
        self, resolution: Resolution, build: Platform
    ) -> Callable[[str, Sequence[str], Sequence[str]], Closure]:
        """Return what asks for other closures of a resolution: (scope, lines, indexes)."""

        def close(scope: str, lines: Sequence[str], indexes: Sequence[str]) -> Closure:
            python = resolution.find("python", scope)
            platform = build if scope else resolution.target
            version = str(python.version) if python else ""
            return self.oracle.lock(scope, lines, version, platform, indexes)

        return close

    def pythons(self, *platforms: Platform) -> list[str]:
        """Return the versions of the Pythons that uv can fetch for some platforms."""
        return [version for platform in platforms for version, _ in self._pythons(platform)]

    def _artifacts(
        self, candidate: Candidate, recipe: Recipe, source: Source, platform: Platform
    ) -> tuple[Artifact, ...]:
        match source.method:
            case "npm":
                return tuple(_npm_artifact(source, part) for part in source.parts)
            case "maven":
                return tuple(self._maven_artifact(candidate, source, part) for part in source.parts)
            case "pypi" if source.text("layout") == "files":
                return (self._wheel(candidate, recipe, source, platform),)
            case "uv-python":
                return tuple(self._python_artifact(candidate, platform))
            case _:
                return tuple(_plain_artifact(part) for part in source.parts if part.urls)

    def _maven_artifact(self, candidate: Candidate, source: Source, part: Part) -> Artifact:
        repository = configured_repository(source.text("index") or "", self.environ)
        url = artifact_url(repository, source.text("artifact") or "", str(candidate.version))
        digests = part.digests or tuple(filter(None, [published_digest(url)]))
        return replace(_plain_artifact(replace(part, urls=(url,))), digests=digests)

    def _wheel(
        self, candidate: Candidate, recipe: Recipe, source: Source, platform: Platform
    ) -> Artifact:
        # A wheel may carry another project's library, whose version the recipe states.
        distribution, _, stated = (source.text("distribution") or recipe.name).partition("==")
        version = stated or str(candidate.version)
        wheels = [
            wheel
            for wheel in self.index.wheels(distribution, source.text("index"))
            if wheel.version == version and wheel.sha256
        ]
        if recipe.kind not in ("dataset", "model"):
            wheels = [wheel for wheel in wheels if _fits(wheel, platform)]
        if not wheels:
            raise SourceError(candidate, f"it has no wheel for {platform}")
        # Data is the same in every wheel, so it is taken from one and kept once for all targets.
        best = min(wheels, key=lambda w: (w.size or 0, w.name))
        digest = Digest("sha256", best.sha256 or "")
        return Artifact(
            best.name, best.size, (digest,), (best.url,), "pypi", f"{distribution}=={best.version}"
        )

    def _python_artifact(self, candidate: Candidate, platform: Platform) -> list[Artifact]:
        for version, url in self._pythons(platform):
            if version == str(candidate.version):
                # uv checks these against the digests that it was built with.
                return [Artifact(_file_name(url), urls=(url,), registry="uv", reference=version)]
        return []

    def _pythons(self, platform: Platform) -> list[tuple[str, str]]:
        if platform.name not in self._managed:
            self._managed[platform.name] = self.oracle.pythons(platform)
        return self._managed[platform.name]


def configured_registries(
    environ: Mapping[str, str], cache: Path, store: Store, choices: Choices
) -> Registries:
    """Return the registries as their own clients are configured, for one session's choices."""
    indexes = configured_indexes(environ)
    index = PythonIndex(indexes, cache / "index", choices.offline)
    uv = Uv(environ, store.uv_cache, indexes, choices.offline)
    return Registries(index, uv, environ, choices.allow_unverified, is_here=store.has_download)


def _npm_artifact(source: Source, part: Part) -> Artifact:
    if part.urls:
        return _plain_artifact(part)
    reference = part.package or source.text("package") or ""
    name, _, version = reference.rpartition("==")
    file = f"{name.replace('@', '').replace('/', '-')}-{version}.tgz"
    return Artifact(file, part.size, part.digests, (), "npm", reference)


def _plain_artifact(part: Part) -> Artifact:
    return Artifact(_file_name(part.urls[0]), part.size, part.digests, part.urls)


def _file_name(url: str) -> str:
    """Return the name that an address ends in, as far as it can be one."""
    try:
        return file_name(PurePosixPath(urlsplit(url).path).name)
    except ValueError:
        return "download"


def _fits(wheel: IndexFile, platform: Platform) -> bool:
    tags = set(platform_tags(platform)) | {"any"}
    return not tags.isdisjoint(wheel.name.removesuffix(".whl").rsplit("-", 1)[1].split("."))
