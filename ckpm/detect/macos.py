"""Programs inside of macOS's bundles, and the shims before those of its developer tools."""

from __future__ import annotations

from posixpath import split

from ckpm.detect.roots import expand_roots
from ckpm.system.host import Host

_BUNDLES = (
    "/opt/homebrew/bin",
    "/Applications/*.app/Contents/bin",
    "/Applications/Julia-*.app/Contents/Resources/julia/bin",
    "/Applications/MATLAB_R*.app/bin",
    "/Library/Frameworks/Python.framework/Versions/*/bin",
)
_LINK = "/var/db/xcode_select_link"
_TOOLS = "/Library/Developer/CommandLineTools"
_XCODE = "/Applications/Xcode.app/Contents/Developer"
_BINARIES = ("usr/bin", "Toolchains/XcodeDefault.xctoolchain/usr/bin")
# Those of xcode-select(1) that detectors look for. Where there are no developer tools, each of them
# opens a window that offers to install them.
_SHIMS = frozenset(
    (
        "ar", "as", "bison", "c++", "cc", "clang", "clang++", "clangd", "cpp", "flex", "g++", "gcc",
        "git", "gm4", "gnumake", "gperf", "ld", "libtool", "lldb", "m4", "make", "nm", "otool",
        "pip3", "python3", "ranlib", "strip", "svn", "swift", "swiftc", "xcodebuild", "yacc",
    )
)  # fmt: skip


def bundled_programs(host: Host) -> list[str]:
    """Return the directories of programs in bundles, which installers seldom put on ``PATH``."""
    return expand_roots(host, _BUNDLES) if host.platform.os == "macos" else []


def is_developer_shim(host: Host, path: str) -> bool:
    """Whether a program only passes the call on to the chosen developer tools."""
    directory, name = split(path)
    return host.platform.os == "macos" and directory == "/usr/bin" and name in _SHIMS


def behind_developer_shim(host: Host, path: str) -> list[str]:
    """Return the real tool, if developer tools are installed."""
    developer, name = _developer(host), split(path)[1]
    found = (f"{developer}/{directory}/{name}" for directory in _BINARIES)
    return [file for file in found if developer and host.inspect(file)][:1]


def _developer(host: Host) -> str | None:
    """Return the directory that xcode-select(1) would choose."""
    chosen = host.environ.get("DEVELOPER_DIR", "")
    bundle = f"{chosen}/Contents/Developer" if chosen.endswith(".app") else chosen
    choices = (path for path in (bundle, _LINK, _XCODE, _TOOLS) if path.startswith("/"))
    found = (status.real_path for path in choices if (status := host.inspect(path)))
    return next(found, None)
