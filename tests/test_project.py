"""The project's borders: who imports whom, what an import does, what help, README and changelog say, and what the wheel holds."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from functools import lru_cache
from pathlib import Path

import pytest
from conftest import ROOT

from bot import __version__
from bot.cli.main import main
from bot.engine.answer import Answer
from bot.engine.pipeline import Engine
from bot.say.languages import wording
from bot.say.replies import compose
from tools import line_links

BOT = ROOT / "bot"

# The way of a question, one room after the other: a room imports only from those before it.
WAY = ("errors", "text", "pack", "engine", "browse", "say")
# The other rooms, with what they import beside the whole way.
AROUND = {
    "curate": (),
    "serve": (),
    "client": ("config", "curate", "serve", "store"),
    "cli": ("client", "config", "curate", "draft", "serve", "store"),
    "__main__": ("cli",),
}
MAY_IMPORT: dict[str, set[str]] = {
    "bot": set(),
    "store": {"errors"},
    "config": {"errors", "store", "text"},
    **{room: set(WAY[:i]) for i, room in enumerate(WAY)},
    **{room: {*WAY, *others} for room, others in AROUND.items()},
}
MAY_IMPORT["draft"] = {"errors", "text", "pack"}
MAY_IMPORT["engine"].add("config")  # for the folder of the cache

FILES = {"io", "os", "pathlib", "shutil", "tempfile"}
WORLD = {
    "asyncio", "concurrent", "datetime", "getpass", "http", "locale", "logging", "multiprocessing", "platform", "random",
    "secrets", "signal", "socket", "sqlite3", "ssl", "subprocess", "sys", "threading", "time", "urllib", "uuid",
}  # fmt: skip
FILE_CALLS = {"open", "read_bytes", "read_text", "write_bytes", "write_text"}
WORLD_CALLS = {"__import__", "eval", "exec", "input", "print"}
WORLD_NAMES = {"environ", "getenv", "random", "urandom"}
# What may see more of the world than its arguments: these rooms all of it, these modules files. All others are pure.
WORLDLY = {"__main__", "cli", "client", "curate", "serve", "store"}
READERS = {
    "config.py", "draft/folder.py", "engine/build.py", "engine/reader.py", "pack/folder.py", "pack/loading.py", "say/languages.py",
    "text/strict_yaml.py", "text/whole_file.py",
}  # fmt: skip
LOCKED = {"engine/pipeline.py", "engine/reader.py"}  # learn and load once, whoever asks first
SILENCING = {"engine/reader.py"}  # sets the variable of the environment that keeps its library from reporting to its maker

OUTSIDE = {"benchmarks", "tests", "tools", "training"}

sources = pytest.mark.parametrize("path", sorted(BOT.rglob("*.py")), ids=lambda p: p.relative_to(BOT).as_posix())


def room_of(path: Path) -> str:
    """The first name inside bot: that of the folder, or of a file that stands alone."""
    first = path.relative_to(BOT).parts[0].removesuffix(".py")
    return "bot" if first == "__init__" else first


@lru_cache(maxsize=1024)
def imports(path: Path) -> frozenset[str]:
    """Every module that a file imports, also inside functions; `from bot import x` counts as bot.x."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: imports are absolute"
            module = node.module or ""
            found |= {f"{module}.{alias.name}" for alias in node.names} if module == "bot" else {module}
    return frozenset(found)


def packages(path: Path) -> set[str]:
    return {name.split(".")[0] for name in imports(path)}


@sources
def test_a_room_imports_only_what_lies_before_it(path: Path) -> None:
    room = room_of(path)
    assert room in MAY_IMPORT, f"{room} has no place in the house"
    for name in imports(path):
        first, _, rest = name.partition(".")
        imported = rest.split(".")[0]
        if first == "bot" and imported in MAY_IMPORT and imported != room:
            assert imported in MAY_IMPORT[room], f"{room} imports {imported}"


@sources
def test_a_library_that_is_slow_to_load_or_that_talks_has_one_importer(path: Path) -> None:
    found = packages(path)
    assert room_of(path) == "client" or not found & {"aiohttp", "discord", "simcord"}
    assert path == BOT / "engine" / "reader.py" or "onnxruntime" not in found
    assert path in (BOT / "text" / "strict_yaml.py", BOT / "text" / "yaml_edits.py") or "yaml" not in found
    assert path == BOT / "cli" / "prompt.py" or "prompt_toolkit" not in found
    assert room_of(path) == "store" or not found & {"alembic", "psycopg", "sqlalchemy"}
    assert path == BOT / "curate" / "report_page.py" or not found & {"jinja2", "markupsafe"}
    assert path == BOT / "client" / "metrics.py" or "prometheus_client" not in found


