"""One process of the tests of `torch_distributed`: `python -m tests.kernels.shard_process RANK SIZE FOLDER`.

It reads jobs from the folder, runs them in order, all in one process group, and writes what came out.
"""

from __future__ import annotations

import pickle
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Job:
    """A call of a function with the classes cut at `cut`; `on` are other arguments for one process."""

    function: str
    arguments: tuple[Any, ...]  # the logits first, with the classes last
    cut: tuple[int, ...]  # how many classes each process has: as many processes take part
    options: dict[str, Any] = field(default_factory=dict)
    other: dict[int, dict[str, Any]] = field(default_factory=dict)


def shards(job: Job, rank: int) -> tuple[list[Any], dict[str, Any]]:
    """This process's arguments and options, as tensors: what has as many classes as the logits is cut."""
    import torch

    classes, start = sum(job.cut), sum(job.cut[:rank])

    def own(x: Any, logits: bool) -> Any:
        a = np.asarray(x)
        if a.dtype.kind not in "biufc":
            return x
        a = np.array(a.astype(a.dtype.newbyteorder("=")))
        if a.ndim and a.shape[-1] == classes and (logits or a.shape == np.shape(job.arguments[0])):
            a = a[..., start : start + job.cut[rank]].copy()
        return torch.from_numpy(a)

    arguments = [own(x, n == 0) for n, x in enumerate(job.arguments)]
    options = {name: own(x, True) if name == "weight" else x for name, x in job.options.items()}
    other = job.other.get(rank, {})
    for n, name in enumerate(("logits", "targets")):
        if name in other:
            arguments[n] = own(other[name], False)
    return arguments, options | {name: x for name, x in other.items() if name not in ("logits", "targets")}


def backward(logits: Any, targets: Any, **options: Any) -> tuple[Any, Any]:
    """The loss, and the gradient of 3 × its sum by autograd."""
    from symnll.kernels import torch_distributed as ours

    leaf = logits.clone().requires_grad_()
    loss = ours.nll(leaf, targets, **options)
    (3 * loss.sum()).backward()
    return loss.detach(), leaf.grad


def reduces(logits: Any, targets: Any, **options: Any) -> Any:
    """How many collectives there were, and how many numbers a sample in the second and third of them."""
    import torch
    from torch import distributed

    from symnll.kernels import torch_distributed as ours

    plain, sizes = distributed.all_reduce, []

    def counting(x: Any, *arguments: Any, **more: Any) -> Any:
        sizes.append(x.numel())
        return plain(x, *arguments, **more)

    distributed.all_reduce = counting
    try:
        leaf = logits.clone().requires_grad_()
        ours.nll(leaf, targets, **options).backward()
    finally:
        distributed.all_reduce = plain
    return torch.tensor(sizes)


def main(rank: int, size: int, folder: Path) -> None:
    import torch
    from torch import distributed

    from symnll.kernels import torch_distributed as ours

    torch.set_num_threads(1)
    limit = timedelta(seconds=60)
    store = distributed.FileStore(str(folder / "store"), size)
    distributed.init_process_group("gloo", store=store, rank=rank, world_size=size, timeout=limit)
    groups = [None] + [distributed.new_group(range(count), timeout=limit) for count in range(1, size)] + [None]
    jobs = pickle.loads((folder / "jobs").read_bytes())
    results: dict[str, Any] = {}
    special: dict[str, Callable[..., Any]] = {"backward": backward, "reduces": reduces}
    for name, job in jobs.items():
        if rank >= len(job.cut):
            continue
        arguments, options = shards(job, rank)
        function = special.get(job.function) or getattr(ours, job.function)
        try:
            result = function(*arguments, group=groups[len(job.cut)], **options)
        except (TypeError, ValueError) as error:
            results[name] = error
        else:
            result = result if isinstance(result, tuple) else (result,)
            results[name] = tuple(part.numpy() for part in result)
    (folder / f"results{rank}").write_bytes(pickle.dumps(results))
    distributed.destroy_process_group()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
