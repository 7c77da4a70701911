"""The outside world: the only package that touches processes, files, HTTP and the environment.

Import the module you need (``ckpm.system.process``, ``ckpm.system.host`` …): nothing is imported
here, because start-up time is a feature.
"""
