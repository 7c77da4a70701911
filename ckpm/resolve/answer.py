"""From an answer by numbers to choices with their reasons, and what was passed over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ckpm.model.requirement import Requirement
from ckpm.model.resolution import Candidate, Choice, Rejection
from ckpm.resolve.core import Answer
from ckpm.resolve.problem import Edge, Problem


def choices(problem: Problem, answer: Answer) -> tuple[Choice, ...]:
    """Return the chosen candidates in order, each with who wants it and what it needs."""
    wanted: dict[int, list[Requirement]] = {node: [] for node in answer}
    for edge in problem.roots:
        if edge.requires:
            wanted[problem.settled(answer, edge.node)].append(edge.requirement)
    made = []
    for node in answer:
        if problem.nodes[node].is_choice:
            continue
        needs = []
        for edge in problem.edges(node, answer[node]):
            if edge.requires:
                settled = problem.settled(answer, edge.node)
                wanted[settled].append(edge.requirement)
                needs.append((edge.requirement, _chosen(problem, answer, edge.node)))
        made.append((node, tuple(needs)))
    return tuple(
        Choice(_chosen(problem, answer, node), _unique(wanted[node]), needs) for node, needs in made
    )


def passed_over(problem: Problem, answer: Answer) -> Iterator[Rejection]:
    """Yield why each candidate that was preferred to the chosen one is out."""
    asked = _asked(problem, answer)
    for number, position in answer.items():
        node = problem.nodes[number]
        for better in range(position):
            reason = _refused(asked.get(number, ()), better) or _clash(
                problem, answer, number, better
            )
            yield Rejection(str(node.candidates[better]), node.candidates[better].package, reason)


def _unique(requirements: list[Requirement]) -> tuple[Requirement, ...]:
    """Drop repetitions: the same requirement of the same asker."""
    return tuple({(r, r.origin): r for r in requirements}.values())


def _chosen(problem: Problem, answer: Answer, node: int) -> Candidate:
    settled = problem.settled(answer, node)
    return problem.nodes[settled].candidates[answer[settled]]


def _asked(problem: Problem, answer: Answer) -> dict[int, list[tuple[str, Edge]]]:
    """Return by node what is asked of it, and by whom."""
    asked: dict[int, list[tuple[str, Edge]]] = {}
    for edge in problem.roots:
        who = edge.requirement.origin or "the request"
        verb = "asks for" if edge.requires else "allows only"
        asked.setdefault(edge.node, []).append((f"{who} {verb}", edge))
    for node, position in answer.items():
        name = problem.nodes[node].key.name
        for edge in problem.edges(node, position):
            verb = "needs" if edge.requires else "conflicts with"
            asked.setdefault(edge.node, []).append((f"`{name}` {verb}", edge))
    return asked


def _refused(asked: Sequence[tuple[str, Edge]], position: int) -> str | None:
    """Say whose requirement a candidate does not meet."""
    for who, edge in asked:
        if not edge.mask >> position & 1:
            return f"{who} `{edge.requirement}`"
    return None


def _clash(problem: Problem, answer: Answer, node: int, position: int) -> str:
    """Say what a candidate asks for that is not so; a provider, whatever it stands in for."""
    if problem.nodes[node].is_choice:
        provider = problem.edges(node, position)[0]
        return _clash(problem, answer, provider.node, provider.mask.bit_length() - 1)
    for edge in problem.edges(node, position):
        if edge.node not in answer:
            if not edge.mask and edge.requires:
                return f"it needs `{edge.requirement}`, which nothing offers there"
        elif not edge.mask >> answer[edge.node] & 1:
            chosen = _chosen(problem, answer, edge.node)
            verb = "needs" if edge.requires else "conflicts with"
            return f"it {verb} `{edge.requirement}`, but {chosen} is chosen"
    return "it led to no answer"
