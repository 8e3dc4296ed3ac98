"""Documents that nobody would write, and `symnll.check` on each: a report, in time, in little memory, and nothing lost.

    python -m tests.campaigns.fuzz [--count 20000] [--seed 0] [--timeout 0.3] [--documents FOLDER …] [--show]

Inputs come from `tests.campaigns.hostile`: formulas and documents of the notation, edits and mutations of real
documents, soups of LaTeX, and attacks on time and memory. After each stands a display that is true. For each input:

- there is a report, never an exception, no "crashed", no "internal error", and it can be printed and written as JSON;
- it takes at most TIME seconds, and a few times the limit of a step for each step;
- the process never needs more than MEMORY;
- a display of the grammar has one entry for each of its relations; entries stand inside the document;
- the true display at the end is proved, unless what stands before it says what became of it: an unclosed fence or
  comment with its remark, a `skip`, a hypothesis.

Inputs are checked in processes of their own, a batch each, so that one that hangs or dies is named.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from tests.campaigns.hostile import Input, makers

MEMORY = 1 << 30  # bytes
TIME, PER_STEP = 6.0, 4.0  # seconds for the document; limits of a step that each of its steps may take
WORKER = ("-m", "tests.campaigns.fuzz")
BATCH = 100
PROBE = "\n\n# After\n\nThis is a sentence of several words.\n\n<!-- symnll\nreset\n-->\n\n$$ 7 + 1 = 8 $$\n"
ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "tests" / "derivations"]


def inputs(seed: int, start: int, count: int, folders: list[Path]) -> list[Input]:
    """The inputs with these numbers; each depends on its number alone."""
    shares, made = zip(*makers(folders), strict=True)
    found = []
    for number in range(start, start + count):
        rng = random.Random(f"{seed} {number}")
        found.append(rng.choices(made, shares)[0](rng))
    return found


def judge(item: Input, timeout: float, suggest: bool) -> tuple[list[str], float, int]:
    """What is wrong with the report on an input, the seconds it took, and the number of its steps."""
    import symnll

    start = time.perf_counter()
    problems: list[str] = []
    try:
        if isinstance(item.text, bytes):
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "input.md"
                path.write_bytes(item.text + PROBE.encode())
                report = symnll.check(path, timeout=timeout, suggest=suggest, cache=False)
        else:
            report = symnll.check(item.text + PROBE, timeout=timeout, suggest=suggest, cache=False)
        seconds = time.perf_counter() - start
        problems += _wrong(item, report)
    except Exception as error:
        return [f"{type(error).__name__}: {error}"], time.perf_counter() - start, 0
    steps = sum(len(d.steps) for f in report.files for d in f.displays)
    if seconds > TIME + PER_STEP * timeout * steps + (2.5 * steps if suggest else 0):
        problems.append(f"slow: {seconds:.1f} s for {steps} steps")
    return problems, seconds, steps


def _wrong(item: Input, report: Any) -> list[str]:
    from symnll.report.model import VERDICTS
    from symnll.report.records import to_record

    found = []
    file = report.files[0]
    str(report)
    json.loads(json.dumps(to_record(file)))
    if any(p.code == "crashed" for p in file.problems):
        found.append(f"crashed: {file.problems[0].message}")
    if any(p.code == "unreadable" for p in file.problems):
        return found  # a binary file, of which nothing is checked
    lines = file.source.text.split("\n")
    for display in file.displays:
        for step in display.steps:
            if step.verdict not in VERDICTS:
                found.append(f"no verdict: {step.verdict}")
            if "internal error" in (step.reason or "") or "Traceback" in (step.reason or ""):
                found.append(f"internal error: {step.reason}")
            if not (1 <= step.line <= len(lines) and 1 <= step.column <= len(lines[step.line - 1]) + 1):
                found.append(f"a step stands at {step.line}:{step.column}, which is nowhere")
    if item.relations >= 0:
        steps = file.displays[0].steps if file.displays else []
        if len(steps) != item.relations and not any(s.verdict == "unparsed" and not s.relation for s in steps):
            found.append(f"{len(steps)} entries for {item.relations} relations")
    last = [s for d in file.displays[-1:] for s in d.steps]
    proved = bool(last) and last[-1].verdict == "proved" and (last[-1].lhs, last[-1].rhs) == ("7 + 1", "8")
    if not proved and not _explained(item, file):
        found.append(f"what follows is lost: {[(s.verdict, s.lhs, s.rhs, s.reason) for s in last][-1:]}")
    return found


def _explained(item: Input, file: Any) -> bool:
    """Whether the report, or the text, says why the display at the end is not a proved step."""
    if any(p.code == "unreadable-text" for p in file.problems) or (file.displays and file.displays[-1].skipped):
        return True
    text = item.text.decode(errors="replace") if isinstance(item.text, bytes) else item.text
    return any(mark in text for mark in ("```", "~~~", "<!--", "-->", "write ", ":::", "<pre", "\\iffalse", "% raw"))


def work(options: argparse.Namespace) -> int:
    """A batch, in this process: one line of JSON for each input."""
    for number, item in enumerate(inputs(options.seed, options.start, options.count, options.documents), options.start):
        print(json.dumps({"begin": number, "kind": item.kind}), flush=True)
        problems, seconds, steps = judge(item, options.timeout, suggest=number % 20 == 0)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        print(
            json.dumps({"end": number, "problems": problems, "seconds": seconds, "steps": steps, "peak": peak}),
            flush=True,
        )
    return 0


class Run:
    """Batches in processes, and what came of them."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.counts: Counter[str] = Counter()
        self.problems: list[str] = []
        self.slowest: list[tuple[float, int, str]] = []
        self.peak = 0
        self.kinds: dict[int, str] = {}

    def batch(self, start: int, count: int) -> None:
        """Check these inputs, again from the next one where one ends the process."""
        while count > 0:
            done = self._process(start, count)
            if done < count:  # the one after the last that was reported ended the process
                done += 1
            start, count = start + done, count - done

    def _process(self, start: int, count: int) -> int:
        o = self.options
        command = [sys.executable, *WORKER, "--worker", "--seed", str(o.seed), "--start", str(start),
                   "--count", str(count), "--timeout", str(o.timeout), "--documents", *map(str, o.documents)]  # fmt: skip
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
        allowed = 60 + count * 2 * (TIME + 10 * PER_STEP * o.timeout)
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, cwd=ROOT) as process:
            done, begun = 0, time.monotonic()
            assert process.stdout is not None
            watch = _Watch(process, allowed)
            for line in process.stdout:
                record = json.loads(line)
                if "begin" in record:
                    self.kinds[record["begin"]] = record["kind"]
                    watch.again(TIME * 10 + 60)
                    continue
                done += 1
                self._note(record)
            watch.done()
        if process.returncode != 0 or done < count:
            number = start + done
            self.problems.append(f"input {number} ({self.kinds.get(number, '?')}): the process ended with code "
                                 f"{process.returncode} after {time.monotonic() - begun:.0f} s")  # fmt: skip
            self._show()
            return done
        return count

    def _note(self, record: dict[str, Any]) -> None:
        number, kind = record["end"], self.kinds[record["end"]]
        self.counts["inputs"] += 1
        self.counts[f"inputs: {kind}"] += 1
        self.counts["steps"] += record["steps"]
        self.slowest = sorted([*self.slowest, (record["seconds"], number, kind)], reverse=True)[:10]
        if record["peak"] > max(MEMORY, self.peak):
            self.problems.append(f"input {number} ({kind}): {record['peak'] >> 20} MiB")
            self._show()
        self.peak = max(self.peak, record["peak"])
        for problem in record["problems"]:
            self.problems.append(f"input {number} ({kind}): {problem}")
            self._show()

    def _show(self) -> None:
        if self.options.show:
            print(self.problems[-1], file=sys.stderr, flush=True)


