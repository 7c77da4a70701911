"""Requirements drawn at random: few packages and options, so that many are about the same."""

from __future__ import annotations

from hypothesis import strategies as st

from ckpm.model.ranges import Clause, VersionRange
from ckpm.model.requirement import Requirement

VERSIONS = ("2", "1.1.1w", "r27c", "2:1.2.3-4", "1+deb12u1", "3.0rc1", "12.2.0~a", "1!2", "4:")


def requirements() -> st.SearchStrategy[Requirement]:
    """Return what draws a requirement that people could write."""
    clauses = st.one_of(
        st.builds(Clause, st.sampled_from(["==", "!=", ">=", "<=", "<", ">"]), versions()),
        st.builds(Clause, st.sampled_from(["==", "!="]), versions(), st.just(value=True)),
        st.builds(Clause, st.just("~="), st.just("2.1")),
    )
    return st.builds(
        Requirement,
        st.sampled_from(["x", "x-y", "null"]),
        st.builds(VersionRange, st.lists(clauses, max_size=3).map(tuple)),
        st.dictionaries(st.sampled_from("ab"), st.sampled_from("123")).map(
            lambda options: tuple(sorted(options.items()))
        ),
    )


def versions() -> st.SearchStrategy[str]:
    """Return what draws a version of any of the odd kinds that machines report."""
    return st.sampled_from(VERSIONS)
