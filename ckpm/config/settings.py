"""Where ckpm keeps things, from the environment and the platform's custom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ckpm.errors import UsageError


@dataclass(frozen=True, slots=True)
class Settings:
    """Directories: ``store`` for what must last, ``cache`` for what can be made again."""

    store: Path
    cache: Path
    user: Path

    @property
    def detected(self) -> Path:
        """What detection remembers."""
        return self.cache / "detected"

    @property
    def platforms(self) -> Path:
        """A person's own descriptions of platforms."""
        return self.user / "platforms"

    @property
    def trusted(self) -> Path:
        """What a person has consented to."""
        return self.user / "trusted.json"

    @property
    def registered(self) -> Path:
        """The installations that a person registered."""
        return self.user / "registered.json"


def load_settings(environ: Mapping[str, str], *, store: Path | None = None) -> Settings:
    """Return the settings that the environment states: ``CKPM_STORE``, ``CKPM_CACHE``, XDG's."""
    home = Path(environ.get("HOME") or Path.home())
    return Settings(
        store=(store or _stated(environ, "CKPM_STORE") or _data(environ, home)).absolute(),
        cache=(_stated(environ, "CKPM_CACHE") or _cache(environ, home)).absolute(),
        user=(_stated(environ, "CKPM_CONFIG") or _config(environ, home)).absolute(),
    )


def _stated(environ: Mapping[str, str], name: str) -> Path | None:
    """Return the directory that a variable states; a relative one would be a stranger's to fill.

    Raises:
        UsageError: for a relative path in one of ckpm's own; XDG's rule is to ignore those.
    """
    path = Path(environ[name]).expanduser() if environ.get(name) else None
    if path is None or path.is_absolute():
        return path
    if name.startswith("XDG_"):
        return None
    raise UsageError(f"`{name}` is a relative path: `{path}`", hints=["state it from `/` on"])


def _data(environ: Mapping[str, str], home: Path) -> Path:
    return _custom(environ, "XDG_DATA_HOME", home / ".local/share", "user_data_path")


def _cache(environ: Mapping[str, str], home: Path) -> Path:
    return _custom(environ, "XDG_CACHE_HOME", home / ".cache", "user_cache_path")


def _config(environ: Mapping[str, str], home: Path) -> Path:
    return _custom(environ, "XDG_CONFIG_HOME", home / ".config", "user_config_path")


def _custom(environ: Mapping[str, str], variable: str, default: Path, elsewhere: str) -> Path:
    import sys

    if sys.platform in ("darwin", "win32"):
        import platformdirs

        path: Path = getattr(platformdirs, elsewhere)("ckpm", appauthor=False)
        return path
    # The XDG rules, spelt out: importing platformdirs costs as much as the whole of `activate`.
    return (_stated(environ, variable) or default) / "ckpm"
