"""Detectors: how installations of a package are found, as data."""

from __future__ import annotations

from dataclasses import dataclass, field

from ckpm.model.layout import Layout


@dataclass(frozen=True)
class VersionProbe:
    """How to learn the version: read a file below the prefix, else run the executable.

    Where ``args`` are ``None``, nothing is run. ``pattern`` has one group, which matches a version;
    it is written for RE2 (no look-around). In ``file``, ``{libdir}`` is where the library was
    found; where that file is missing, the pattern is tried on the library's real path. ``stated``
    is the version of what carries none, as data.
    """

    args: tuple[str, ...] | None = ("--version",)
    pattern: str = r"(\d+(?:\.\d+)+)"
    file: str | None = None
    stated: str | None = None


ROOT_SETS = (
    "ck",
    "clip",
    "data",
    "huggingface",
    "keras",
    "mlc",
    "models",
    "tfds",
    "torch",
    "whisper",
)
"""What may stand for many roots, written ``@data``; ckpm.detect.conventions says for which."""


KINDS = {
    "compiler": "Compilers",
    "language": "Languages and their package managers",
    "build": "Build tools",
    "version-control": "Version control",
    "debugging": "Debuggers, profilers and analysers",
    "container": "Containers and virtual machines",
    "cluster": "Clusters: schedulers, MPI and networks",
    "accelerator": "Accelerators: CUDA, ROCm, oneAPI, OpenCL, Vulkan",
    "mathematics": "Mathematics: BLAS, LAPACK, FFT, solvers",
    "media": "Images, sound and video",
    "machine-learning": "Machine learning",
    "data-science": "Python for data and science",
    "dataset": "Datasets",
    "model": "Models",
    "library": "Other libraries",
    "tool": "Other tools",
}
"""The groups that listings show, in their order."""


@dataclass(frozen=True)
class Detector:
    """One detector file.

    ``executables`` are names, in which one ``*`` may stand for a version suffix; ``roots`` are
    directories to look into beside ``PATH``, with ``$VARIABLE`` and one ``*`` a component allowed.
    ``layouts`` are the forms in which it may lie there, the first that fits of each version and
    options; without them, ``files`` and ``options`` are the only one.
    ``files`` must all lie below the prefix. One of the ``libraries`` (``libz`` is ``libz.so``,
    ``libz.so.1``, ``libz.a`` …) makes an installation linkable, one of the ``headers`` usable for
    development; ``{version}`` and ``{series}`` (its first two components) are filled in there.
    ``prefix`` leads from the real file to the prefix (``../..``) where that is not the obvious one.
    ``distribution`` is a Python distribution to look for in the detected interpreters.
    ``names`` are what other tools call the package, by tool (``spack``, ``conan``).
    ``excludes`` is a pattern: output that matches it belongs to another package.
    """

    package: str
    kind: str = "tool"
    executables: tuple[str, ...] = ()
    roots: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    layouts: tuple[Layout, ...] = ()
    libraries: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    distribution: str | None = None
    version: VersionProbe = VersionProbe()
    excludes: str | None = None
    prefix: str | None = None
    options: tuple[tuple[str, str], ...] = ()
    names: tuple[tuple[str, str], ...] = ()
    origin: str = field(default="", compare=False)

    @property
    def is_for_any_platform(self) -> bool:
        """Whether what it finds by files alone serves every platform: headers and data."""
        return bool(self.headers) or self.kind in ("dataset", "model")

    @property
    def lies_somewhere(self) -> bool:
        """Whether it is found by what lies in directories, rather than by what is run there."""
        return bool(self.libraries or self.files or self.layouts)
