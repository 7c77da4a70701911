"""Whether modules can be loaded together, with the effects that each has alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ckpm.detect.sites.effects import NotUnderstoodError

if TYPE_CHECKING:
    from ckpm.detect.sites.loading import Loading
    from ckpm.detect.sites.steps import Segment


def check_harmony(loading: Loading, *, reloads: bool) -> None:
    """Refuse what cannot be loaded together; ``reloads`` is for a system that loads things anew.

    Raises:
        NotUnderstoodError: with the two that do not go together.
    """
    members = list(loading.members.values())
    _check_versions(members)
    delicate = [each for each in members if each.is_delicate]
    for member in delicate:
        _check_conflicts(member, members)
        _check_circumstances(member, loading)
    _check_families(delicate)
    if reloads and any(again for member in delicate for _, again in member.loaded):
        _check_reloads(members, loading)


def _check_versions(members: Sequence[Loading]) -> None:
    chosen = {each.module.package: each for each in members}
    for each in members if len(chosen) < len(members) else ():
        other = chosen[each.module.package]
        if other is not each:
            pair = f"`{each.module.name}` and `{other.module.name}`"
            raise NotUnderstoodError(f"it needs both {pair} ({other.module.file})")


def _check_conflicts(member: Loading, members: Sequence[Loading]) -> None:
    for name in member.steps.effects.conflicts:
        for other in members:
            if other is not member and other.module.answers_to(name):
                pair = f"`{member.module.name}` refuses to go with `{other.module.name}`"
                raise NotUnderstoodError(pair)


def _check_families(members: Sequence[Loading]) -> None:
    families: dict[str, str] = {}
    for member in members:
        for family in member.steps.effects.families:
            rival = families.setdefault(family, member.module.name)
            if rival != member.module.name:
                raise NotUnderstoodError(f"both `{rival}` and `{member.module.name}` are {family}")


def _check_circumstances(member: Loading, loading: Loading) -> None:
    """A module was read as if only what adds its directory were loaded."""
    if not member.steps.effects.read and not member.steps.effects.asked:
        return
    foreign = list(_foreign(member, loading))
    changed = {change.name for segment in foreign for change in segment.changes}
    changed |= _leaking(member, loading)
    for name in sorted(changed & member.steps.effects.read):
        raise NotUnderstoodError(f"`{member.module.name}` depends on `{name}`, which others change")
    for name, _ in member.steps.effects.asked:
        if any(segment.module.answers_to(name) for segment in foreign):
            raise NotUnderstoodError(f"`{member.module.name}` asks whether `{name}` is loaded")


def _foreign(member: Loading, loading: Loading) -> Iterator[Segment]:
    """Yield what others do before a module ends, apart from what adds its directory."""
    expected = member.adder.segments if member.adder else {}
    own = [segment for segment in loading.segments if segment.module is member.module]
    for segment in loading.segments:
        if segment is own[-1]:
            return
        if segment.module is not member.module and segment not in expected:
            yield segment


def _leaking(member: Loading, loading: Loading) -> set[str]:
    """Lmod sets the variables of a file in Tcl before it carries out its loads."""
    parents = {
        parent.module
        for parent in loading.members.values()
        if not parent.module.is_lua
        and member.module.file in parent.members
        and member is not parent
        and not (parent.adder and member.module.file in parent.adder.members)
    }
    segments = [segment for segment in loading.segments if segment.module in parents]
    return {change.name for segment in segments for change in segment.changes}


def _check_reloads(members: Sequence[Loading], loading: Loading) -> None:
    """What is loaded twice is taken out and put in again, in front of what came between."""
    times = Counter(target for member in members for target, _ in member.loaded)
    adder = loading.adder
    while adder is not None:
        times[adder.module.file] += 1
        adder = adder.adder
    for member in members:
        for target, again in member.loaded:
            if again and times[target] > 1:
                name = loading.members[target].module.name
                raise NotUnderstoodError(f"`{member.module.name}` loads `{name}` once more")
