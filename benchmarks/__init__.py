"""Numbers that anyone can measure again. Each module is a command: ``python -m benchmarks.NAME --help``."""
