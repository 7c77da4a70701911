"""Carry out a plan: fetch, verify, unpack, convert, build, and put an environment together."""
