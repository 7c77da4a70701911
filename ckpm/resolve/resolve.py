"""The stage whole: compile, search, check, and answer or explain."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from ckpm.errors import CkpmError, DownloadError, NotFoundError
from ckpm.model.requirement import Requirement
from ckpm.model.resolution import (
    TARGET_SCOPE,
    Candidate,
    Choice,
    Nogood,
    Rejection,
    Resolution,
)
from ckpm.resolve.check import check
from ckpm.resolve.core import UndecidedError
from ckpm.resolve.explain import explain
from ckpm.resolve.offers import Offers, World
from ckpm.resolve.problem import Problem, compile_problem
from ckpm.resolve.search import search


def resolve(
    requirements: Sequence[Requirement], world: World, nogoods: Iterable[Nogood] = ()
) -> Resolution:
    """Return the preferred compatible set; deterministic, and nothing is read or written.

    ``nogoods`` are sets of (package, scope, version) known not to work together.

    Raises:
        UnsatisfiableError: with a minimal conflict.
        NotFoundError: for a required package that nothing knows.
    """
    offers = Offers(world)
    _check_known(requirements, offers)
    problem = compile_problem(requirements, offers, nogoods)
    try:
        answer = search(problem)
        if answer is None:
            raise _failure(problem, offers)
    except UndecidedError:
        raise CkpmError(
            "no answer within the search's budget: neither yes nor no",
            hints=["narrow the request, for example with exact versions"],
        ) from None
    check(problem, answer)
    return _resolution(requirements, world, problem, answer, offers.rejections)


def _failure(problem: Problem, offers: Offers) -> CkpmError:
    explanation = explain(problem, offers)
    if not offers.faults:
        return explanation
    # Without what the indexes know, nobody can say that it is impossible.
    return DownloadError(
        "no answer without the indexes that could not be read",
        tried=list(dict.fromkeys(offers.faults)),
        hints=[
            "check the network; what was fetched before works with `--offline`",
            *(f"otherwise: {line}" for line in explanation.lines[-1:]),
        ],
    )


def _check_known(requirements: Sequence[Requirement], offers: Offers) -> None:
    recipes = offers.world.recipes
    for requirement in requirements:
        name = requirement.package
        if recipes.recipe(name) or recipes.providers(name) or offers.of(name, TARGET_SCOPE):
            continue
        raise NotFoundError(f"no recipe or detector knows the package `{name}`")


def _resolution(
    requirements: Sequence[Requirement],
    world: World,
    problem: Problem,
    answer: Mapping[int, int],
    rejections: Sequence[Rejection],
) -> Resolution:
    real = {n: _real(problem, answer, n) for n in answer}
    wanted: dict[int, list[Requirement]] = {n: [] for n in answer}
    for edge in problem.roots:
        wanted[_settled(problem, answer, edge.node)].append(edge.requirement)
    choices = []
    for number in _breadth_first(problem, answer):
        if problem.nodes[number].is_choice:
            continue
        needs = []
        for edge in problem.nodes[number].edges[answer[number]]:
            settled = _settled(problem, answer, edge.node)
            wanted[settled].append(edge.requirement)
            needs.append((edge.requirement, real[settled]))
        choices.append((number, tuple(needs)))
    made = tuple(Choice(real[n], tuple(dict.fromkeys(wanted[n])), needs) for n, needs in choices)
    passed_over = [*rejections, *_passed_over(problem, answer)]
    return Resolution(tuple(requirements), world.target, made, tuple(passed_over))


def _breadth_first(problem: Problem, answer: Mapping[int, int]) -> list[int]:
    order = list(dict.fromkeys(edge.node for edge in problem.roots))
    for number in order:
        for edge in problem.nodes[number].edges[answer[number]]:
            if edge.node not in order:
                order.append(edge.node)
    return order


def _settled(problem: Problem, answer: Mapping[int, int], number: int) -> int:
    """Follow choices to the node of the real candidate."""
    while problem.nodes[number].is_choice:
        number = problem.nodes[number].edges[answer[number]][0].node
    return number


def _real(problem: Problem, answer: Mapping[int, int], number: int) -> Candidate:
    settled = _settled(problem, answer, number)
    return problem.nodes[settled].candidates[answer[settled]]


def _passed_over(problem: Problem, answer: Mapping[int, int]) -> Iterator[Rejection]:
    """Yield why each candidate that was preferred to the chosen one is out."""
    for number, position in answer.items():
        node = problem.nodes[number]
        for better in range(position):
            reason = _clash(problem, answer, number, better)
            yield Rejection(str(node.candidates[better]), node.candidates[better].package, reason)


def _clash(problem: Problem, answer: Mapping[int, int], number: int, position: int) -> str:
    if who := _refused_by(problem, answer, number, position):
        return who
    for edge in problem.nodes[number].edges[position]:
        if edge.node not in answer:
            if not edge.mask:
                return f"it needs `{edge.requirement}`, which nothing offers there"
        elif not edge.mask >> answer[edge.node] & 1:
            chosen = _real(problem, answer, edge.node)
            return f"it needs `{edge.requirement}`, but {chosen} is chosen"
    return "it led to no answer"


def _refused_by(
    problem: Problem, answer: Mapping[int, int], number: int, position: int
) -> str | None:
    """Say whose requirement a candidate does not meet."""
    for edge in problem.roots:
        if edge.node == number and not edge.mask >> position & 1:
            return f"{edge.requirement.origin or 'the request'} asks for `{edge.requirement}`"
    for other, chosen in answer.items():
        for edge in problem.nodes[other].edges[chosen]:
            if edge.node == number and not edge.mask >> position & 1:
                return f"`{problem.nodes[other].key.name}` needs `{edge.requirement}`"
    return None
