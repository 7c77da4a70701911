"""The field tables of finished packages: what they set, and what must be true of them."""

from __future__ import annotations

from typing import Any

from ckpm.model.environment import AppendPath, EnvChange, PrependPath, SetVar, UnsetVar
from ckpm.model.recipe import ALWAYS, EnvRule, ProductTest, When
from ckpm.recipe.toolchains import COMMAND, TEXT, WHEN
from ckpm.schema.fields import Each, Field, Record, Table, Text
from ckpm.schema.values import relative_path, variable_name

_VARIABLES = Table(TEXT)


def _env_rules(fields: dict[str, Any], _line: int) -> tuple[EnvRule, ...]:
    when = When(fields.get("when", ()))
    changes: list[EnvChange] = []
    for verb, change in (("set", SetVar), ("prepend", PrependPath), ("append", AppendPath)):
        changes += [change(variable_name(name), value) for name, value in fields.get(verb, ())]
    changes += [UnsetVar(variable_name(name)) for name in fields.get("unset", ())]
    return tuple(EnvRule(change, when) for change in changes)


ENV = Record(
    "env",
    {
        "set": Field(_VARIABLES, "variables to set; `{prefix}` is the package's directory"),
        "prepend": Field(_VARIABLES, "entries for the front of search paths"),
        "append": Field(_VARIABLES, "entries for the end of search paths"),
        "unset": Field(Each(TEXT), "variables to take away"),
        "when": Field(WHEN, "options or `platform` globs under which it holds"),
    },
    _env_rules,
)

TEST = Record(
    "test",
    {
        "files": Field(Each(Text(parse=relative_path)), "files that must exist in the result"),
        "command": Field(COMMAND, "an argument list that must succeed"),
        "prints": Field(TEXT, "a text that the command must print"),
        "when": Field(WHEN, "options or `platform` globs under which it holds"),
    },
    lambda fields, _: ProductTest(
        fields.get("files", ()),
        fields.get("command", ()),
        fields.get("prints"),
        When(fields.get("when", ())) if "when" in fields else ALWAYS,
    ),
)
