"""The project's borders: who imports whom, what happens at import, what help, README and changelog say, and what the wheel holds."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT

from bot import __version__
from bot.cli.main import main

BOT = ROOT / "bot"

# The way of a question, one step a line: a room imports only from lines above its own. The store sees errors alone.
ORDER = [
    ["bot"],
    ["errors"],
    ["text", "store"],
    ["pack", "config"],
    ["engine"],
    ["browse"],
    ["say"],
    ["curate", "serve"],
    ["client"],
    ["cli"],
    ["__main__"],
]
RANK = {name: rank for rank, names in enumerate(ORDER) for name in names}
DISCORD_SIDE = {"client"}
PURE = ("text/article.py", "engine", "browse", "say")
IMPURE_MODULES = {"os", "io", "sys", "time", "datetime", "random", "secrets", "uuid", "socket", "ssl", "urllib", "http", "asyncio", "pathlib", "subprocess", "shutil", "tempfile", "logging", "threading", "locale"}  # fmt: skip
IMPURE_CALLS = {"open", "input", "print", "read_text", "read_bytes", "write_text", "write_bytes", "exec", "eval", "__import__"}

sources = pytest.mark.parametrize("path", sorted(BOT.rglob("*.py")), ids=lambda p: str(p.relative_to(BOT)))


def module_of(path: Path) -> str:
    """The module's first name inside bot: that of its file, or of its folder where it has outgrown a file."""
    first = path.relative_to(BOT).parts[0].removesuffix(".py")
    return "bot" if first == "__init__" else first


def imports(path: Path) -> Iterator[str]:
    """Every module that a file imports, also inside functions; `from bot import x` counts as bot.x."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: imports are absolute"
            module = node.module or ""
            names = [f"{module}.{alias.name}" for alias in node.names]
            yield from names if module == "bot" else [module]


@sources
def test_only_the_discord_side_imports_discord(path: Path) -> None:
    found = {name.split(".")[0] for name in imports(path)}
    assert module_of(path) in DISCORD_SIDE or not found & {"discord", "aiohttp"}


@sources
def test_nothing_is_imported_by_a_name_put_together_at_run_time(path: Path) -> None:
    assert not re.search(r"\b(?:importlib|__import__|import_module)\b", path.read_text(encoding="utf-8"))


@sources
def test_dependencies_point_one_way(path: Path) -> None:
    module = module_of(path)
    assert module in RANK, f"{module} has no place in the order"
    for name in imports(path):
        if name.split(".")[0] != "bot":
            continue
        imported = name.split(".")[1] if "." in name else "bot"
        if not (BOT / f"{imported}.py").exists() and not (BOT / imported).is_dir():
            imported = "bot"  # `from bot import __version__`
        if imported != module:
            assert RANK[imported] < RANK[module], f"{module} imports {imported}"


def test_the_discord_side_is_reached_only_from_inside_a_function() -> None:
    tree = ast.parse((BOT / "cli" / "main.py").read_text(encoding="utf-8"))
    top = [n for n in tree.body if isinstance(n, ast.Import | ast.ImportFrom)]
    assert not any("client" in ast.unparse(n) for n in top)


def test_no_folder_shadows_the_library() -> None:
    assert not list(ROOT.glob("discord*/__init__.py"))
    assert not (BOT / "discord").exists()
    assert not (BOT / "discord.py").exists()


@pytest.mark.parametrize("module", PURE)
def test_the_engine_knows_no_clock_environment_file_chance_or_network(module: str) -> None:
    files = [BOT / f"{module}.py"] if (BOT / f"{module}.py").exists() else sorted((BOT / module).rglob("*.py"))
    assert files
    for path in files:
        assert not {name.split(".")[0] for name in imports(path)} & IMPURE_MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                assert called not in IMPURE_CALLS, f"{path}:{node.lineno} calls {called}"
            if isinstance(node, ast.Attribute):
                assert node.attr != "random", f"{path}:{node.lineno}"


IMPORT_ALL = """
import logging, pathlib, sys, threading, warnings
before = set(pathlib.Path.cwd().iterdir())
handlers = list(logging.root.handlers)
import importlib
for name in sys.argv[1:]:
    importlib.import_module(name)
