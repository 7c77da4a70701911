"""Take an installed environment to another machine, and run programs in it there."""

from ckpm.run.deploy.contents import Deployment, deployment_of
from ckpm.run.deploy.fitting import require_fit
from ckpm.run.deploy.pushing import Difference, compare, push
from ckpm.run.deploy.running import RemoteRun, remote_run

__all__ = [
    "Deployment",
    "Difference",
    "RemoteRun",
    "compare",
    "deployment_of",
    "push",
    "remote_run",
    "require_fit",
]
