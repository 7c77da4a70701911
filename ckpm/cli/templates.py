"""What `ckpm recipe new` and `ckpm detector new` write to start from."""

from __future__ import annotations

RECIPES = {
    "pypi": """\
name: {name}
kind: library
summary: {name} from the Python index
license: ""            # an SPDX expression
version_scheme: pep440
sources:
  - from: pypi
    distribution: {name}
""",
    "archive": """\
name: {name}
kind: model            # library, tool, toolchain, dataset, model or program
summary: one line for people
license: ""            # an SPDX expression
sources:
  - from: archive
    versions: ["1.0"]
    urls: [https://example.org/{name}-1.0.tar.gz]
    size: 0
    sha256: "0000000000000000000000000000000000000000000000000000000000000000"
    strip: 1
""",
}

DETECTORS = {
    "program": """\
package: {name}
kind: tool             # the group that `ckpm detect` shows it in; `ckpm detector schema` lists them
executables: [{name}]
# One group, which matches the version. Match the package's own words: others have its name too.
version: {{args: [--version], pattern: '(?m)^{name} version (\\d\\S*)'}}
""",
    "library": """\
package: {name}
kind: library
libraries: [lib{name}]
headers: [{name}.h]    # with one of them it is usable for development
version: {{file: "{{libdir}}/pkgconfig/{name}.pc", pattern: '(?m)^Version:\\s*(\\S+)'}}
""",
    "distribution": """\
package: {name}
kind: data-science
distribution: {name}   # as the Python index calls it
""",
    "files": """\
package: {name}
kind: tool
roots: ["/opt/{name}*", "${{HOME}}/{name}"]
files: [VERSION]       # all of them, below a root
version: {{file: VERSION, pattern: '^(\\d\\S*)'}}
""",
}

TESTS = {
    "program": """\
# Say here where this was seen: which system, which version.
- machine:
    environ: {{PATH: /usr/bin}}
    files:
      /usr/bin/{name}: {{output: "{name} version 1.2.3\\n"}}
  found:
    - {{version: "1.2.3", prefix: /usr}}

# A program of the same name that is something else.
- machine:
    environ: {{PATH: /usr/bin}}
    files:
      /usr/bin/{name}: {{output: "another tool 9.9\\n"}}
  found: []
""",
    "library": """\
# With its header, and without.
- machine:
    files:
      /usr/lib/lib{name}.so: {{text: ""}}
      /usr/lib/pkgconfig/{name}.pc: {{text: "Version: 1.2.3\\n"}}
      /usr/include/{name}.h: {{text: ""}}
  found:
    - {{version: "1.2.3", prefix: /usr, abilities: [link, develop]}}

- machine:
    files:
      /usr/lib/pkgconfig/{name}.pc: {{text: "Version: 1.2.3\\n"}}
  found: []
""",
    "distribution": """\
- machine:
    environ: {{PATH: /usr/bin}}
    files:
      /usr/bin/python3: {{output: "Python 3.11.2\\n"}}
      /usr/lib/python3/dist-packages/{name}-1.2.3.dist-info/METADATA: {{text: ""}}
  found:
    - {{version: "1.2.3", prefix: /usr/lib/python3/dist-packages, python: /usr/bin/python3}}

- machine:
    environ: {{PATH: /usr/bin}}
    files:
      /usr/bin/python3: {{output: "Python 3.11.2\\n"}}
  found: []
""",
    "files": """\
- machine:
    files:
      /opt/{name}-1.2.3/VERSION: {{text: "1.2.3\\n"}}
  found:
    - {{version: "1.2.3", prefix: /opt/{name}-1.2.3}}

- machine:
    files:
      /opt/{name}-1.2.3/README: {{text: ""}}
  found: []
""",
}