@sources
def test_the_program_does_not_need_what_is_not_in_the_wheel(path: Path) -> None:
    assert not packages(path) & OUTSIDE


@sources
def test_nothing_is_imported_by_a_name_put_together_at_run_time(path: Path) -> None:
    assert not re.search(r"\b(?:importlib|__import__|import_module)\b", path.read_text(encoding="utf-8"))


@sources
def test_no_data_can_run_as_code_and_no_program_is_started(path: Path) -> None:
    assert not packages(path) & {"code", "ctypes", "dill", "joblib", "marshal", "pickle", "pty", "runpy", "shelve", "subprocess"}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
        assert called not in {"eval", "exec", "compile", "np.load", "os.system", "os.popen", "yaml.load", "yaml.unsafe_load"}
        assert not called.startswith(("os.exec", "os.spawn")), f"{path}:{getattr(node, 'lineno', 0)}"


def test_commands_reach_the_discord_side_only_when_they_run() -> None:
    for path in (BOT / "cli").glob("*.py"):
        top = [n for n in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(n, ast.Import | ast.ImportFrom)]
        assert not any("bot.client" in ast.unparse(n) for n in top), path


def test_no_folder_shadows_the_library() -> None:
    assert not list(ROOT.glob("discord*/__init__.py"))
    assert not (BOT / "discord").exists()
    assert not (BOT / "discord.py").exists()


@sources
def test_what_answers_a_question_knows_no_clock_environment_file_chance_or_network(path: Path) -> None:
    name = path.relative_to(BOT).as_posix()
    if room_of(path) in WORLDLY:
        return
    modules = WORLD if name in READERS else WORLD | FILES
    calls = WORLD_CALLS if name in READERS else WORLD_CALLS | FILE_CALLS
    assert not packages(path) & (modules - ({"threading", "concurrent"} if name in LOCKED else set()))
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            assert called not in calls, f"{path}:{node.lineno} calls {called}"
        if isinstance(node, ast.Attribute):
            assert node.attr not in WORLD_NAMES - ({"environ"} if name in SILENCING else set()), f"{path}:{node.lineno}"


def test_every_module_that_may_read_files_is_there() -> None:
    assert [name for name in sorted(READERS | LOCKED) if not (BOT / name).is_file()] == []


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


