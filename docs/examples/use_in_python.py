"""Ask what a machine has and what would be chosen, without installing anything."""

from __future__ import annotations

from ckpm import CkpmError, Session

session = Session()

for installation in session.detect(["python", "cmake"]):
    print(installation.package, installation.version, installation.executable)

for target in (None, "android-arm64"):
    resolution = session.resolve(["tensorflow", "model-ssd-mobilenet"], target=target)
    print(resolution.target)
    for candidate in resolution:
        print("  ", candidate, "from", candidate.origin)

try:
    session.resolve(["tensorflow"], target="plan9")
except CkpmError as error:
    print(error.exit_code, error.message, error.hints)
