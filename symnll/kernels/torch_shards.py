"""What `torch_distributed` needs besides the printed cores: entries that may lie on another shard, and a group of
processes that agree, on errors too. No mathematics.
"""

from __future__ import annotations

from typing import Any, NoReturn, TypeAlias

import torch
from torch import distributed

from symnll.kernels import torch_kernels

Array: TypeAlias = torch.Tensor

LONGEST = 1000  # bytes of an error's message that reach the other processes
ERRORS = (ValueError, TypeError)


def replace_at(x: Array, at: Array, value: Any) -> Array:
    """x with the value as its entry `at`; −1 is an entry on another shard, and x stays as it is."""
    place = at.clamp(min=0)
    return x.scatter(-1, place, torch.where(at >= 0, value, x.gather(-1, place)))


def total(x: Array, wide: bool = True) -> Array:
    """Sum over the classes of this shard, (…, 1); in two parts, (…, 2), where the rounding of a sum shows."""
    return x.sum(dim=-1, keepdim=True) if wide else torch.cat(torch_kernels.two_sums(x), dim=-1)


def sum_except(x: Array, at: Array, wide: bool) -> Array:
    """Sum over the classes without the entry `at`."""
    return total(replace_at(x, at, 0.0), wide)


class Group:
    """The processes of a group; only this one if `group` is None and torch.distributed has not been initialised."""

    def __init__(self, group: Any) -> None:
        self.group, self.rank, self.size = group, 0, 1
        if group is None and not (distributed.is_available() and distributed.is_initialized()):
            return
        self.rank, self.size = distributed.get_rank(group), distributed.get_world_size(group)
        if self.rank < 0:
            raise ValueError("group: this process is not part of it.")

    def summed(self, x: Array) -> Array:
        """x of all processes, added; writes into x."""
        if self.size > 1:
            distributed.all_reduce(x, distributed.ReduceOp.SUM, group=self.group)
        return x

    def summed_once(self, x: Array) -> Array:
        """The same, but the first two columns, parts of a number, become one that is rounded once: each process sends
        them in columns of its own."""
        own = 2 * self.size
        sent = x.new_zeros((*x.shape[:-1], own))
        sent[..., 2 * self.rank : 2 * self.rank + 2] = x[..., :2]
        sent = self.summed(torch.cat([sent, x[..., 2:]], dim=-1))
        return torch.cat([torch_kernels.total(sent[..., :own], False), sent[..., own:]], dim=-1)

    def largest(self, x: Array) -> Array:
        """The largest x of all processes, entry by entry; writes into x. There must be no NaN."""
        if self.size > 1:
            distributed.all_reduce(x, distributed.ReduceOp.MAX, group=self.group)
        return x

    def rows(self, numbers: list[int], device: Any) -> list[list[int]]:
        """The numbers of every process, in the order of their ranks."""
        table = torch.zeros((self.size, len(numbers)), dtype=torch.int64)
        table[self.rank] = torch.tensor(numbers, dtype=torch.int64)
        return self.summed(table.to(device)).tolist()  # type: ignore[no-any-return]

    def device(self, x: Any) -> Any:
        """Where messages lie: the device of x, or, if it is no tensor, one that the group can send from."""
        if isinstance(x, torch.Tensor) and x.device.type != "meta":
            return x.device
        return "cuda" if self.size > 1 and distributed.get_backend(self.group) == "nccl" else "cpu"

    def fail(self, first: int, kind: int, error: Exception | None, device: Any) -> NoReturn:
        """Raise the error of process `first`, of this kind in `ERRORS`, in every process."""
        if self.size == 1 and error is not None:
            raise error
        text = f"process {first}: {error}".encode()[:LONGEST] if first == self.rank else b""
        message = torch.frombuffer(bytearray(text.ljust(LONGEST, b"\0")), dtype=torch.uint8)
        sent = self.summed(message.to(device))
        raise ERRORS[kind](bytes(sent.tolist()).rstrip(b"\0").decode(errors="replace")) from error
