"""`symnll build`: everything on disk, in a folder that says that symnll wrote it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

MARKER = ".symnll-build"
KERNELS = "symnll_kernels.py"


class ForeignDirectory(Exception):
    """The folder holds something that symnll did not write."""


def check_directory(folder: Path) -> None:
    """Raises ForeignDirectory unless the folder is new, empty, or one that an earlier build wrote."""
    if folder.exists() and not folder.is_dir():
        raise ForeignDirectory(f"{folder} is a file; give a folder with -o DIR.")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / MARKER).is_file():
        raise ForeignDirectory(
            f"{folder} is not empty, and symnll did not write it, so it stays as it is. "
            "Give another folder with -o DIR, or empty this one."
        )


def write_all(folder: Path, results: Mapping[str, Any]) -> int:
    """Pages, LaTeX, certificates and kernels; the number of files. All documents are made before any is written."""
    files = documents(results)
    check_directory(folder)
    folder.mkdir(parents=True, exist_ok=True)
    _remove_earlier(folder)
    (folder / MARKER).write_text("\n".join(sorted(files)) + "\n", encoding="utf-8")
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    return len(files)


def documents(results: Mapping[str, Any]) -> dict[str, str]:
    """The text of every file of a build by its path. FormulaError if a formula can't be shown."""
    from symnll.document.html import axioms_page, explore_page, index_page, page
    from symnll.document.latex.article import article
    from symnll.document.library import entry_document, figures
    from symnll.entry import entries
    from symnll.kernels.generate import source

    files = {f"certificates/{name}.json": text for name, text in _certificates(results).items()}
    made = [d for d in (entry_document(e, results, pictures=figures()) for e in entries().values()) if d.claims]
    for document in made:
        files[f"{document.name}.html"] = page(document, site=True)
        files[f"latex/{document.name}.tex"] = article(document)
    files["index.html"] = index_page(made, KERNELS)
    files["explore.html"] = explore_page()
    files["axioms.html"] = axioms_page(made)
    files[KERNELS] = source()
    return files


def write_certificates(results: Mapping[str, Any], folder: Path) -> list[Path]:
    """One JSON file for every proved claim."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, text in _certificates(results).items():
        paths.append(folder / f"{name}.json")
        paths[-1].write_text(text, encoding="utf-8", newline="\n")
    return paths


def _certificates(results: Mapping[str, Any]) -> dict[str, str]:
    from symnll.certificates import certificate

    proved = {name: r.theorem for name, r in results.items() if r.verdict == "proved"}
    return {n: json.dumps(certificate(t), ensure_ascii=False, separators=(",", ":")) + "\n" for n, t in proved.items()}


def _remove_earlier(folder: Path) -> None:
    """Remove the files that the earlier build lists, and nothing else."""
    marker = folder / MARKER
    for line in marker.read_text(encoding="utf-8").splitlines() if marker.is_file() else ():
        path = (folder / line).resolve()
        if path.is_file() and folder.resolve() in path.parents:
            path.unlink()
