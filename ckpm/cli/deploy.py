"""``ckpm deploy``, and what ``ckpm run --on`` shares with it."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ckpm.cli.columns import size
from ckpm.cli.context import Context, add_common
from ckpm.config.platforms import known_platforms
from ckpm.errors import NotFoundError, UsageError
from ckpm.model.platform import Platform
from ckpm.model.request import Environment, Place
from ckpm.model.workflow import Workflow
from ckpm.run.deploy import (
    Deployment,
    Difference,
    compare,
    deployment_of,
    push,
    remote_run,
    require_fit,
)
from ckpm.system.devices import Device, DeviceFacts, device_facts, open_device, read_address
from ckpm.workflow.execute import Outcome

EXAMPLES = {
    "deploy": "examples:\n  ckpm deploy object-detection --to ssh://pi@raspberrypi\n"
    "  ckpm deploy object-detection --to ssh://board:2222/opt/detection --dry-run\n"
    "  ckpm deploy --to adb:                 this project, to the only phone connected\n"
    "  ckpm deploy --to adb:emulator-5554 --target android-x86_64\n",
}


@dataclass(frozen=True)
class Visit:
    """An open device and what it told."""

    device: Device
    facts: DeviceFacts

    @property
    def platform(self) -> Platform:
        """The platform that the device is, with its facts."""
        return self.facts.platform(known_platforms())

    def root(self, place: Place) -> str:
        """Return the absolute path of an environment's deployment there."""
        path = self.device.place(place.key)
        return path if path.startswith("/") else f"{self.facts.told['home']}/{path}"


@contextmanager
def visit(context: Context, address: str) -> Iterator[Visit]:
    """Open a device and ask it what it is."""
    with open_device(read_address(address), context.session.environ) as device:
        yield Visit(device, device_facts(device))


def add_arguments(command: str, parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "environment",
        nargs="?",
        metavar="ENV",
        help="an installed environment (default: the project's, else yours)",
    )
    parser.add_argument(
        "--to",
        required=True,
        metavar="DEVICE",
        help="ssh://[user@]host[:port][/directory] or adb:[SERIAL]",
    )
    add_common(parser, "target", "dry-run", "json", "quiet", "store")


def run(command: str, options: argparse.Namespace, context: Context) -> int:
    """Deploy an installed environment."""
    place = context.session.place(options.environment)
    with visit(context, options.to) as there:
        target = _target(options, context, place, there)
        environment = context.session.environment(place, target.name)
        deployment, root = _deployment(context, there, environment, target), there.root(place)
        difference = compare(there.device, root, deployment)
        if not options.dry_run:
            _push(context, there, root, deployment, difference)
        _tell(context, there, root, deployment, difference)
        return context.finish(_document(there, root, deployment, difference))


def deployed(context: Context, there: Visit, place: Place, environment: Environment) -> str:
    """Make an environment's deployment on a device current, and return its directory there.

    Raises:
        DeviceError: when the device does not fit, goes away or refuses.
    """
    deployment, root = _deployment(context, there, environment, context.target), there.root(place)
    _push(context, there, root, deployment, compare(there.device, root, deployment))
    return root


def run_on_device(
    context: Context, there: Visit, root: str, asked: tuple[Workflow, Mapping[str, str], Path]
) -> Outcome:
    """Run a workflow, its parameters and its results' directory, in the deployment at ``root``.

    Raises:
        DeviceError: when the device goes away.
    """
    from ckpm.workflow.on_device import run_workflow_on_device

    workflow, parameters, output = asked
    with remote_run(there.device, root, context.session.reporter) as remote:
        return run_workflow_on_device(workflow, remote, parameters, output, talk=context.is_json)


def _target(options: argparse.Namespace, context: Context, place: Place, there: Visit) -> Platform:
    """Return the target that is asked for, else the installed one that fits the device."""
    if options.target:
        return context.target
    session, device = context.session, there.platform
    directory = session.store.environment(place.key)
    installed = [p.name for p in directory.iterdir() if p.is_dir()] if directory.is_dir() else []
    known = [session.target(name) for name in sorted(installed) if name in session.platforms]
    fitting = [p for p in known if (p.os, p.arch) == (device.os, device.arch)]
    if len(fitting) > 1:
        names = ", ".join(p.name for p in fitting)
        raise UsageError(
            f"several targets fit {there.facts.title}: {names}",
            hints=["choose one with `--target`"],
        )
    if not fitting:
        raise NotFoundError(
            f"`{place.name}` is not installed for {device.name}, which {there.facts.title} is",
            hints=[
                f"install it: `ckpm install --target {there.facts.target(session.platforms)}`",
                f"it is installed for: {', '.join(sorted(installed)) or 'nothing'}",
            ],
        )
    return fitting[0]


def _deployment(
    context: Context, there: Visit, environment: Environment, target: Platform
) -> Deployment:
    require_fit(there.facts.title, target, there.platform)
    deployment = deployment_of(environment)
    if deployment.left:
        context.say(f"variables with paths of this machine stay here: {', '.join(deployment.left)}")
    return deployment


def _push(
    context: Context, there: Visit, root: str, deployment: Deployment, difference: Difference
) -> None:
    if not difference.is_none:
        push(there.device, root, deployment, difference, context.session.reporter)


def _tell(
    context: Context, there: Visit, root: str, deployment: Deployment, difference: Difference
) -> None:
    title, name = there.facts.title, deployment.environment
    sent = f"{len(difference.missing)} files, {size(difference.bytes_to_send)}"
    if difference.is_none:
        context.say(f"{name} is already on {title}, in {root}")
    elif context.options.dry_run:
        context.say(f"{sent} would be sent to {title}, into {root}")
    else:
        context.say(f"{name} is on {title}, in {root} ({sent} sent)")
        context.say(f"there: cd {root} && . ./activate.sh")


def _document(
    there: Visit, root: str, deployment: Deployment, difference: Difference
) -> dict[str, object]:
    return {
        "device": there.facts.title,
        "directory": root,
        "environment": deployment.environment,
        "target": deployment.target,
        "facts": there.facts.rows(),
        "files": len(deployment.files),
        "files_sent": len(difference.missing),
        "bytes_sent": difference.bytes_to_send,
    }
