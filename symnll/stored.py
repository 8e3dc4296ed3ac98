"""Arrays in files, read a block at a time: .npy (memory-mapped), .npz, and Zarr where it is installed.

`opened` finds out from the content what a file is. No array is ever read whole, with one exception: a member of an
.npz file whose blocks don't lie one after another in it, if that member is small.
"""

from __future__ import annotations

import importlib
import math
import tokenize
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import numpy as np

BLOCK = 1 << 24  # bytes of logits that are read at a time, unless one sample is more
WHOLE = 1 << 28  # bytes up to which a member of an .npz file that can't be streamed is read whole
Index = tuple[slice, ...]
BROKEN = (ValueError, EOFError, OSError, SyntaxError, tokenize.TokenError, zipfile.BadZipFile, zlib.error)


class StoredError(Exception):
    """A file can't be used; the message says which, why, and what to do."""


class Stored:
    """An array in a file: `name`, `shape`, `dtype`, and `read`, which is called for the blocks in order."""

    name: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]

    def read(self, at: Index) -> np.ndarray[Any, Any]:
        """The numbers of one block."""
        try:
            return self._read(at)
        except BROKEN as error:
            raise _broken(self.name, error) from None

    def _read(self, at: Index) -> np.ndarray[Any, Any]:
        raise NotImplementedError


class Npy(Stored):
    """A .npy file. Each block is mapped anew, so that the pages of those before it are given back."""

    def __init__(self, path: Path) -> None:
        self.path, self.name = path, str(path)
        self.shape, self.dtype = self._map().shape, self._map().dtype

    def _map(self) -> np.ndarray[Any, Any]:
        try:
            with self.path.open("rb") as file:
                shape, _, dtype = _header(file)
            if dtype.hasobject or not math.prod(shape):  # neither can be mapped; the second has nothing to map
                return np.empty(shape if not dtype.hasobject else (0,), dtype)
            return np.load(self.path, mmap_mode="r", allow_pickle=False)
        except BROKEN as error:
            raise _broken(self.name, error) from None

    def _read(self, at: Index) -> np.ndarray[Any, Any]:
        return self._map()[at]


class Npz(Stored):
    """A member of an .npz file, unpacked from its beginning to its end while the blocks are read."""

    def __init__(self, path: Path, member: str, axis: int | None) -> None:
        self.name = f"{path}:{member}"
        try:
            archive = zipfile.ZipFile(path)
            self.file = archive.open(f"{member}.npy")  # stays open: the blocks come from it one after another
            self.shape, fortran, self.dtype = _header(self.file)
            self.whole = None
            if not self.dtype.hasobject and self._scattered(fortran, axis):
                size = self.dtype.itemsize * math.prod(self.shape)
                if size > WHOLE:
                    raise StoredError(
                        f"{self.name}: its samples don't lie one after another (Fortran order, or classes on the first "
                        f"axis), and its {size} bytes are too many to be read at once. Save it as a .npy file."
                    )
                self.whole = self._next(math.prod(self.shape)).reshape(self.shape, order="F" if fortran else "C")
        except (*BROKEN, NotImplementedError, RuntimeError) as error:  # an unknown compression; a password
            raise _broken(self.name, error) from None

    def _scattered(self, fortran: bool, axis: int | None) -> bool:
        several = sum(size > 1 for size in self.shape) > 1
        return several and (fortran or (axis is not None and axis % len(self.shape) == 0))

    def _next(self, count: int) -> np.ndarray[Any, Any]:
        data = self.file.read(count * self.dtype.itemsize)
        if len(data) != count * self.dtype.itemsize:
            raise EOFError("it ends before its last number")
        return np.frombuffer(data, self.dtype)

    def _read(self, at: Index) -> np.ndarray[Any, Any]:
        if self.whole is not None:
            return self.whole[at]
        shape = [len(range(*cut.indices(size))) for cut, size in zip(at, self.shape, strict=True)]
        return self._next(math.prod(shape)).reshape(shape)