assert logging.root.handlers == handlers, "logging is configured"
assert logging.root.level == logging.WARNING, "the log level is set"
assert threading.active_count() == 1, "a thread runs"
assert set(pathlib.Path.cwd().iterdir()) == before, "a file is written"
assert not [n for n in logging.root.manager.loggerDict if n.split(".")[0] == "bot" and logging.getLogger(n).handlers]
"""


def test_importing_every_module_does_nothing_visible(tmp_path: Path) -> None:
    names = [".".join(p.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for p in sorted(BOT.rglob("*.py"))]
    assert {"bot", "bot.__main__", "bot.cli.main", "bot.engine.answer"} <= set(names)
    ran = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL, *names],
        capture_output=True, text=True, cwd=tmp_path, timeout=120, check=False, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")


def test_a_question_is_answered_without_importing_discord(tmp_path: Path) -> None:
    code = "import sys; from bot.cli.main import main; main(['ask', 'hello']); assert 'discord' not in sys.modules and 'asyncio' not in sys.modules"
    ran = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True, text=True, cwd=tmp_path, timeout=120, check=False, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert (ran.returncode, ran.stderr) == (0, "")


# Help, README, changelog


def help_of(capsys: pytest.CaptureFixture[str], *argv: str) -> str:
    with pytest.raises(SystemExit) as stop:
        main([*argv, "--help"])
    assert stop.value.code == 0
    return capsys.readouterr().out


def described(text: str) -> dict[str, str]:
    """The entries of a help text, each with what is said of it."""
    entries: dict[str, str] = {}
    indented = "\n".join(line for line in text.split("\n") if line.startswith(" "))
    for entry in re.split(r"\n(?= {2,4}\S)", indented):
        if found := re.match(r" {2,4}(\S+(?: ?\S+)*)(?:\s{2,}|\n\s+)?(.*)", entry, re.DOTALL):
            entries[found[1]] = " ".join(found[2].split())
    return entries


@pytest.fixture
def commands(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.setenv("COLUMNS", "200")
    with_help = described(help_of(capsys).split("commands:\n")[1])
    return {name: text for name, text in with_help.items() if name != "COMMAND"}


def test_every_command_option_and_argument_has_a_help_text(capsys: pytest.CaptureFixture[str], commands: dict[str, str]) -> None:
    assert set(commands) >= {"ask", "chat", "check", "eval", "calibrate", "run"}
    assert all(commands.values())
    for command in commands:
        text = help_of(capsys, command)
        entries = described("\n".join(text.split("\n\n")[2:]))
        assert any(e.startswith("-h, --help") for e in entries)
        without = [e for e, said in entries.items() if not said]
        assert without == [], f"{command}: no help for {without}"


def test_links_to_a_line_lead_to_the_name_that_they_show() -> None:
    """[`Lexicon.read`](bot/question.py#L212): a reader who follows it stands before the definition."""
    links = [
        (path, *found)
        for path in tracked()
        if path.suffix == ".md"
        for found in re.findall(r"\[`([\w.]+)`\]\(([^)#]+)#L(\d+)\)", path.read_text(encoding="utf-8"))
    ]
    assert links
    for path, name, target, number in links:
        line = (path.parent / target).read_text(encoding="utf-8").splitlines()[int(number) - 1]
        assert name.rpartition(".")[2] in line, f"{path.name}: {name} is not at {target}:{number}"


def test_the_readme_mentions_every_command(commands: dict[str, str]) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [c for c in commands if f"verbatim {c}" not in readme] == []


def test_the_newest_entry_of_the_changelog_is_the_version() -> None:
    versions = re.findall(r"^## \[?v?(\d+\.\d+\.\d+[^\s\]]*)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert versions
    assert versions[0] == __version__


# What is in the repository


def tracked() -> list[Path]:
    """The files under version control, and those that would come under it with the next `git add`."""
    if not (ROOT / ".git").exists() or not shutil.which("git"):
        pytest.skip("not a checkout with git")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, check=True, timeout=60
    ).stdout  # fmt: skip
    return [ROOT / name for name in listed.decode().split("\0") if name and (ROOT / name).is_file()]


# Written so that none of the patterns matches its own text.
PRIVATE = {
    "a home folder": re.compile(r"(?<![\w.])/(?:home|Users)/[a-z][\w.-]*/|(?<![\w.])/roo[t]/\w|[A-Z]:\\{1,2}Users\\"),
    "a Discord token": re.compile(r"\b[MNO][\w-]{23,27}\.[\w-]{6}\.[\w-]{27,40}\b"),
    "a webhook's address": re.compile(r"discord(?:app)?\.com/api/webhooks/\d{15,}/[\w-]{20,}"),
    "a private key": re.compile(r"-----BEGI[N] [A-Z ]*PRIVATE KEY-----"),
}


def test_no_file_holds_a_private_path_or_a_secret() -> None:
    found = []
    files = tracked()
    assert ROOT / "bot" / "cli.py" in files
    for path in files:
        text = path.read_bytes().decode("utf-8", errors="replace")
        found += [f"{path.relative_to(ROOT)}: {what}" for what, pattern in PRIVATE.items() if pattern.search(text)]
    assert found == []


def test_the_patterns_for_private_things_find_them() -> None:
    samples = {
        "a home folder": "/home/" + "ada/venv/bin",
        "a Discord token": "M" + "A" * 25 + "." + "b" * 6 + "." + "C" * 38,
        "a webhook's address": "discord.com/api/webhooks/" + "1" * 18 + "/" + "x" * 60,
        "a private key": "-----BEGIN" + " RSA PRIVATE KEY-----",
    }
    assert [what for what, pattern in PRIVATE.items() if pattern.search(samples[what])] == list(PRIVATE)


def test_every_text_file_is_utf_8_and_ends_its_lines_alike() -> None:
    for path in tracked():
        if path.suffix in (".py", ".md", ".yaml", ".yml", ".toml", ".txt", ".jsonl"):
            assert b"\r" not in path.read_bytes(), path
            path.read_bytes().decode("utf-8")


def test_the_packages_that_are_imported_are_those_that_are_declared() -> None:
    declared = {
        "discord",
        "numpy",
        "yaml",
        "rapidfuzz",
        "aiohttp",
        "onnxruntime",
        "simcord",
        "markdown_it",
        "playwright",
    }  # aiohttp comes with discord.py; onnxruntime is an extra, and so are simcord, with which markdown_it comes, and playwright
    found = {name.split(".")[0] for path in BOT.rglob("*.py") for name in imports(path)}
    assert {n for n in found if n not in sys.stdlib_module_names and n != "bot"} <= declared


# The wheel

UNREACHABLE = re.compile(r"No matching distribution found for hatchling|Could not find a version that satisfies the requirement hatchling|Could not fetch URL|Connection|resolve host|timed out", re.IGNORECASE)  # fmt: skip


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel as pip builds it in isolation, from a copy of what is under version control."""
    folder = tmp_path_factory.mktemp("wheel")
    for path in tracked():
        copy = folder / "source" / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    ran = subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--no-deps", "--retries", "1", "--timeout", "20", "--disable-pip-version-check", "-w", str(folder), str(folder / "source")],
        capture_output=True, text=True, cwd=folder, timeout=300, check=False,
    )  # fmt: skip
    if ran.returncode and UNREACHABLE.search(ran.stderr):
        pytest.skip("the package index cannot be reached, so the wheel's build tool cannot be fetched")
    assert ran.returncode == 0, ran.stderr
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_holds_the_pack_the_settings_and_the_word_lists(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert wheel.name.startswith(f"verbatim_bot-{__version__}-py3-none-any")
    for inside in ("bot/knowledge/backthecode/article.txt", "bot/knowledge/backthecode/quotes.yaml", "bot/config.yaml"):
        assert inside in names
    assert {str(p.relative_to(ROOT)) for p in (BOT / "data").rglob("*") if p.is_file()} <= names
    assert {f"bot/{p.relative_to(BOT)}" for p in BOT.rglob("*.py")} <= names
    assert not [n for n in names if n.startswith(("tests/", "knowledge/")) or "__pycache__" in n]


def test_the_wheel_answers_from_the_pack_inside_it(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    (tmp_path / "elsewhere").mkdir()
    code = "import bot, sys; from bot.cli.main import main; sys.exit(main(['ask', '--json', 'hello']) or print(bot.__file__, file=sys.stderr))"
    ran = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True, text=True, cwd=tmp_path / "elsewhere", timeout=120, check=False, env={**os.environ, "PYTHONPATH": str(tmp_path / "site")},
    )  # fmt: skip
    assert (ran.returncode, ran.stderr) == (0, f"{tmp_path / 'site' / 'bot' / '__init__.py'}\n")
    assert '"slug": "backthecode"' in ran.stdout
