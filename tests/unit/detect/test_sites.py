"""Modules and site installations on described machines, and beside the real module systems."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from ckpm.detect.sites import site_packages
from ckpm.model.environment import (
    AppendPath,
    EnvChange,
    PrependPath,
    SetVar,
    UnsetVar,
    apply_changes,
)
from ckpm.model.platform import Platform
from ckpm.model.site import SitePackage
from ckpm.recipe.machines import MACHINE
from ckpm.schema.decode import decode
from ckpm.schema.documents import read_list
from ckpm.schema.fields import Each, Field, Record, Table, Text
from ckpm.system.described import DescribedHost
from ckpm.system.host import LocalHost

LINUX = Platform("linux-x86_64", "linux", "x86_64", "x86_64-linux-gnu")
CASES = sorted((Path(__file__).parents[2] / "cases" / "sites").glob("*.yaml"))
TEXTS = Each(Text())
PACKAGE = Record(
    "package",
    {
        "name": Field(Text(), "package and version", required=True),
        "manager": Field(Text(), "whose it is (default: not compared)"),
        "version": Field(Text(), "the version alone"),
        "prefix": Field(Text(), "its directory"),
        "directories": Field(TEXTS, "directories of programs"),
        "libraries": Field(TEXTS, "directories of libraries"),
        "includes": Field(TEXTS, "directories of headers"),
        "environment": Field(TEXTS, "`A=1`, `unset A`, `PATH^=/front`, `PATH+=/end`"),
        "needs": Field(TEXTS, "what is loaded before"),
    },
    lambda fields, _: fields,
)
CASE = Record(
    "case",
    {
        "machine": Field(MACHINE, "the machine", required=True),
        "packages": Field(Each(PACKAGE), "exactly those in order", required=True),
        "unread": Field(Table(Text()), "exactly the modules left out, and part of the reason"),
        "reports": Field(TEXTS, "parts of the warnings, all of them in order"),
    },
    lambda fields, _: fields,
)


def cases() -> list[Any]:
    return [
        pytest.param(case, id=f"{path.name}-{number}")
        for path in CASES
        for number, case in enumerate(decode(Each(CASE), read_list(path), path.name), 1)
    ]


def written(change: EnvChange) -> str:
    match change:
        case SetVar(name, value):
            return f"{name}={value}"
        case UnsetVar(name):
            return f"unset {name}"
        case PrependPath(name, value):
            return f"{name}^={value}"
        case AppendPath(name, value):
            return f"{name}+={value}"


def described(package: SitePackage, keys: Mapping[str, Any]) -> dict[str, Any]:
    facts = {
        "name": full_name(package),
        "manager": package.owner.manager,
        "version": package.owner.version,
        "prefix": package.prefix,
        "directories": package.directories,
        "libraries": package.libraries,
        "includes": package.includes,
        "environment": tuple(map(written, package.environment)),
        "needs": package.needs,
    }
    return {key: facts[key] for key in {"name": "", **keys}}


def full_name(package: SitePackage) -> str:
    return f"{package.owner.package}/{package.owner.version}".rstrip("/")


@pytest.mark.parametrize("case", cases())
def test_a_site_is_seen_as_its_files_say(case: Any) -> None:
    said: list[str] = []
    site = site_packages(DescribedHost(case["machine"], LINUX), said.append)
    expected = case["packages"]
    pairs = zip(site.packages, [*expected, *[{}] * len(site.packages)], strict=False)
    assert [described(each, keys) for each, keys in pairs] == list(expected)
    unread = dict(case.get("unread") or {})
    assert {each.name for each in site.unread} == set(unread), site.unread
    assert all(unread[each.name] in each.reason for each in site.unread), site.unread
    reports = case.get("reports") or ()
    assert len(said) == len(reports), said
    assert all(part in text for part, text in zip(reports, said, strict=True)), said


def test_an_endless_tree_ends(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "1.lua").write_text('setenv("A", "1")\n')
    (tmp_path / "a" / "again").symlink_to(tmp_path)
    site = look(tmp_path)
    assert "a/1" in map(full_name, site.packages)
    assert len(site.packages) < 10


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("1.lua", "x = " + "(" * 20_000 + "1" + ")" * 20_000),
        ("1.lua", "x = " + "not " * 20_000 + "1"),
        ("1.lua", "if true then " * 9000 + "end " * 9000),
        ("1.lua", "--[[" * 60_000),
        ("1.lua", "[[" * 120_000),
        ("1", "#%Module\nset x " + "[" * 20_000),
        ("1", "#%Module\nif 1 {" + "if 1 {" * 9000 + "}" * 9001),
        ("1", "#%Module\nif {" + "(" * 20_000 + "1} {}"),
        ("1", "#%Module\nsetenv A " + "{" * 20_000),
        ("1.lua", "\0" * 20_000),
        ("1.lua", "-- " + "x" * (1 << 18)),
    ],
)
def test_a_hostile_file_is_left_out_soon(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / name).write_text(text)
    site = look(tmp_path)
    assert [each.name for each in site.unread] == ["a/1"]


# The real systems, where they are installed: what `load` does there must be what we say.
LMOD = next((p for p in (os.environ.get("LMOD_CMD"), "/usr/share/lmod/lmod/libexec/lmod") if p), "")
MODULES = next(
    (
        path
        for path in (
            os.environ.get("CKPM_TEST_MODULECMD", ""),
            "/usr/lib/x86_64-linux-gnu/modulecmd.tcl",
            "/usr/share/Modules/libexec/modulecmd.tcl",
            "/usr/libexec/modulecmd.tcl",
        )
        if path and Path(path).is_file()
    ),
    "",
)
COMMANDS = {"lmod": [LMOD], "modules": ["tclsh", MODULES]}
MARKS = {"lmod": {"LMOD_CMD": LMOD}, "modules": {"MODULES_CMD": MODULES}}
BOOKKEEPING = ("LMOD_", "MODULES_", "_", "LOADEDMODULES", "MODULEPATH", "SHLVL", "PWD", "OLDPWD")
BASE = {"PATH": "/usr/bin:/bin", "HOME": "/home/ada", "LANG": "C.UTF-8"}
SYSTEMS = [
    pytest.param(
        "lmod",
        marks=pytest.mark.skipif(not Path(LMOD).is_file(), reason="Lmod is not installed"),
    ),
    pytest.param(
        "modules",
        marks=pytest.mark.skipif(
            not (MODULES and shutil.which("tclsh")), reason="Environment Modules is not installed"
        ),
    ),
]


def look(tree: Path, marks: Mapping[str, str] | None = None) -> Any:
    environ = {**BASE, "MODULEPATH": str(tree), **(marks or {})}
    return site_packages(LocalHost(environ, LINUX), lambda _: None)


def loaded(system: str, tree: Path, names: Sequence[str]) -> dict[str, str] | None:
    """Return the variables after the system has loaded these, or nothing when it has not."""
    script = 'out="$("$@")" || exit 9; eval "$out"; /usr/bin/env -0'
    done = subprocess.run(
        [
            "bash",
            "--norc",
            "--noprofile",
            "-c",
            script,
            "x",
            *COMMANDS[system],
            "bash",
            "load",
            *names,
        ],
        env={**BASE, "MODULEPATH": str(tree)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode or "rror" in done.stderr:
        return None
    return shown(dict(line.split("=", 1) for line in done.stdout.split("\0") if line))


def shown(environ: Mapping[str, str]) -> dict[str, str]:
    """Leave out what the systems note for themselves, and slashes that mean nothing."""
    kept = {k: v for k, v in environ.items() if not k.startswith(BOOKKEEPING)}
    return {
        name: ":".join(part.replace("//", "/").rstrip("/") for part in value.split(":"))
        for name, value in kept.items()
    }


def disagreements(system: str, tree: Path) -> list[str]:
    site = look(tree, MARKS[system])
    assert len(site.packages) > 20, site.unread
    told = []
    for package in site.packages:
        ours = shown(apply_changes(package.environment, BASE))
        name = full_name(package)
        ways = [[name], *([need, name] for need in package.needs)]
        theirs = [loaded(system, tree, way) for way in ways]
        if ours not in theirs:
            told.append(f"{name}: {ours} is none of {theirs}\n{Path(package.origin).read_text()}")
    return told


TCL_WORDS = r"""
a|"b c"|$root|${root}|"\$x"|{x\ty}|[file join $root bin]|"[file dirname $root/x]"|{;}|"#"|x#y|a\ b
|"\\"|"\""|$env(HOME)|"$ver'"|//d/|[module-info name]|${ver}b|"a;b"|{a {b c} d}|%|"~"|"`x`"|"&"|"*"
|"<"|!|a:b|$nope|"[set ver]"|\{|{a\}b}|""|{}|"a"b|{*}$root|$|"a\n"|[string equal a b]"""
TCL_CONDITIONS = """
[module-info mode load]|![is-loaded a]|[info exists env(HOME)]|[info exists env(NOPE)]|$ver == 1
|{$ver} eq {1.0}|$ver == "1.0"|$ver eq "1.0" && "x" ne "y"|!([module-info mode remove])|0 ^ 1|load
|[file isdirectory /nope]|1 && ($ver eq "2" && 1)"""
LUA_WORDS = r"""
"a"|'b c'|[[c]]|[==[d]]e]==]|"q\"r"|'it\'s'|"$HOME"|"`x`"|"a\\b"|root|root .. "/lib"|"\65"|ver
|pathJoin(root, "bin")|pathJoin("/a/", "/b")|os.getenv("HOME")|os.getenv("NOPE") or "d"|1|1.5|nil
|myModuleName()|myModuleVersion()|myModuleFullName()|("a" .. ver)|"a:b"|"/x//y/"|""|" s "|true
|string.format("%s", "x")|ver == "1.0" and "yes" or "no"|"a--b"|"~/x"|"a;b"|not nil|tostring(1)"""
LUA_CONDITIONS = """
mode() == "load"|not isloaded("a")|os.getenv("HOME")|os.getenv("NOPE")|ver == "1.0"|ver < "2"
|isDir("/nope")|nope|1 == 1|"1" == 1|not ( isloaded("a/1.0") )|true and (nil or ver)
|convertToCanonical(LmodVersion()) >= convertToCanonical("8")"""


def choices(text: str) -> list[str]:
    return [part.strip("\n") for part in text.split("|")]


class Files:
    """Random module files, with much of what breaks readers."""

    def __init__(self, seed: int, language: str) -> None:
        self.random = random.Random(seed)  # noqa: S311 - no secret
        self.is_lua = language == "lua"
        self.words = choices(LUA_WORDS if self.is_lua else TCL_WORDS)
        self.conditions = choices(LUA_CONDITIONS if self.is_lua else TCL_CONDITIONS)

    def file(self) -> str:
        lua = 'local root = "/opt/app"\nlocal ver = "1.0"\n'
        head = lua if self.is_lua else "#%Module1.0\nset root /opt/app\nset ver 1.0\n"
        return head + "".join(self.statement() + "\n" for _ in range(self.random.randint(1, 4)))

    def statement(self, depth: int = 0) -> str:
        kind = self.random.choice(
            ["set", "set", "path", "path", "push", "unset", "load", "if", "end"]
        )
        if kind == "if" and depth < 2:
            return self.branch(depth)
        if kind == "load":
            return self.call(self.random.choice(["load", "depends_on"]), self.name(["a/1.0", "b"]))
        if kind == "unset":
            return self.call("unsetenv", self.name(["V1", "V2"]))
        if kind == "path":
            place = self.random.choice(["prepend_path", "append_path"])
            return self.call(place, self.name(["PATH", "CPATH", "V3"]), self.word())
        text = self.call(
            {"push": "pushenv"}.get(kind, "setenv"), self.name(["V1", "V2"]), self.word()
        )
        comment = self.random.choice(
            [" -- c", ";", "\n--[[ c\nd ]]"] if self.is_lua else [" ;# {", ";"]
        )
        return text + comment if kind == "end" else text

    def call(self, name: str, *words: str) -> str:
        if self.is_lua:
            return f"{name}({', '.join(words)})"
        return " ".join([name.replace("_", "-").replace("load", "module load"), *words])

    def name(self, names: Sequence[str]) -> str:
        name = self.random.choice(names)
        return f'"{name}"' if self.is_lua else name

    def word(self) -> str:
        return self.random.choice(self.words)

    def branch(self, depth: int) -> str:
        condition = self.random.choice(self.conditions)
        body, other = self.statement(depth + 1), self.statement(depth + 1)
        if self.is_lua:
            return f"if {condition} then\n  {body}\nelse\n  {other}\nend"
        return f"if {{ {condition} }} {{\n  {body}\n}} else {{\n  {other}\n}}"


def random_tree(tree: Path, language: str, *, count: int, seed: int) -> None:
    files = Files(seed, language)
    for name in ("a", "b"):
        (tree / name).mkdir(parents=True)
        text = f"#%Module\nsetenv {name.upper()} 1\nprepend-path PATH /opt/{name}/bin\n"
        (tree / name / "1.0").write_text(text)
    (tree / "app").mkdir()
    for number in range(count):
        suffix = ".lua" if files.is_lua else ""
        (tree / "app" / f"{number}{suffix}").write_text(files.file())


@pytest.mark.parametrize("system", SYSTEMS)
def test_random_tcl_does_what_the_module_system_does(system: str, tmp_path: Path) -> None:
    random_tree(tmp_path, "tcl", count=60, seed=20)
    assert not disagreements(system, tmp_path)


@pytest.mark.parametrize("system", SYSTEMS[:1])
def test_random_lua_does_what_lmod_does(system: str, tmp_path: Path) -> None:
    random_tree(tmp_path, "lua", count=60, seed=21)
    assert not disagreements(system, tmp_path)


def write_tree(tree: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        path = tree / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace("TREE", str(tree)))


HIERARCHY = {
    "core/gcc/12": "#%Module\nfamily compiler\nprepend-path MODULEPATH TREE/gcc\nsetenv CC gcc\n",
    "core/ssl/3": "#%Module\nmodule load zlib/1\nprepend-path PATH /o/ssl\n",
    "core/zlib/1": "#%Module\nsetenv ZLIB core\nprepend-path PATH /o/core-zlib\n",
    "gcc/zlib/1": "#%Module\nsetenv ZLIB gcc\nprepend-path PATH /o/gcc-zlib\n",
    "gcc/mpi/4": "#%Module\nmodule use TREE/mpi\nprepend-path PATH /o/mpi\nsetenv MPICC $env(CC)\n",
    "gcc/app/1": "#%Module\nif {![is-loaded ssl]} { module load ssl }\nprepend-path PATH /o/app\n",
    "mpi/hdf5/1.9": "#%Module\nprereq mpi/4\nprepend-path PATH /o/hdf5-9\n",
    "mpi/hdf5/1.10": "#%Module\nprereq mpi/4\nprepend-path PATH /o/hdf5-10\n",
    "mpi/nc/1": "#%Module\nmodule load hdf5\nprepend-path PATH /o/nc\n",
}


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_hierarchy_does_what_the_module_system_does(
    system: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_tree(tmp_path, HIERARCHY)
    site = look(tmp_path / "core", MARKS[system])
    assert not site.unread
    for package in site.packages:
        levels = {"gcc": ["gcc/12"], "mpi": ["gcc/12", "mpi/4"]}
        above = levels.get(Path(package.origin).parents[1].name, [])
        theirs = loaded(system, tmp_path / "core", [*above, full_name(package)])
        assert shown(apply_changes(package.environment, BASE)) == theirs, package
