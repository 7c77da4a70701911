"""Takes down what a module file does, and refuses what the module systems disagree on."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from ckpm.detect.sites.effects import Effects, Load, NotUnderstoodError, Surroundings, Use
from ckpm.model.environment import AppendPath, EnvChange, PrependPath, SetVar, UnsetVar

MODULE_PATH = "MODULEPATH"
# The module systems disagree on what these do to a value or an entry.
_DISPUTED = frozenset("\r\n\t")
_QUOTES = frozenset("\"\\'")
_SPOILING = _DISPUTED | _QUOTES | {"~"}


class Recorder:
    """Takes down effects; the languages call it with plain texts.

    Lmod carries out the loads of a file in Tcl after it has read all of it, the others at once.
    """

    def __init__(self, surroundings: Surroundings, *, loads_at_once: bool = True) -> None:
        self.around = surroundings
        self.loads_at_once = loads_at_once
        self.effects = Effects()
        self._own: dict[str, str | None] = {}
        self._paths: set[str] = set()

    def variable(self, name: str) -> str | None:
        """Return what the file would see, its own changes included."""
        if name in self._paths:
            raise NotUnderstoodError(f"the search path `{name}` is read after it was changed")
        if name in self._own:
            value = self._own[name]
            if value is None:
                raise NotUnderstoodError(f"`{name}` is read after it was taken away")
            return value
        self.effects.read.add(name)
        return self.around.environ.get(name)

    def set(self, name: str, value: str) -> None:
        if value != value.strip() or not _DISPUTED.isdisjoint(value):
            raise NotUnderstoodError(f"`{name}` gets a value with space at its ends, or a new line")
        if ":~" in f":{value}":
            raise NotUnderstoodError(f"`{name}` gets a value with `~`")
        if name.startswith("LD_") and not _QUOTES.isdisjoint(value):
            raise NotUnderstoodError(f"`{name}` gets a value with quotes")
        self._change(SetVar(_checked(name), value))
        self._own[name] = value

    def unset(self, name: str) -> None:
        self._change(UnsetVar(_checked(name)))
        self._own[name] = None

    def prepend(self, name: str, value: str, delimiter: str = ":") -> None:
        for entry in reversed(_entries(name, value, delimiter)):
            self._extend(PrependPath(name, entry))

    def append(self, name: str, value: str, delimiter: str = ":") -> None:
        for entry in _entries(name, value, delimiter):
            self._extend(AppendPath(name, entry))

    def _extend(self, change: PrependPath | AppendPath) -> None:
        if change.name == MODULE_PATH:
            self._use(change)
            return
        if change.name in self._own:
            raise NotUnderstoodError(f"`{change.name}` is both set and extended")
        self._paths.add(change.name)
        self._change(change)

    def _use(self, change: PrependPath | AppendPath) -> None:
        if not change.value.startswith("/"):
            raise NotUnderstoodError(f"the relative directory `{change.value}` in `{MODULE_PATH}`")
        at_end = isinstance(change, AppendPath)
        self.effects.statements.append(Use(change.value, at_end))

    def _change(self, change: EnvChange) -> None:
        if change.name == MODULE_PATH or (
            change.name in self._paths and isinstance(change, SetVar | UnsetVar)
        ):
            raise NotUnderstoodError(f"the search path `{change.name}` is replaced")
        self.effects.statements.append(change)

    def load(self, names: Collection[str]) -> None:
        """Load all of these, in order."""
        self.effects.statements += [Load((name,), unless_loaded=False) for name in _modules(names)]

    def depend(self, names: Collection[str]) -> None:
        """Load those of these that are not loaded."""
        is_changed = not all(isinstance(each, Load) for each in self.effects.statements)
        if is_changed and not self.loads_at_once:
            raise NotUnderstoodError("a dependency that is declared after changes")
        self.effects.statements += [Load((name,)) for name in _modules(names)]

    def require(self, names: Collection[str]) -> None:
        """Demand that one of these is loaded before."""
        self.effects.before.append(Load(tuple(_modules(names))))

    def conflict(self, names: Collection[str]) -> None:
        self.effects.conflicts += _modules(names)

    def is_loaded(self, name: str) -> bool:
        loads = [each for each in self.effects.statements if isinstance(each, Load)]
        if _is_named(name, self.around.loaded) or _is_named(name, *_names(self.effects.before)):
            return True
        if not _is_named(name, *_names(loads)):
            self.effects.asked.append((name, len(loads)))
            return False
        if not self.loads_at_once:
            raise NotUnderstoodError(f"it asks for `{name}`, which it loads itself")
        return True

    def forget_question(self, asked: int, done: int) -> None:
        """Loading what is not loaded needs no answer: loading it once is the same."""
        questions = {name for name, _ in self.effects.asked[asked:]}
        statements = self.effects.statements[done:]
        if statements and all(
            isinstance(each, Load) and questions == set(each.names) for each in statements
        ):
            del self.effects.asked[asked:]
            guarded = [Load(each.names) for each in statements if isinstance(each, Load)]
            self.effects.statements[done:] = guarded

    @property
    def size(self) -> int:
        """How much was taken down so far."""
        kept = self.effects
        others = len(kept.before) + len(kept.conflicts) + len(kept.families)
        return len(kept.statements) + others


def _names(loads: Iterable[Load]) -> Iterator[Collection[str]]:
    return (load.names for load in loads)


def _is_named(name: str, *groups: Collection[str]) -> bool:
    return any(f"{each}/".startswith(f"{name}/") for group in groups for each in group)


def _modules(names: Collection[str]) -> list[str]:
    if not names:
        raise NotUnderstoodError("a call without the name of a module")
    return list(map(_module, names))


def _module(name: str) -> str:
    cleaned = name.strip().rstrip("/")
    if not cleaned or any(mark in cleaned for mark in " \t\n\\@<:"):
        raise NotUnderstoodError(f"`{name}` is no name of a module")
    return cleaned


def _checked(name: str) -> str:
    if not name.isidentifier():
        raise NotUnderstoodError(f"`{name}` is no name of a variable")
    return name


def _entries(name: str, value: str, delimiter: str) -> list[str]:
    _checked(name)
    if delimiter != ":":
        raise NotUnderstoodError(f"the entries of `{name}` are divided by `{delimiter}`")
    entries = [_regular(entry) for entry in value.split(":")]
    if not all(entry and entry == entry.strip() for entry in entries) or not _SPOILING.isdisjoint(
        value
    ):
        raise NotUnderstoodError(f"`{value}` is no entry of a search path")
    if len(set(entries)) < len(entries):
        raise NotUnderstoodError(f"`{value}` names an entry of `{name}` twice")
    return entries


def _regular(entry: str) -> str:
    """Module systems differ in slashes, which mean the same."""
    while "//" in entry:
        entry = entry.replace("//", "/")
    return entry.rstrip("/") or entry