class Zarr(Stored):
    """A Zarr array."""

    def __init__(self, name: str, array: Any) -> None:
        self.name, self.array = name, array
        self.shape, self.dtype = tuple(array.shape), np.dtype(array.dtype)

    def _read(self, at: Index) -> np.ndarray[Any, Any]:
        try:
            return np.asarray(self.array[at])
        except RuntimeError as error:  # what some codecs raise for damaged chunks
            raise ValueError(str(error)) from None


def opened(path: Path, member: str | None, usual: str, option: str, axis: int | None = None) -> Stored:
    """The array in a file. `member` names one of several, or is None: the only one, or the one called `usual`.

    `option` is what the user chooses a member with, and `axis` the class axis, for logits.
    """
    try:
        if path.is_dir():
            return _zarr(path, member, usual, option)
        with path.open("rb") as file:
            start = file.read(6)
    except OSError as error:
        raise StoredError(f"{path} can't be read: {error.strerror or error}. Check the path.") from None
    if start[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        try:
            with zipfile.ZipFile(path) as archive:
                names = [name[:-4] for name in archive.namelist() if name.endswith(".npy")]
        except BROKEN as error:
            raise _broken(str(path), error) from None
        return Npz(path, _chosen(path, names, member, usual, option), axis)
    if start != b"\x93NUMPY":
        raise StoredError(f"{path} is no array: use a .npy or .npz file as NumPy writes them, or a Zarr folder.")
    if member is not None:
        raise StoredError(f"{option} {member}: {path} is a .npy file, which has no members. Leave the option out.")
    return Npy(path)


def _zarr(path: Path, member: str | None, usual: str, option: str) -> Stored:
    if not any((path / name).exists() for name in ("zarr.json", ".zarray", ".zgroup")):
        raise StoredError(f"{path} is a folder, and no Zarr array. Use a .npy or .npz file, or a Zarr folder.")
    try:
        zarr = importlib.import_module("zarr")
    except ImportError:
        raise StoredError(f"{path} is Zarr, which needs a package: python -m pip install zarr") from None
    try:
        found = zarr.open(str(path), mode="r")
        if not hasattr(found, "shape"):
            name = _chosen(path, [key for key, _ in found.arrays()], member, usual, option)
            return Zarr(f"{path}:{name}", found[name])
    except (*BROKEN, KeyError, TypeError) as error:
        raise _broken(str(path), error) from None
    if member is not None:
        raise StoredError(f"{option} {member}: {path} is a single array, which has no members. Leave the option out.")
    return Zarr(str(path), found)


def _chosen(path: Path, names: list[str], member: str | None, usual: str, option: str) -> str:
    if member is None and len(names) == 1:
        return names[0]
    if (member or usual) in names:
        return member or usual
    there = f"There are {', '.join(sorted(names))}." if names else "It holds no array."
    if member is None:
        raise StoredError(f"{path} has no array named {usual}; choose one with {option}. {there}")
    raise StoredError(f"{path} has no array named {member}. {there}")


def _header(file: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    """(shape, Fortran order, dtype), read from the beginning of a .npy file."""
    version = np.lib.format.read_magic(file)
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    return read(file)


def _broken(name: str, error: BaseException) -> StoredError:
    return StoredError(f"{name} can't be read as an array: {' '.join(str(error).split()) or 'it ends too soon'}.")


def blocks(sizes: tuple[int, ...], most: int, first_only: bool = False) -> Iterator[Index]:
    """Slices that cut an array of the shape `sizes` into pieces of at most `most` entries, first axes first.

    With `first_only` the other axes are never cut, however large the pieces are then.
    """
    if not sizes:
        yield ()
        return
    rest = math.prod(sizes[1:])
    step = max(1, most // rest if rest else sizes[0])
    for start in range(0, sizes[0], step):
        cut = slice(start, min(start + step, sizes[0]))
        if rest <= most or first_only:
            yield (cut, *(slice(0, size) for size in sizes[1:]))
        else:
            yield from ((cut, *others) for others in blocks(sizes[1:], most))
