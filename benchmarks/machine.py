"""What the figures belong to: the machine and the versions, as one line for people and a dictionary for JSON."""

from __future__ import annotations

import os
import platform
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

PACKAGES = ("numpy", "numba", "scipy", "torch", "jax", "scikit-learn")


def processors() -> list[int]:
    """The processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return sorted(os.sched_getaffinity(0))
    return list(range(os.cpu_count() or 1))


def free_memory() -> int:
    """Bytes that can be had without swapping; 8 GiB if the system does not say."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="utf-8").splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable"))
    except (OSError, StopIteration):
        return 8 << 30


def describe() -> dict[str, Any]:
    versions = {}
    for name in PACKAGES:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            continue
    return {
        "cpu": _cpu(),
        "processors": len(processors()),
        "vectors": _vectors(),
        "huge pages": _huge_pages(),
        "load": round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None,
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "versions": versions,
        "date": date.today().isoformat(),
    }


def in_words(machine: dict[str, Any]) -> str:
    cpu, count = machine["cpu"], machine["processors"]
    versions = ", ".join(f"{name} {number}" for name, number in machine["versions"].items())
    return (
        f"{cpu} ({machine['vectors']}), {count} processor{'s' * (count != 1)}, {machine['system']}, huge pages: "
        f"{machine['huge pages']}; load when it began: {machine['load']}; Python {machine['python']}, {versions}; "
        f"{machine['date']}"
    )


def _field(name: str) -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(name)), "")


def _cpu() -> str:
    """The name, with family and model, since virtual machines give incomplete names."""
    name = _field("model name") or platform.processor() or platform.machine()
    family, model = _field("cpu family"), _field("model\t")
    return f"{name}, family {family} model {model}" if family else name


def _vectors() -> str:
    flags = set(_field("flags").split())
    known = [("avx512f", "AVX-512"), ("avx2", "AVX2"), ("avx", "AVX")]
    return next((words for flag, words in known if flag in flags), "no AVX")


def _huge_pages() -> str:
    try:
        text = Path("/sys/kernel/mm/transparent_hugepage/enabled").read_text(encoding="utf-8")
    except OSError:
        return "unknown"
    return text.partition("[")[2].partition("]")[0] or "unknown"
