"""``ckpm env export``."""

from __future__ import annotations

import argparse
from pathlib import Path

from ckpm.cli.context import Context
from ckpm.errors import NotFoundError
from ckpm.model.platform import Platform
from ckpm.model.request import Place

FORMATS = {
    "cmake": "let the CMake project here use it: `cmake --preset ckpm-TARGET`",
    "meson": "print the path of a cross file: `meson setup build --cross-file FILE`",
    "jnilibs": "copy its Android libraries to a directory for Gradle (default: jniLibs)",
    "aar": "write an Android library archive (default: ENVIRONMENT.aar)",
}


def export(options: argparse.Namespace, context: Context) -> int:
    """Write one environment in one format."""
    place = context.session.place(options.env)
    if options.format in ("jnilibs", "aar"):
        return _android(options, context, place)
    directory = _toolchain(context, place)
    if options.format == "meson":
        context.print(str(directory / "meson.ini"))
        return context.finish({"file": str(directory / "meson.ini")})
    from ckpm.activate.exports.cmake import include_presets

    file = include_presets(directory / "CMakePresets.json", Path(options.output or "."))
    context.say(f"{file} is written: now `cmake --preset ckpm-{context.target.name}`")
    return context.finish({"file": str(file)})


def _toolchain(context: Context, place: Place) -> Path:
    environment = context.session.environment(place, context.target.name)
    # By `current`, so that a project follows the environment.
    directory = environment.directory.parent / "current" / "toolchain"
    if not directory.is_dir():
        raise NotFoundError(
            f"`{place.name}` has no toolchain for {context.target.name}",
            hints=["add one: `ckpm install cxx-compiler`, with the same -e and --target"],
        )
    return directory


def _android(options: argparse.Namespace, context: Context, place: Place) -> int:
    from ckpm.activate.exports.android import native_libraries, write_aar, write_jni_libs

    generations = _generations(options, context, place)
    libraries = native_libraries(generations)
    output = Path(
        options.output or ("jniLibs" if options.format == "jnilibs" else f"{place.name}.aar")
    )
    if options.format == "jnilibs":
        write_jni_libs(libraries, output)
    else:
        api = max((_api(place, target) for target in generations), key=int)
        java = "ckpm." + "".join(c if c.isalnum() else "_" for c in place.name)
        write_aar(libraries, java, api, output)
    context.print("".join(f"{name}\n" for name in libraries))
    context.say(f"{output} is written")
    return context.finish({"output": str(output), "libraries": list(libraries)})


def _api(place: Place, target: Platform) -> str:
    """Return the level that was asked for when a target was locked, else the usual one."""
    from ckpm.plan import read_lock

    lock = read_lock(place.lock)
    locked = lock.target(target.name) if lock else None
    return dict(locked.facts if locked else ()).get("api") or target.fact("api") or "21"


def _generations(
    options: argparse.Namespace, context: Context, place: Place
) -> dict[Platform, Path]:
    """Return the Android targets that are meant: the one named, else all that are installed."""
    targets = [context.target] if options.target else list(context.session.platforms.values())
    found = ((target, context.session.store.current(place.key, target.name)) for target in targets)
    android = {target: path for target, path in found if path and target.os == "android"}
    if not android:
        raise NotFoundError(
            f"`{place.name}` is not installed for Android",
            hints=["install it: `ckpm install … --target android-arm64`"],
        )
    return android
