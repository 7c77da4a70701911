"""Machines to deploy to: a board behind a real sshd, and a phone behind a double of adb."""
