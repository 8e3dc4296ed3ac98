"""The report as people read it, in a terminal or a notebook: one diagnostic per step, then a summary."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from symnll.report.diagnostics import NOTES, Diagnostic, diagnostics, of_display
from symnll.report.excerpt import cells, excerpt, shorten, visible
from symnll.report.model import ACCEPTED, VERDICTS, DisplayReport, FileReport, Report, StepReport
from symnll.report.style import Style

_LINES = 4  # of a step that goes over many


def render(files: Iterable[FileReport], style: Style) -> Iterator[str]:
    """Each file's diagnostics as soon as it is there; the summary at the end."""
    tally = Tally()
    for file in files:
        tally.add(file)
        if text := file_text(file, style):
            yield text
    if not style.quiet:
        yield style.paint(tally.line(), "title" if tally.fine else "error") + "\n"


def report_text(report: Report) -> str:
    """The whole report in plain text."""
    return "".join(render(report.files, Style())).rstrip("\n")


def report_html(report: Report) -> str:
    """The whole report for a notebook, with a line for every step."""
    text = "".join(render(report.files, Style(html=True, verbose=True)))
    return f'<pre style="line-height:1.35">{text}</pre>'


def file_text(file: FileReport, style: Style) -> str:
    """All there is to say about a file; empty: nothing."""
    said = [d for d in diagnostics(file) if d.code not in style.told]
    found: list[tuple[int, int, str]] = [(d.line, d.column, diagnostic_text(d, file, style)) for d in said]
    if style.verbose or style.explain:
        for display in file.displays:
            found += _quiet_lines(display, file, style)
        if not file.displays and not file.problems:
            found.append((0, 0, f"{shown_path(file.path)}: no display was found\n"))
    return "".join(text for _, _, text in sorted(found, key=lambda f: f[:2]))


def display_text(display: DisplayReport, file: FileReport, style: Style) -> str:
    """What there is to say about one display."""
    return "".join(diagnostic_text(d, file, style) for d in of_display(display))


def diagnostic_text(diagnostic: Diagnostic, file: FileReport, style: Style) -> str:
    """One diagnostic: what, where, the source with a caret, why, and what to do."""
    severity = diagnostic.severity
    title = visible(diagnostic.title)
    lines = [style.paint(f"{severity}[{visible(diagnostic.code)}]", severity) + style.paint(f": {title}", "title")]
    if not diagnostic.line:
        lines.append(f"  {style.paint('-->', 'gutter')} {style.paint(shown_path(file.path))}")
        return "\n".join([*lines, "", ""])
    excerpts = list(_excerpts(diagnostic, file, style.width))
    gutter = len(str(max((number for number, _, _, _ in excerpts), default=0)))
    bar = style.paint(f"{'':{gutter}} |", "gutter")
    place = f"{shown_path(file.path)}:{diagnostic.line}:{diagnostic.column}"
    lines.append(f"{'':{gutter}}{style.paint('-->', 'gutter')} {style.paint(place)}")
    if excerpts:
        lines.append(bar)
    for number, shown, before, length in excerpts:
        lines.append(f"{style.paint(f'{number:>{gutter}} |', 'gutter')} {style.paint(shown)}")
        lines.append(f"{bar} {' ' * before}{style.paint('^' * length, severity)}")
    details = [*diagnostic.details, *(_explained(diagnostic.step) if style.explain and diagnostic.step else ())]
    width = max((cells(label) for label, _ in details if label.endswith("side")), default=0)
    for label, text in details:
        # The two sides are set one below the other.
        pad = " " * (width - cells(label)) if label.endswith("side") else ""
        role = "help" if label == "help" else "title"
        mark = style.paint(f"{'':{gutter}} =", "gutter")
        lines.append(f"{mark} {style.paint(label + ':', role)}{pad} {style.paint(visible(text))}")
    return "\n".join([*lines, "", ""])


