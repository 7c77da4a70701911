"""Run programs and shells in an environment: which program, with which variables."""

from ckpm.run.command import environment_for, find_program
from ckpm.run.subshell import subshell

__all__ = ["environment_for", "find_program", "subshell"]
