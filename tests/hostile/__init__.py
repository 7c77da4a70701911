"""Hostile tools, as data in tests/cases/hostile; shared by tests and benchmarks."""