@pytest.mark.parametrize("argv", [["--help"], ["ask", "hello"], ["ask", "Who is Paddy Lillis?"]])
def test_help_and_recorded_questions_wait_neither_for_discord_nor_for_the_networks(tmp_path: Path, argv: list[str]) -> None:
    code = (
        "import sys; from bot.cli.main import main\n"
        "try: main(sys.argv[1:])\n"
        "except SystemExit: pass\n"
        "print({'discord', 'aiohttp', 'asyncio', 'onnxruntime', 'prompt_toolkit', 'jinja2', 'sqlalchemy'} & set(sys.modules), file=sys.stderr)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, *argv],
        capture_output=True, text=True, cwd=tmp_path, timeout=120, check=False, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert (ran.returncode, ran.stderr) == (0, "set()\n")
    assert ran.stdout


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


LINKS = re.compile(r"\]\((?!\w+:)([^)#\s]*)(?:#([^)\s]*))?\)|src=\"([^\"]+)\"")


def pages() -> list[Path]:
    """What is written for people: every file of Markdown."""
    return [path for path in tracked() if path.suffix == ".md"]


def test_links_to_a_line_lead_to_the_name_that_they_show() -> None:
    """[`Dialogue.earlier`](bot/serve/dialogue.py#L46): a reader who follows it stands before the definition."""
    assert {path.name for path in pages() if line_links.LINKS.search(path.read_text(encoding="utf-8"))} >= {
        "README.md",
        "how-it-works.md",
    }
    assert [
        f"{p.relative_to(ROOT)}: {s}" for p in pages() for s in line_links.stale(p.read_text(encoding="utf-8"), p.parent)
    ] == []


def test_a_link_to_another_line_is_told_with_the_right_one_and_renewed(tmp_path: Path) -> None:
    (tmp_path / "x.py").write_text("A = 1\n\n\nclass B:\n    def c(self) -> None: ...\n", encoding="utf-8")
    good = "[`A`](x.py#L1) [`B`](x.py#L4) [`B.c`](x.py#L5) [`c`](x.py#L5)"
    assert line_links.stale(good, tmp_path) == []
    assert line_links.stale("[`B.c`](x.py#L4)", tmp_path) == ["B.c: not x.py#L4 but #L5"]
    nowhere = "[`d`](x.py#L1) [`A`](y.py#L1)"
    assert line_links.stale(nowhere, tmp_path) == [
        "d: not x.py#L1, and nowhere in that file", "A: not y.py#L1, and nowhere in that file"
    ]  # fmt: skip
    assert line_links.renewed(re.sub(r"#L\d", "#L9", good) + nowhere, tmp_path) == good + nowhere


def headings(path: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    text = re.sub(r"^```.*?^```$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def test_links_between_pages_and_to_files_lead_somewhere() -> None:
    broken = []
    for path in pages():
        prose = re.sub(r"^```.*?^```$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
        for target, anchor, picture in LINKS.findall(re.sub(r"``.*?``", "", prose)):
            aim = path.parent / (target or picture or path.name)
            known = (
                not anchor or re.fullmatch(r"L\d+", anchor) or (aim.suffix == ".md" and aim.is_file() and anchor in headings(aim))
            )
            if not aim.exists() or not known:
                broken.append(f"{path.relative_to(ROOT)}: {target or picture}#{anchor}")
    assert broken == []


def test_the_readme_is_short_begins_with_a_picture_and_keeps_the_lines_that_run_and_test() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(readme.split()) <= 900
    assert re.match(r"# Verbatim\n\n<p[^>]*><img src=\"docs/pictures/[^>]* alt=\"[^\"]{40,}\"", readme)
    for line in (
        "    python3 -m venv .venv && .venv/bin/pip install -e . && .venv/bin/verbatim chat\n",
        "    python3 -m venv .venv && .venv/bin/pip install -e '.[test]' && .venv/bin/pytest\n",
    ):
        assert readme.count(line) == 1


@pytest.mark.parametrize("page", ["README.md", "docs/how-it-works.md"])
def test_a_conversation_that_is_shown_is_what_the_bot_says(engine: Engine, page: str) -> None:
    (shown,) = re.findall(r"^```text\n(you> .*?)^```$", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    history: list[Answer] = []
    said = []
    for question in re.findall(r"^you> (.+)$", shown, re.MULTILINE):
        history.append(engine.answer(question, history))
        said.append(f"you> {question}\n{compose(history[-1], engine.pack, wording('en')).plain}\n")
    assert shown == "\n".join(said)


def test_the_page_of_commands_tells_every_command(commands: dict[str, str]) -> None:
    page = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    assert [c for c in commands if f"`verbatim {c}" not in page] == []


def test_what_others_made_is_named_in_the_notice() -> None:
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    foreign = [p for p in tracked() if p.suffix in (".onnx", ".bin") or p.name in ("article.txt", "bert-uncased-vocab.txt")]
    own = ROOT / "training" / "corpus"
    missing = [p.relative_to(ROOT).as_posix() for p in foreign if own not in p.parents]
    assert len(missing) >= 6
    assert [name for name in missing if name not in notice] == []


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
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, check=True, timeout=60,
    ).stdout  # fmt: skip
    return [ROOT / name for name in listed.decode().split("\0") if name and (ROOT / name).is_file()]


# Written so that none of the patterns matches its own text, and each begins with what is sought fast: 47 MB are looked through.
PRIVATE = {
    "a home folder": re.compile(rb"/(?<![\w.]/)(?:(?:home|Users)/[a-z][\w.-]*/|roo[t]/\w)"),
    "a home folder of Windows": re.compile(rb":(?<=[A-Z]:)\\{1,2}Users\\"),
    "a Discord token": re.compile(rb"\b[MNO][\w-]{23,27}\.[\w-]{6}\.[\w-]{27,40}\b"),
    "a webhook's address": re.compile(rb"discord(?:app)?\.com/api/webhooks/\d{15,}/[\w-]{20,}"),
    "a private key": re.compile(rb"-----BEGI[N] [A-Z ]*PRIVATE KEY-----"),
}


def test_no_file_holds_a_private_path_or_a_secret() -> None:
    found = []
    files = tracked()
    assert ROOT / "bot" / "cli" / "main.py" in files
    for path in files:
        data = path.read_bytes()
        found += [f"{path.relative_to(ROOT)}: {what}" for what, pattern in PRIVATE.items() if pattern.search(data)]
    assert found == []


def test_the_patterns_for_private_things_find_them() -> None:
    samples = {
        "a home folder": "/home/" + "ada/venv/bin",
        "a home folder of Windows": "C:" + "\\Users\\ada",
        "a Discord token": "M" + "A" * 25 + "." + "b" * 6 + "." + "C" * 38,
        "a webhook's address": "discord.com/api/webhooks/" + "1" * 18 + "/" + "x" * 60,
        "a private key": "-----BEGIN" + " RSA PRIVATE KEY-----",
    }
    assert [what for what, pattern in PRIVATE.items() if pattern.search(samples[what].encode())] == list(PRIVATE)


def test_every_text_file_is_utf_8_and_ends_its_lines_alike() -> None:
    for path in tracked():
        if path.suffix in (".py", ".md", ".yaml", ".yml", ".toml", ".txt", ".jsonl"):
            assert b"\r" not in path.read_bytes(), path
            path.read_bytes().decode("utf-8")


# The packages whose name is not that of what is imported, and those that come with another.
PACKAGE_OF = {
    "cyclonedx": "cyclonedx-bom",
    "discord": "discord.py",
    "linkify_it": "simcord",
    "markdown_it": "markdown-it-py",
    "playwright": "simcord",
    "prometheus_client": "prometheus-client",
    "yaml": "pyyaml",
    "yarl": "aiohttp",
}


def declared(*extras: str) -> set[str]:
    """The packages that pyproject.toml names: what the program needs, and what the extras add."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = [*project["dependencies"], *(line for extra in extras for line in project["optional-dependencies"][extra])]
    return {re.split(r"[\[<>=~! ]", line)[0] for line in lines}


def needed(folder: Path) -> set[str]:
    """The packages that a folder's modules import, without the standard library and the project's own."""
    # Tests import from the root, from tests/ and from benchmarks/.
    own = {"bot", *OUTSIDE, *(path.stem for outside in ("tests", "benchmarks") for path in (ROOT / outside).iterdir())}
    found = {name for path in folder.rglob("*.py") for name in packages(path)}
    return {PACKAGE_OF.get(name, name) for name in found - own - sys.stdlib_module_names}


def test_the_program_imports_what_is_declared_and_nothing_is_declared_for_nothing() -> None:
    assert declared() <= needed(BOT) <= declared("metrics", "pages", "postgres", "preview")


@pytest.mark.parametrize("folder", sorted(OUTSIDE))
def test_tests_benchmarks_tools_and_training_import_what_is_declared(folder: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert needed(ROOT / folder) <= declared(*project["optional-dependencies"])


# The wheel

UNREACHABLE = re.compile(
    r"No matching distribution found for hatchling|Could not find a version that satisfies the requirement hatchling|"
    r"Could not fetch URL|Connection|resolve host|timed out",
    re.IGNORECASE,
)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel as pip builds it in isolation, from a copy of what is under version control."""
    folder = tmp_path_factory.mktemp("wheel")
    for path in tracked():
        copy = folder / "source" / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    ran = subprocess.run(
        [
            sys.executable, "-m", "pip", "wheel", "--no-deps", "--retries", "1", "--timeout", "20", "--disable-pip-version-check",
            "-w", str(folder), str(folder / "source"),
        ],
        capture_output=True, text=True, cwd=folder, timeout=300, check=False,
    )  # fmt: skip
    if ran.returncode and UNREACHABLE.search(ran.stderr):
        pytest.skip("the package index cannot be reached, so the wheel's build tool cannot be fetched")
    assert ran.returncode == 0, ran.stderr
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_holds_the_program_with_its_data_and_nothing_else(wheel: Path) -> None:
    names = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert wheel.name.startswith(f"verbatim_bot-{__version__}-py3-none-any")
    files = {path.relative_to(ROOT).as_posix() for path in tracked() if path.is_relative_to(BOT)}
    packs = {f"bot/{path.relative_to(ROOT).as_posix()}" for path in tracked() if path.is_relative_to(ROOT / "knowledge")}
    assert {"bot/data/reader.onnx", "bot/data/encoder.onnx", "bot/data/wording/en.yaml", "bot/cli/main.py"} <= files
    assert "bot/knowledge/backthecode/article.txt" in packs
    assert names == files | packs | {"bot/config.yaml"}
    licences = {name.partition("/licenses/")[2] for name in zipfile.ZipFile(wheel).namelist() if "/licenses/" in name}
    assert licences == {"LICENSE", "LICENSES/Apache-2.0.txt", "NOTICE"}


def test_the_wheel_answers_from_the_pack_inside_it(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    (tmp_path / "elsewhere").mkdir()
    code = (
        "import bot, sys; from bot.cli.main import main\n"
        "sys.exit(main(['ask', '--json', 'hello']) or print(bot.__file__, file=sys.stderr))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True, text=True, cwd=tmp_path / "elsewhere", timeout=120, check=False,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "site")},
    )  # fmt: skip
    assert (ran.returncode, ran.stderr) == (0, f"{tmp_path / 'site' / 'bot' / '__init__.py'}\n")
    assert '"slug": "backthecode"' in ran.stdout
