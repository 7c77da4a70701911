"""Errors that end the program with one line instead of a traceback."""

from __future__ import annotations


class DetectError(Exception):
    """The run cannot go on; the message is one clause for a person."""

    exit_code = 1


class InputError(DetectError):
    """What was asked for cannot be done: a file, a folder or an option is wrong."""

    exit_code = 2
