"""Strict documents: text and nodes with lines, field tables, and the checks of single values.

Whatever is read from a file, a lock, a server or a device goes through a value check of this room.
"""
