"""The field tables of what compiles and of what is compiled against."""

from __future__ import annotations

from ckpm.model.recipe import When
from ckpm.model.toolchain import PROGRAMS, LibraryExport, ToolchainRule
from ckpm.schema.fields import Each, Field, Record, Table, Text
from ckpm.schema.values import plain_path, plain_word, shown

TEXT = Text()
SHOWN = Text(parse=shown)
WHEN = Table(Each(TEXT, lone=True))
COMMAND = Each(TEXT)

TOOLCHAIN_RULE = Record(
    "toolchain",
    {
        "when": Field(WHEN, "`target` globs it compiles for; `native` is this machine's platform"),
        **{name: Field(COMMAND, f"the command for {name}") for name in PROGRAMS},
        "flags": Field(COMMAND, "arguments of every compilation and link"),
        "link": Field(COMMAND, "arguments of links alone"),
        "libc": Field(
            Text(choices=("own", "system")), "whether it has the target's C library (default: own)"
        ),
        "finds": Field(COMMAND, "files of the target that an installed one must find by itself"),
        "cmake": Field(Table(TEXT), "CMake's variables; `include` is a toolchain file it ships"),
        "environ": Field(Table(TEXT), "variables that its programs need"),
    },
    lambda fields, _: ToolchainRule(
        When(fields.get("when", ())),
        tuple((name, fields[name]) for name in PROGRAMS if name in fields),
        fields.get("flags", ()),
        fields.get("link", ()),
        libc=fields.get("libc", "own"),
        finds=fields.get("finds", ()),
        cmake=fields.get("cmake", ()),
        environ=fields.get("environ", ()),
    ),
)

LIBRARY = Record(
    "library",
    {
        "libraries": Field(Each(Text(parse=plain_word)), "the names behind `-l`", required=True),
        "cmake": Field(
            Text(parse=plain_word), "its name for `find_package`; the target is `NAME::NAME`"
        ),
        "pkg_config": Field(Text(parse=plain_word), "its name for pkg-config"),
        "include": Field(Text(parse=plain_path), "where its headers are (default: include)"),
        "when": Field(WHEN, "options or `platform` globs under which it holds"),
    },
    lambda fields, _: LibraryExport(
        fields["libraries"],
        fields.get("cmake"),
        fields.get("pkg_config"),
        fields.get("include", "include"),
        When(fields.get("when", ())),
    ),
)
