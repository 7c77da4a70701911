"""Carry out a plan: fetch, verify, unpack, convert, build, and put an environment together."""

from ckpm.install.execute import Installer
from ckpm.install.registries import Registries

__all__ = ["Installer", "Registries"]
