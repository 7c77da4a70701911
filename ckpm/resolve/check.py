"""Check an answer against every requirement, whoever found it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ckpm.resolve.problem import Edge, Problem


def check(problem: Problem, answer: Mapping[int, int]) -> None:
    """Make sure that an answer is one.

    Raises:
        AssertionError: naming the requirement that is not met; this is a bug of ckpm.
    """
    _check_edges(problem.roots, answer)
    for number, position in answer.items():
        _check_edges(problem.nodes[number].edges[position], answer)
    for nogood in problem.nogoods:
        if all(n in answer and mask >> answer[n] & 1 for n, mask in nogood):
            raise AssertionError(f"the answer repeats a known conflict: {nogood}")


def _check_edges(edges: Iterable[Edge], answer: Mapping[int, int]) -> None:
    for edge in edges:
        position = answer.get(edge.node)
        if position is None or not edge.mask >> position & 1:
            raise AssertionError(f"the answer does not meet `{edge.requirement}`")
