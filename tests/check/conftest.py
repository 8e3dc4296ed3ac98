"""What the tests of checking share: a cache of their own, and a checker that does as it is told."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest

from tests.check import samples


@pytest.fixture
def own_cache(tmp_path_factory, monkeypatch):
    """The folder of a new cache, which every process of this test uses unless it is told otherwise."""
    folder = tmp_path_factory.mktemp("cache")
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA", "HOME"):
        monkeypatch.setenv(name, str(folder))
    return folder


@pytest.fixture
def told_checker(own_cache, tmp_path_factory, monkeypatch):
    """`samples.check_source` in place of the checker; returns a function that lists what it was asked to check."""
    if sys.platform != "linux":
        pytest.skip("the stand-in reaches workers only where they are forked")
    log = tmp_path_factory.mktemp("log") / "checked"
    log.touch()
    monkeypatch.setenv("SYMNLL_TEST_LOG", str(log))
    monkeypatch.setitem(sys.modules, "symnll.check.session", SimpleNamespace(check_source=samples.check_source))

    def checked():
        names = log.read_text().splitlines()
        log.write_text("")
        return names

    return checked


@pytest.fixture
def inside(tmp_path, monkeypatch, told_checker):
    """An empty folder to work in, with that checker, and nothing in the environment that changes reports."""
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR", "GITHUB_WORKSPACE", "SYMNLL_DEBUG"):
        monkeypatch.delenv(name, raising=False)
