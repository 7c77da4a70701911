"""The stage whole: compile, search, check, and answer or explain."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ckpm.errors import CkpmError, DownloadError, NotFoundError, UndecidedError
from ckpm.model.requirement import Requirement, together
from ckpm.model.resolution import Choice, Nogood, Resolution
from ckpm.model.scopes import TARGET_SCOPE
from ckpm.resolve.answer import choices, passed_over
from ckpm.resolve.check import check
from ckpm.resolve.compile import compile_problem
from ckpm.resolve.core import Answer, SearchStoppedError
from ckpm.resolve.deadline import ShouldStop, within
from ckpm.resolve.explain import explain
from ckpm.resolve.offers import Offers
from ckpm.resolve.problem import Problem
from ckpm.resolve.search import search
from ckpm.resolve.supply import Supply
from ckpm.resolve.world import World


def resolve(
    requirements: Sequence[Requirement],
    world: World,
    nogoods: Iterable[Nogood] = (),
    *,
    timeout_s: float | None = None,
) -> Resolution:
    """Return the preferred compatible set; deterministic, and nothing is read or written.

    ``nogoods`` are sets of (package, scope, version) known not to work together.

    Raises:
        UnsatisfiableError: with a minimal conflict.
        NotFoundError: for a required package that nothing knows.
        UndecidedError: when the time is over, or the search's budget is spent.
    """
    should_stop = within(timeout_s)
    offers = Offers(world)
    _check_known(requirements, offers)
    problem = compile_problem(together(requirements, world.coexist), offers, nogoods=nogoods)
    answer = answered(problem, should_stop)
    if answer is None:
        raise _failure(problem, offers, should_stop)
    rejections = [*offers.rejections, *passed_over(problem, answer)]
    made = choices(problem, answer)
    return Resolution(tuple(requirements), world.target, made, tuple(rejections))


def answered_or_explained(
    problem: Problem, supply: Supply, should_stop: ShouldStop
) -> tuple[Choice, ...]:
    """Return the choices of the preferred answer.

    Raises:
        UnsatisfiableError: when there is none.
        UndecidedError: when the search ended without a yes or no.
    """
    answer = answered(problem, should_stop)
    if answer is None:
        raise explain(problem, supply, should_stop=should_stop)
    return choices(problem, answer)


def answered(problem: Problem, should_stop: ShouldStop) -> Answer | None:
    """Search, and check what was found.

    Raises:
        UndecidedError: when the search ended without a yes or no.
    """
    try:
        answer = search(problem, should_stop=should_stop)
    except SearchStoppedError as stopped:
        known = [str(problem.nodes[n].candidates[i]) for n, i in stopped.decided.items()]
        raise UndecidedError(known) from None
    if answer is not None:
        check(problem, answer)
    return answer


def _failure(problem: Problem, offers: Offers, should_stop: ShouldStop) -> CkpmError:
    explanation = explain(problem, offers, should_stop=should_stop)
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
        if recipes.recipe(name) or recipes.providers(name):
            continue
        if not offers.candidates(name, TARGET_SCOPE):
            raise NotFoundError(f"no recipe or detector knows the package `{name}`")
