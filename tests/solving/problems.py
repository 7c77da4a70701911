"""Small random problem documents, biased to what breaks solvers.

Most faults of solvers show in graphs of a few packages with cycles, unmeetable ranges and features
that meet; each feature is switched on for a whole problem, so that many problems stay plain.
"""

from __future__ import annotations

from random import Random
from typing import Any

NAMES = "abcdefgh"
VERSIONS = ("1", "2", "3", "4")
RANGES = ("",) * 4 + (
    ">=2",
    ">=3",
    "<2",
    "<3",
    "<=3",
    "==1",
    "==2",
    "==3",
    "!=2",
    ">=2,<4",
    ">1,<3",
)
EMPTY_RANGES = (">=5", "<1", "==1,==2")
PRERELEASE_RANGES = ("<2rc1", ">=3rc1", "==2rc1", "<=3rc1", "!=2rc1")
OPTIONS = {"x": ["a", "b"], "y": ["c", "d", "e"]}
CHOICES = ("x=a", "x=b", "y=c", "y=d", "x=b,y=c", "x=a,y=e")

# How often each is switched on in the problems that are not plain.
FEATURES = {
    "coexist": 0.2,
    "conflicts": 0.3,
    "constraints": 0.2,
    "empty": 0.15,
    "excluded": 0.2,
    "given": 0.08,
    "locked": 0.2,
    "missing": 0.15,
    "options": 0.3,
    "prefer": 0.2,
    "prereleases": 0.2,
    "provides": 0.3,
    "shared": 0.2,
    "tools": 0.15,
}
PLAIN = 0.3


def random_problem(random: Random, *, size: int = 7) -> dict[str, Any]:
    """Return a problem of at most that many packages, with some of the features."""
    features: set[str] = set()
    if random.random() > PLAIN:
        features = {name for name, often in FEATURES.items() if random.random() < often}
    return _Problem(random, features, size).document()


def random_plain(random: Random, *, size: int = 7) -> dict[str, Any]:
    """Return a problem of nothing but needs."""
    return _Problem(random, set(), size).document()


class _Problem:
    """One problem while it is made up."""

    def __init__(self, random: Random, features: set[str], size: int) -> None:
        self.random = random.random
        self.features = features
        self.names = NAMES[: 2 + int(random.random() * (size - 1))]
        self.density = 0.8 + 2.2 * random.random()
        self.targets = [*self.names, *("vw" if "provides" in features else "")]
        self.targets += ["none"] if "missing" in features else []
        self.ranges = list(RANGES)
        if "empty" in features and "given" not in features:
            self.ranges += EMPTY_RANGES
        if "prereleases" in features and "given" not in features:
            self.ranges += PRERELEASE_RANGES
        self.optional = {name for name in self.names if self._feature("options", 0.5)}
        self.optional |= {name for name in self.names if self._feature("coexist", 0.4)}

    def document(self) -> dict[str, Any]:
        document: dict[str, Any] = {"format": "ckpm-problem/1"}
        if "given" in self.features:
            document["scheme"] = "given"
        packages = {name: self._package(name) for name in self.names}
        document["packages"] = packages
        document["requires"] = [self._requirement() for _ in range(1 + int(self.random() * 2.5))]
        if "constraints" in self.features:
            document["constraints"] = [self._requirement() for _ in range(1 + self._index(2))]
        if "excluded" in self.features:
            document["excluded"] = {self._name(): {self._version(): "broken"}}
        if "locked" in self.features:
            document["locked"] = {self._name(): self._version() for _ in range(1 + self._index(3))}
        if self._feature("prefer", 0.3):
            document["prefer"] = "lowest"
        return document

    def _package(self, name: str) -> dict[str, Any]:
        package: dict[str, Any] = {}
        if name in self.optional:
            package["options"] = OPTIONS if self.random() < 0.4 else {"x": ["a", "b"]}
            if "coexist" in self.features:
                package["coexist"] = ["x"] if self.random() < 0.8 else list(package["options"])
        if self._feature("prefer", 0.3):
            package["prefer"] = self._pick(("lowest", "newest", [self._version()]))
        if self._feature("shared", 0.4):
            self._add_fields(package, name, 0.4)
        for version in self._versions():
            fields = package[version] = {}
            self._add_fields(fields, name, self.density)
            if name in self.optional and self.random() < 0.2:
                fields["options"] = {"x": [self._pick("ab")]}
        return package

    def _versions(self) -> list[str]:
        """Return some versions, under `given` all of them, as ranges name them."""
        if "given" in self.features:
            return sorted(VERSIONS, key=lambda _: self.random())
        count = 1 + self._index(4)
        start = self._index(5 - count)
        versions = list(VERSIONS[start : start + count])
        if self._feature("prereleases", 0.6):
            index = self._index(count)
            versions[index] += "rc1"
            versions += [versions[index][0]] if self.random() < 0.3 else []
        return versions

    def _add_fields(self, fields: dict[str, Any], name: str, density: float) -> None:
        needs = [self._need(name) for _ in range(int(self.random() * (density + 1)))]
        if needs:
            fields["needs"] = needs
        if self._feature("provides", 0.3):
            fields["provides"] = [self._provided()]
        if self._feature("conflicts", 0.25):
            fields["conflicts"] = [self._requirement()]
        if self._feature("tools", 0.25):
            # Mostly of one direction, or most problems would need tools without end.
            later = self.names[self.names.index(name) + 1 :]
            if later or self.random() < 0.2:
                fields["tools"] = [self._requirement(later if self.random() < 0.9 else "")]

    def _need(self, name: str) -> str | dict[str, Any]:
        need = self._requirement()
        if name not in self.optional or self.random() > 0.4:
            return need
        return {"need": need, "when": {"x": self._pick("ab")}}

    def _provided(self) -> str:
        # Standing in for a real package, and for itself, is where readings differ.
        name = self._pick("vw") if self.random() < 0.7 else self._name()
        return name if self.random() < 0.5 else f"{name}=={self._version()}"

    def _requirement(self, among: str = "") -> str:
        name = self._pick(among or self.targets)
        options = ""
        if self.optional and self.random() < 0.25:
            options = f":{self._pick(CHOICES)}"
        return f"{name}{options}{self._pick(self.ranges)}"

    def _name(self) -> str:
        return str(self._pick(self.names))

    def _version(self) -> str:
        return str(self._pick(VERSIONS))

    def _feature(self, name: str, often: float) -> bool:
        return name in self.features and self.random() < often

    def _index(self, count: int) -> int:
        return int(self.random() * count)

    def _pick(self, items: Any) -> Any:
        return items[int(self.random() * len(items))]
