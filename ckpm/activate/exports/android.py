"""Android's app projects: native libraries by ABI, as a directory or in an archive.

The layout of an AAR is that of https://developer.android.com/studio/projects/android-library: a
manifest, the classes (none here), and ``jni/<abi>/*.so``.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from ckpm.errors import NotFoundError, UsageError
from ckpm.model.platform import Platform

# Archives of the same content are the same bytes; ZIP knows no earlier day.
_DAY = (1980, 1, 1, 0, 0, 0)


def native_libraries(generations: Mapping[Platform, Path]) -> dict[str, Path]:
    """Return the shared libraries of Android generations by ``<abi>/<file>``.

    Raises:
        UsageError: when two packages have a library of the same name, which an app cannot.
        NotFoundError: when there are none.
    """
    found: dict[str, Path] = {}
    for target, generation in generations.items():
        for path in sorted(generation.glob("packages/*/lib/*.so")):
            if (name := f"{target.abi}/{path.name}") in found:
                raise UsageError(f"two packages have a library `{path.name}`")
            found[name] = path
    if not found:
        names = ", ".join(target.name for target in generations)
        raise NotFoundError(f"the environment has no shared libraries for {names}")
    return found


def write_jni_libs(libraries: Mapping[str, Path], directory: Path) -> None:
    """Copy libraries the way Gradle's ``jniLibs`` directory wants them."""
    for name, path in libraries.items():
        place = directory / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(path.read_bytes())


def write_aar(libraries: Mapping[str, Path], package: str, api: str, file: Path) -> None:
    """Write a library archive for Gradle; ``package`` is its Java name, ``api`` the least level."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in _members(libraries, package, api):
            archive.writestr(zipfile.ZipInfo(name, _DAY), data, zipfile.ZIP_DEFLATED)


def _members(
    libraries: Mapping[str, Path], package: str, api: str
) -> Iterator[tuple[str, str | bytes]]:
    yield (
        "AndroidManifest.xml",
        (
            '<manifest xmlns:android="http://schemas.android.com/apk/res/android"'
            f' package="{package}">\n  <uses-sdk android:minSdkVersion="{api}" />\n</manifest>\n'
        ),
    )
    yield "classes.jar", _empty_jar()
    for name, path in libraries.items():
        yield f"jni/{name}", path.read_bytes()


def _empty_jar() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as jar:
        jar.writestr(zipfile.ZipInfo("META-INF/MANIFEST.MF", _DAY), "Manifest-Version: 1.0\n\n")
    return data.getvalue()
