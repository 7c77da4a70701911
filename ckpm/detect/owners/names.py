"""The names under which a database may list a file, which know nothing of links between."""

from __future__ import annotations

from posixpath import basename, dirname, join

from ckpm.system.host import Host

# Distributions have merged these into others, and their packages list old names or new ones.
_MERGED = ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/usr/sbin", "/usr/lib64")


class FileNames:
    """Tells the names of files; what one path leads to need not be looked at again."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._merged = _merged_directories(host)
        self._by_real_path: dict[str, list[str]] = {}

    def of(self, path: str) -> list[str]:
        """Return the names of a file, the real one first; none where there is no such file."""
        real = path if path in self._by_real_path else self._real_path(path)
        # Databases and answers are read by lines.
        if real is None or "\n" in path + real:
            return []
        names = self._by_real_path.setdefault(real, [real, *self._other_names(real)])
        return [*names, path] if path not in names and self._lies_at(path, real) else names

    def _real_path(self, path: str) -> str | None:
        status = self._host.inspect(path) if path.startswith("/") else None
        return status.real_path if status else None

    def _other_names(self, path: str) -> list[str]:
        return [
            other + path.removeprefix(top) for top, other in self._merged if path.startswith(top)
        ]

    def _lies_at(self, path: str, real_path: str) -> bool:
        """Whether only directories of the path are links: `cc` is not the compiler it links to."""
        if basename(path) != basename(real_path):
            return False
        directory = self._real_path(dirname(path))
        return directory is not None and join(directory, basename(path)) == real_path


def _merged_directories(host: Host) -> list[tuple[str, str]]:
    """Return real directories with other names for them: ``("/usr/bin/", "/bin/")``."""
    found = ((name, host.inspect(name)) for name in _MERGED)
    return [
        (f"{status.real_path}/", f"{name}/")
        for name, status in found
        if status and status.real_path != name
    ]
