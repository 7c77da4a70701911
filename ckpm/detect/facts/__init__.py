"""What a machine is, as far as its files tell; hardly anything is run for it."""

from ckpm.detect.facts.machine import machine_facts

__all__ = ["machine_facts"]
