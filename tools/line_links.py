"""Links from pages to lines of the code, [`Dialogue.earlier`](bot/serve/dialogue.py#L46): where they should lead, and leading them there.

    python tools/line_links.py

renews those of every Markdown file that git knows; what leads nowhere any more it names.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LINKS = re.compile(r"\[`([\w.]+)`\]\(([^)#]+)#L(\d+)\)")


def main() -> int:
    listed = subprocess.run(["git", "ls-files", "*.md"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    left = []
    for path in (ROOT / name for name in listed.splitlines()):
        text = path.read_text(encoding="utf-8")
        if (new := renewed(text, path.parent)) != text:
            path.write_text(new, encoding="utf-8")
        left += [f"{path.relative_to(ROOT)}: {link}" for link in stale(new, path.parent)]
    print(*left, sep="\n", end="\n" if left else "")
    return 1 if left else 0


def renewed(text: str, folder: Path) -> str:
    """A page in `folder`, its links to the lines where the names that they show are defined now; one that leads nowhere stays."""

    def aimed(link: re.Match[str]) -> str:
        name, target, number = link.groups()
        return f"[`{name}`]({target}#L{line_of(name, folder / target) or number})"

    return LINKS.sub(aimed, text)


def stale(text: str, folder: Path) -> list[str]:
    """The links of a page in `folder` to a line that is not that of the name shown, each with the line that it should lead to."""
    wrong = []
    for name, target, number in LINKS.findall(text):
        right = line_of(name, folder / target)
        if right != int(number):
            wrong.append(f"{name}: not {target}#L{number}" + (f" but #L{right}" if right else ", and nowhere in that file"))
    return wrong


def line_of(name: str, path: Path) -> int | None:
    """Where a module defines a name, be it in a class that is not named with it."""
    names = defined(path) if path.is_file() else {}
    return names.get(name) or next((line for full, line in names.items() if full.endswith(f".{name}")), None)


def defined(path: Path) -> dict[str, int]:
    """The names that a module defines, those in a class as `Class.name`, each with its line."""
    found: dict[str, int] = {}

    def note(nodes: Iterable[ast.AST], outer: str) -> None:
        for node in nodes:
            match node:
                case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                    found.setdefault(outer + name, node.lineno)
                    note(node.body, f"{outer}{name}.")
                case ast.AnnAssign(target=ast.Name(id=name)) | ast.Assign(targets=[ast.Name(id=name)]):
                    found.setdefault(outer + name, node.lineno)

    note(ast.parse(path.read_text(encoding="utf-8")).body, "")
    return found


if __name__ == "__main__":
    sys.exit(main())
