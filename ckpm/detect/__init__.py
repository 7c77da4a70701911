"""Find what a machine already has, without walking its disks."""

from ckpm.detect.scan import detect

__all__ = ["detect"]
