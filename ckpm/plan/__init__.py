"""Turn a resolution into a lock, and a lock into ordered steps."""

from ckpm.plan.conflicts import Refusals
from ckpm.plan.deciding import Deciding
from ckpm.plan.lockfile import locked_target, read_lock, write_lock
from ckpm.plan.locking import closures_of, kept_versions, lock_target
from ckpm.plan.moves import moves
from ckpm.plan.steps import Planner, make_plan

__all__ = [
    "Deciding",
    "Planner",
    "Refusals",
    "closures_of",
    "kept_versions",
    "lock_target",
    "locked_target",
    "make_plan",
    "moves",
    "read_lock",
    "write_lock",
]