def _excerpts(diagnostic: Diagnostic, file: FileReport, width: int) -> Iterator[tuple[int, str, int, int]]:
    """Line number, the line, the cells before the mark and the cells of the mark, for each line of the span."""
    if file.source is None:
        return
    last = diagnostic.end_line - (diagnostic.end_column <= 1 and diagnostic.end_line > diagnostic.line)
    for number in range(diagnostic.line, min(last, diagnostic.line + _LINES - 1) + 1):
        try:
            line = file.source.line(number).rstrip("\r\n")
        except IndexError:  # a place that the text does not have: the message is worth more than the excerpt
            return
        start = diagnostic.column - 1 if number == diagnostic.line else len(line) - len(line.lstrip())
        end = diagnostic.end_column - 1 if number == diagnostic.end_line else len(line.rstrip())
        if number == diagnostic.line or start < end:
            yield number, *excerpt(line, start, end, max(width - len(str(last)) - 4, 20))


def _quiet_lines(display: DisplayReport, file: FileReport, style: Style) -> Iterator[tuple[int, int, str]]:
    """A line for every step that needs no diagnostic, with what it rests on where that is asked for."""
    if display.skipped:
        place = style.paint(f"{shown_path(file.path)}:{display.line}: the display is skipped", "quiet")
        yield display.line, 0, f"{style.paint('skipped', 'quiet')} {place}\n"
    failing = {id(step) for step in display.failing}
    for step in display.steps:
        if id(step) in failing:
            continue
        word = step.verdict if step.verdict in ACCEPTED else f"{step.verdict}, as expected"
        place = f"{shown_path(file.path)}:{step.line}:{step.column}"
        room = max(style.width - cells(word) - cells(place) - 3, 30)
        formula = shorten(f"{step.lhs} {step.relation} {step.rhs}", room)
        lines = [f"{style.paint(word, 'fine')} {style.paint(place, 'quiet')}  {style.paint(formula)}\n"]
        for label, text in _explained(step) if style.explain else ():
            lines.append(f"    {style.paint(label + ':', 'quiet')} {style.paint(visible(text))}\n")
        yield step.line, step.column, "".join(lines)


def _explained(step: StepReport) -> Iterator[tuple[str, str]]:
    if step.rules:
        yield "rules", ", ".join(step.rules)
    for item in step.inferred:
        yield "inferred", item


def shown_path(path: str) -> str:
    """The path for people; `-` is standard input."""
    return "<stdin>" if path == "-" else visible(path)


class Tally:
    """Counts for the summary line, file by file."""

    def __init__(self) -> None:
        self.verdicts: Counter[str] = Counter()
        self.files = self.displays = self.expected = self.skipped = self.warnings = self.problems = 0
        self.fine = True

    def add(self, file: FileReport) -> None:
        """Count a file."""
        self.files += 1
        self.problems += len(file.problems)
        self.fine = self.fine and file.ok
        for display in file.displays:
            self.displays += 1
            self.skipped += display.skipped
            self.verdicts.update(step.verdict for step in display.steps)
            self.expected += sum(step.verdict == display.expect for step in display.steps)
            self.warnings += len({x for step in display.steps for x in step.lints if x.code not in NOTES})

    def line(self) -> str:
        """Such as `12 steps in 3 displays: 10 proved, 1 refuted, 1 unknown`."""
        of = f" of {_count(self.files, 'file')}" if self.files > 1 else ""
        text = f"{_count(self.verdicts.total(), 'step')} in {_count(self.displays, 'display')}{of}"
        if self.verdicts:
            text += ": " + ", ".join(_verdict(v, self.verdicts[v]) for v in VERDICTS if self.verdicts[v])
        more = [f"{self.expected} as expected"] if self.expected else []
        more += [f"{_count(self.skipped, 'display')} skipped"] if self.skipped else []
        more += [_count(self.warnings, "warning")] if self.warnings else []
        more += [_count(self.problems, "problem")] if self.problems else []
        return "; ".join([text, *more])


def _verdict(verdict: str, count: int) -> str:
    return _count(count, verdict) if verdict == "definition" else f"{count} {verdict}"


def _count(count: int, thing: str) -> str:
    return f"{count} {thing}" if count == 1 else f"{count} {thing}s"
