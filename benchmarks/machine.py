"""What a measurement was made on, in one line."""

from __future__ import annotations

import datetime as dt
import os
import platform
from importlib.metadata import version
from pathlib import Path


def machine() -> str:
    """Processor, cores, Python, main packages, day."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        processor = next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        processor = platform.processor() or platform.machine()
    packages = ", ".join(f"{name} {version(name)}" for name in ("onnxruntime", "torch", "faiss-cpu"))
    return f"{processor}, {os.cpu_count()} cores; Python {platform.python_version()}, {packages}; {dt.date.today().isoformat()}"


def resident_mb() -> tuple[float, float]:
    """Memory of this process in MB: resident, and the part of it that is its own and not a mapped file (Linux; else zeros)."""
    try:
        fields = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines() if ":" in line)
    except OSError:
        return 0.0, 0.0
    return tuple(int(fields[name].split()[0]) / 1024 for name in ("VmRSS", "RssAnon"))  # type: ignore[return-value]
