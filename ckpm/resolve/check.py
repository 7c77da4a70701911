"""Check an answer against every requirement, whoever found it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ckpm.resolve.problem import Edge, Edges, Problem


def check(problem: Problem, answer: Mapping[int, int]) -> None:
    """Make sure that an answer is one.

    Raises:
        AssertionError: naming what is not met; this is a bug of ckpm.
    """
    for fault in faults(problem, answer):
        raise AssertionError(fault)


def faults(problem: Problem, answer: Mapping[int, int]) -> Iterator[str]:
    """Yield what an answer, as node to candidate, does not meet."""
    yield from _unmet(problem.roots, answer)
    for node, position in answer.items():
        yield from _unmet(problem.edges(node, position), answer)
    for nogood in problem.nogoods:
        if all(node in answer and mask >> answer[node] & 1 for node, mask in nogood):
            yield f"the answer repeats a known conflict: {nogood}"


def _unmet(edges: Edges, answer: Mapping[int, int]) -> Iterator[str]:
    for edge in edges:
        if not _is_met(edge, answer.get(edge.node)):
            yield f"the answer does not meet `{edge.requirement}`"


def _is_met(edge: Edge, position: int | None) -> bool:
    if position is None:
        return not edge.requires
    return bool(edge.mask >> position & 1)
