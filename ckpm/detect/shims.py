"""See through what only passes a call on: shims, proxies, compiler caches, venvs, wrapper scripts.

What stands behind is recorded or, where that cannot be proved, nothing: a shim answers differently
in another directory, with another variable, or after somebody's upgrade.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from posixpath import basename, dirname

from ckpm.detect.macos import behind_developer_shim, is_developer_shim
from ckpm.detect.paths import absolute_path
from ckpm.system.host import FileStatus, Host

# Programs that act on the name they are called by. The real tools of compiler caches follow on
# PATH; busybox's and toybox's are other tools of the same names; snap's run in a private world.
_COMPILER_CACHES = frozenset(("ccache", "distcc", "icecc", "sccache"))
_LAUNCHERS = frozenset(("mise", "rustup", "rustup-init", "snap", "volta-shim"))
# They choose a version at each call; some fetch one.
_CHOOSERS = frozenset(("bazelisk", "julialauncher", "pg_wrapper", "qtchooser"))
_MULTI_CALL = _COMPILER_CACHES | _LAUNCHERS | _CHOOSERS | {"busybox", "toybox"}
_WRAPPER_BYTES = 1024
_SHELL = re.compile(r"#!\s*(?:/usr/bin/env\s+)?\S*\b(?:ba|da|k|z)?sh\b")
_FORWARD = re.compile(
    r"""^\s*(?:exec\s+)?["']?(?P<program>[^\s"']+)["']?\s+"""
    r"""(?:"\$@"|\$@|"\$\{@\}"|\$\{1:?\+"\$@"\})\s*$""",
    re.MULTILINE,
)


def behind_shims(host: Host, directory: str) -> list[str]:
    """Return the directories with the real programs behind a directory of shims.

    pyenv, rbenv, nodenv, goenv and jenv keep ``versions/<version>/bin`` beside it, asdf and mise
    ``installs/<tool>/<version>/bin``.
    """
    root = dirname(directory)
    found = [f"{root}/versions/{version}/bin" for version in _chosen_first(host, root)]
    for tool in host.names(f"{root}/installs"):
        versions = host.names(f"{root}/installs/{tool}")
        found += [f"{root}/installs/{tool}/{version}/bin" for version in versions]
    return found


def _chosen_first(host: Host, root: str) -> list[str]:
    chosen = host.read(f"{root}/version", 4096).decode("utf-8", "replace").split()
    names = host.names(f"{root}/versions")
    return sorted(names, key=lambda name: chosen.index(name) if name in chosen else len(chosen))


def see_through(host: Host, path: str, status: FileStatus) -> Sequence[str]:
    """Return what runs when ``path`` is run: itself, what it passes the call on to, or nothing.

    There are several answers where the choice is made at each call, as by rustup.
    """
    name = basename(path)
    if is_developer_shim(host, path):
        return behind_developer_shim(host, path)
    proxy = _proxy(host, path, status)
    if proxy.startswith("rustup"):
        return _rust_toolchains(host, name)
    if proxy:
        return ()
    if name.startswith("python"):
        return _base_interpreter(host, path)
    return _forwarded(host, path)


def _proxy(host: Host, path: str, status: FileStatus) -> str:
    """Return the name of the program that only acts as ``path``, or nothing."""
    name, real = basename(path), basename(status.real_path)
    if real in _MULTI_CALL:
        return real if name != real else ""
    # Some versions of rustup install hard links to themselves.
    sibling = host.inspect(f"{dirname(path)}/rustup") if name in ("rustc", "cargo") else None
    return "rustup" if sibling is not None and sibling.identity == status.identity else ""


def _rust_toolchains(host: Host, name: str) -> list[str]:
    root = host.environ.get("RUSTUP_HOME") or host.environ.get("HOME", "") + "/.rustup"
    toolchains = host.names(f"{root}/toolchains")
    return [f"{root}/toolchains/{toolchain}/bin/{name}" for toolchain in toolchains]


def _base_interpreter(host: Host, path: str) -> list[str]:
    """A venv comes and goes with a project; the interpreter that it was made from stays."""
    settings = host.read(f"{dirname(dirname(path))}/pyvenv.cfg", 8192).decode("utf-8", "replace")
    home = re.search(r"(?m)^home\s*=\s*(\S.*?)\s*$", settings)
    if home is None:
        return [path] if not settings else []
    directory = absolute_path(host.platform, home[1])
    names = (basename(path), "python3", "python")
    return [base for name in names if host.inspect(base := f"{directory}/{name}")][:1]


def _forwarded(host: Host, path: str) -> list[str]:
    """Follow a short shell script whose last word is one program with all of the arguments."""
    text = host.read(path, _WRAPPER_BYTES + 1).decode("utf-8", "replace")
    if len(text) > _WRAPPER_BYTES or not _SHELL.match(text):
        return [path]
    forward = _FORWARD.search(text)
    if forward is None:
        return [path]
    # `exec "$TOOLKIT/bin/nvcc" "$@"` depends on who calls it.
    program = forward["program"]
    return [program] if program.startswith("/") and "$" not in program else []