class _Watch:
    """Kills a process that says nothing for too long."""

    def __init__(self, process: Any, seconds: float) -> None:
        import threading

        self._process, self._until, self._over = process, time.monotonic() + seconds, threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        while not self._over.wait(1.0):
            if time.monotonic() > self._until:
                self._process.kill()
                return

    def again(self, seconds: float) -> None:
        self._until = time.monotonic() + seconds

    def done(self) -> None:
        self._over.set()


def run(options: argparse.Namespace) -> Run:
    """All inputs."""
    found = Run(options)
    for start in range(options.start, options.start + options.count, BATCH):
        found.batch(start, min(BATCH, options.start + options.count - start))
        if options.show and sys.stderr.isatty():
            print(f"\r{start + BATCH}", end="", file=sys.stderr, flush=True)
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description="Hostile documents.")
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--start", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--timeout", type=float, default=0.3)
    parser.add_argument("--documents", type=Path, nargs="*", default=DOCUMENTS)
    parser.add_argument("--show", action="store_true", help="print problems as they are found")
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        return work(options)
    start = time.perf_counter()
    found = run(options)
    for name, number in sorted(found.counts.items()):
        print(f"{number:>8}  {name}")
    print(f"{found.peak >> 20:>8}  MiB at most")
    for seconds, number, kind in found.slowest[:3]:
        print(f"{seconds:>8.1f}  seconds for input {number} ({kind})")
    print(f"{time.perf_counter() - start:>8.1f}  seconds")
    for problem in found.problems[:50]:
        print(problem)
    print(f"{len(found.problems):>8}  problems")
    return 1 if found.problems else 0


if __name__ == "__main__":
    raise SystemExit(main())
