"""Settings: where they come from, what they may hold, and that a token is none of them; and secrets from files."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bot import config
from bot.errors import FileFaults
from bot.store.address import Database


def write(folder: Path, text: str, name: str = "config.yaml") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def faults(path: Path) -> list[str]:
    with pytest.raises(FileFaults) as error:
        config.load(path)
    return [str(f) for f in error.value.faults]


def test_paths_are_relative_to_the_settings_file_and_not_to_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "etc", "pack: ../packs/one\nstate: kept\nlog_level: warning\n")
    monkeypatch.chdir(tmp_path)
    assert config.load(Path("etc/config.yaml")) == config.Settings(
        pack=tmp_path / "packs" / "one", state=tmp_path / "etc" / "kept", log_level="warning"
    )
    assert config.load(path).pack == tmp_path / "packs" / "one"


def test_absolute_paths_and_the_home_folder_are_taken_as_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "me"))
    settings = config.load(write(tmp_path, f"pack: ~/pack.txt\nstate: {tmp_path}/elsewhere\n"))
    assert (settings.pack, settings.state) == (tmp_path / "me" / "pack.txt", tmp_path / "elsewhere")


@pytest.mark.skipif(sys.platform != "linux", reason="the folders of Linux")
@pytest.mark.parametrize(
    ("folder", "variable", "default"),
    [(config.state_folder, "XDG_STATE_HOME", ".local/state"), (config.cache_folder, "XDG_CACHE_HOME", ".cache")],
)
def test_the_program_s_folders_lie_in_the_user_s_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: Callable[[], Path], variable: str, default: str
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "me"))
    monkeypatch.setenv(variable, str(tmp_path / "xdg"))
    assert folder() == tmp_path / "xdg" / "verbatim"
    monkeypatch.setenv(variable, "")
    assert folder() == tmp_path / "me" / default / "verbatim"
    monkeypatch.delenv(variable)
    assert folder() == tmp_path / "me" / default / "verbatim"
    assert not list(tmp_path.iterdir()), "asking for a folder makes none"


def test_state_goes_to_the_state_folder_and_the_level_is_info_where_nothing_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path, "pack: here\n")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "xdg"))
    settings = config.load(path)
    assert (config.state_in(settings, {}), settings.log_level) == (config.state_folder(), "info")


def test_settings_are_looked_for_in_four_places_in_order(tmp_path: Path) -> None:
    here = write(tmp_path / "here", "pack: a\n")
    environ = {config.ENV_CONFIG: "from-environment.yaml"}
    assert config.find("explicit.yaml", environ, here.parent) == Path("explicit.yaml")
    assert config.find(None, environ, here.parent) == Path("from-environment.yaml")
    assert config.find(None, {}, here.parent) == here
    assert config.find(None, {config.ENV_CONFIG: ""}, here.parent) == here
    assert config.find(None, {}, tmp_path / "empty") == config.shipped("config.yaml")


def test_a_path_that_leads_nowhere_is_a_fault_of_its_line(tmp_path: Path) -> None:
    path = write(tmp_path, 'pack: ~nobody-at-all/pack\nother_packs:\n- here\n- "a\\0b"\nstate: ~nobody-at-all\n')
    fix = "correct the path; a ~ or a link in it has to lead to a folder."
    named = ((1, "~nobody-at-all/pack"), (4, "a\0b"), (5, "~nobody-at-all"))
    assert faults(path) == [f"{path}:{n}: {value!r} leads nowhere. Fix: {fix}" for n, value in named]


def test_the_shipped_settings_name_the_shipped_pack() -> None:
    settings = config.load(config.shipped("config.yaml"))
    assert (settings.pack / "article.txt").is_file()
    assert settings.pack.name == "backthecode"
    assert settings.log_level == "info"


@pytest.mark.parametrize("level", config.LOG_LEVELS)
def test_each_log_level_is_accepted(tmp_path: Path, level: str) -> None:
    assert config.load(write(tmp_path, f"pack: a\nlog_level: {level}\n")).log_level == level


DATABASE = "postgresql://ada:secret-words@db.example:5433/verbatim?sslmode=require"


def test_the_state_is_in_the_database_that_the_settings_or_else_the_environment_name(tmp_path: Path) -> None:
    named, unnamed, folder = (
        config.load(write(tmp_path, f"pack: here\n{state}", name))
        for name, state in (("a.yaml", f"state: {DATABASE}\n"), ("b.yaml", ""), ("c.yaml", "state: kept\n"))
    )
    elsewhere = {"DATABASE_URL": "postgres://elsewhere/x"}
    assert config.state_in(named, elsewhere) == Database(DATABASE)
    assert config.state_in(unnamed, elsewhere) == Database("postgres://elsewhere/x")
    assert config.state_in(folder, elsewhere) == tmp_path / "kept"
    assert config.state_in(unnamed, {"DATABASE_URL": " "}) == config.state_folder()
    assert "secret-words" not in repr(named)
    assert "db.example:5433/verbatim" in repr(named)


def test_an_address_of_another_kind_is_a_fault_and_never_repeated(tmp_path: Path) -> None:
    path = write(tmp_path, "pack: here\nstate: mysql://ada:secret-words@db/x\n")
    assert faults(path) == [
        f"{path}:2: state is an address of another kind. Fix: write a folder, or postgresql://USER@HOST:PORT/DATABASE."
    ]
    for url in ("mysql://ada:secret-words@db/x", "secret-words"):
        with pytest.raises(FileFaults, match="DATABASE_URL: is not the address of a PostgreSQL database") as fault:
            config.state_in(config.load(write(tmp_path, "pack: here\n")), {"DATABASE_URL": url})
        assert "secret-words" not in str(fault.value)


def test_every_fault_is_told_at_once_with_its_line(tmp_path: Path) -> None:
    path = write(tmp_path, "packs: a\nlog_level: loud\nstate: 1:30\ntoken: secret-words\n")
    assert faults(path) == [
        f"{path}:1: unknown key 'packs'. Fix: the keys known here are cooldown, http, leave_within, listen, log_format, log_level, "
        "other_packs, pack, proxy, reader, shard_ids, shards, state, token, watch.",
        f'{path}:2: log_level cannot be \'loud\'. Fix: use "debug", "info", "warning" or "error".',
        f"{path}:3: YAML reads '1:30' as int, not as text. Fix: put it in double quotes: \"1:30\".",
        f"{path}:4: a token does not belong in a file. Fix: remove it, reset it in the Developer Portal if the file was shared, "
        "and set DISCORD_TOKEN.",
        f"{path}:1: the key 'pack' is missing. Fix: add `pack: ...`.",
    ]


@pytest.mark.parametrize("written", ["secret-words", '"secret-words"', "123456789", "[secret-words]"])
def test_a_token_in_the_file_is_refused_and_never_repeated(tmp_path: Path, written: str) -> None:
    messages = "\n".join(faults(write(tmp_path, f"pack: a\ntoken: {written}\n")))
    assert "config.yaml:2: " in messages
    assert "secret-words" not in messages
    assert "123456789" not in messages


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "this file is empty."),
        ("- pack: a\n", "this file must hold keys and values."),
        ("pack: [a\n", "is not valid YAML"),
        ('pack: " "\n', "'pack' is empty."),
        ("pack: a\npack: b\n", "the key 'pack' stands here twice."),
        ("pack: a\nlog_level: off\n", "YAML reads 'off' as bool"),
    ],
)
def test_a_settings_file_that_cannot_be_meant_is_a_fault(tmp_path: Path, text: str, message: str) -> None:
    assert any(message in m for m in faults(write(tmp_path, text)))


def test_a_missing_settings_file_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "none.yaml"
    assert faults(path) == [f"{path}: this file is missing. Fix: create it, or restore it from version control."]


@pytest.mark.parametrize(("line", "reads"), [("", True), ('reader: "on"\n', True), ('reader: "off"\n', False)])
def test_the_reader_is_on_unless_the_settings_switch_it_off(tmp_path: Path, line: str, reads: bool) -> None:
    assert config.load(write(tmp_path, f"pack: a\n{line}")).reader is reads


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("reader: maybe", 'reader cannot be \'maybe\'. Fix: use "on" or "off".'),
        ("reader: off", "YAML reads 'off' as bool, not as text. Fix: put it in double quotes: \"off\"."),
    ],
)
def test_a_reader_that_is_neither_on_nor_off_is_a_fault(tmp_path: Path, line: str, message: str) -> None:
    assert any(message in m for m in faults(write(tmp_path, f"pack: a\n{line}\n")))


@pytest.mark.parametrize(("line", "listens"), [("", False), ("listen: true\n", True), ("listen: false\n", False)])
def test_the_bot_listens_only_where_the_settings_say_so(tmp_path: Path, line: str, listens: bool) -> None:
    assert config.load(write(tmp_path, f"pack: here\n{line}")).listen is listens


@pytest.mark.parametrize("value", ["yes", "on", '"true"', "True", "1", "[true]", "~"])
def test_listen_is_true_or_false(tmp_path: Path, value: str) -> None:
    path = write(tmp_path, f"pack: here\nlisten: {value}\n")
    assert faults(path) == [f"{path}:2: 'listen' is neither true nor false. Fix: write `listen: true` or `listen: false`."]


def test_the_bot_s_own_settings_have_defaults_and_are_read(tmp_path: Path) -> None:
    bare = config.load(write(tmp_path, "pack: here\n"))
    assert (bare.other_packs, bare.watch, bare.cooldown, bare.shards) == ((), True, 0.0, None)
    text = 'pack: here\nother_packs: [there, ../far.txt]\nwatch: false\ncooldown: "30"\nshards: "2"\n'
    settings = config.load(write(tmp_path, text))
    assert settings.other_packs == (tmp_path / "there", tmp_path.parent / "far.txt")
    assert (settings.watch, settings.cooldown, settings.shards) == (False, 30.0, 2)
    assert config.load(write(tmp_path, "pack: here\nshards: auto\n")).shards is None


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('cooldown: "-1"', "cooldown cannot be '-1'. Fix: write a whole number from 0 to 21600 in quotes, such as \"0\"."),
        ('cooldown: "99999"', "cooldown cannot be '99999'."),
        ("cooldown: 3", "YAML reads '3' as int, not as text."),
        ('shards: "0"', "shards cannot be '0'. Fix: write a whole number from 1 to 1000 in quotes, such as \"1\"."),
        ("shards: many", "shards cannot be 'many'."),
        ("watch: maybe", "'watch' is neither true nor false."),
        ("other_packs: {a: b}", "a text is wanted here"),
    ],
)
def test_settings_of_the_bot_that_cannot_be_meant_are_faults(tmp_path: Path, line: str, message: str) -> None:
    assert any(message in m for m in faults(write(tmp_path, f"pack: here\n{line}\n")))


@pytest.mark.parametrize(("text", "expected"), [("0-3", (0, 1, 2, 3)), ("5", (5,)), ("7, 0-1 ,1", (0, 1, 7)), ("0 - 0", (0,))])
def test_shards_are_fixed_by_their_numbers(tmp_path: Path, text: str, expected: tuple[int, ...]) -> None:
    settings = config.load(write(tmp_path, f'pack: p\nshards: "8"\nshard_ids: "{text}"\n'))
    assert (settings.shards, settings.shard_ids) == (8, expected)


@pytest.mark.parametrize("text", ["8", "0-8", "3-1", "-1", "a", "0,", "0--1", "٣"])
def test_shards_that_cannot_be_are_faults(tmp_path: Path, text: str) -> None:
    path = write(tmp_path, f'pack: p\nshards: "8"\nshard_ids: "{text}"\n')
    fix = 'write numbers from 0 to 7, such as "0-7" or "0,7".'
    assert faults(path) == [f"{path}:3: shard_ids cannot be {text!r}. Fix: {fix}"]


def test_shards_cannot_be_fixed_where_their_number_is_not(tmp_path: Path) -> None:
    path = write(tmp_path, 'pack: p\nshard_ids: "0-3"\n')
    assert faults(path) == [
        f"{path}:2: shard_ids cannot be '0-3'. Fix: set shards to how many there are in all, such as \"16\": which are fixed depends "
        "on that."
    ]


def test_a_proxy_and_how_long_leaving_takes_are_set(tmp_path: Path) -> None:
    settings = config.load(write(tmp_path, 'pack: p\nproxy: "http://proxy.example:3128"\nleave_within: "60"\n'))
    assert (settings.proxy, settings.leave_within) == ("http://proxy.example:3128", 60.0)


@pytest.mark.parametrize(
    "line", ['proxy: "proxy:3128"', 'proxy: "http://ada:secret@proxy:3128"', 'proxy: "socks5://proxy"', 'leave_within: "2"']
)
def test_a_proxy_with_a_password_or_of_another_kind_is_refused_and_not_repeated(tmp_path: Path, line: str) -> None:
    [fault] = faults(write(tmp_path, f"pack: p\n{line}\n"))
    assert line.partition(":")[0] in fault
    assert "secret" not in fault


# Secrets


@pytest.mark.parametrize("name", config.SECRETS)
@pytest.mark.parametrize("written", ["secret-words", "secret-words\n", "\ufeff  secret-words \r\n"])
def test_a_secret_may_stand_in_a_file(tmp_path: Path, name: str, written: str) -> None:
    path = write(tmp_path, written, "secret")
    environ = {f"{name}_FILE": str(path), "HOME": "/me"}
    assert config.with_secrets(environ) == {**environ, name: "secret-words"}
    assert config.with_secrets({**environ, name: ""})[name] == "secret-words"
    assert name not in environ  # nothing is put into what others see


def test_without_such_a_file_the_environment_stays_as_it_is() -> None:
    environ = {"DISCORD_TOKEN": " secret-words", "DISCORD_TOKEN_FILE": "", "OTHER_FILE": "/no/such/file"}
    assert config.with_secrets(environ) == environ


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (
            None,
            r"DISCORD_TOKEN_FILE: \S+secret cannot be read \(No such file or directory\)\. Fix: check the path, and that the user .*",
        ),
        (b"", r"DISCORD_TOKEN_FILE: \S+secret is empty\. Fix: put nothing but the value of DISCORD_TOKEN into it, as text\."),
        (b" \n", r"DISCORD_TOKEN_FILE: \S+secret is empty\. .*"),
        (b"secret-words\xff", r"DISCORD_TOKEN_FILE: \S+secret is not UTF-8\. .*"),
        (b"secret-words" * 1000, r"DISCORD_TOKEN_FILE: \S+secret is larger than 10,000 bytes\. .*"),
    ],
)
def test_a_file_without_a_secret_is_a_fault_that_tells_nothing_of_what_stands_in_it(
    tmp_path: Path, data: bytes | None, message: str
) -> None:
    path = tmp_path / "secret"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(FileFaults) as error:
        config.with_secrets({"DISCORD_TOKEN_FILE": str(path)})
    assert re.fullmatch(message, str(error.value))
    assert "secret-words" not in str(error.value)


def test_a_folder_in_the_place_of_a_secret_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(FileFaults, match="cannot be read"):
        config.with_secrets({"DISCORD_TOKEN_FILE": str(tmp_path)})


def test_a_secret_that_is_given_twice_is_a_fault_that_shows_neither(tmp_path: Path) -> None:
    path = write(tmp_path, "secret-words", "secret")
    with pytest.raises(FileFaults) as error:
        config.with_secrets({"DISCORD_TOKEN": "other-words", "DISCORD_TOKEN_FILE": str(path)})
    assert str(error.value) == "DISCORD_TOKEN_FILE: DISCORD_TOKEN is set too. Fix: unset one of the two."


def test_every_fault_of_secrets_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(FileFaults) as error:
        config.with_secrets({f"{name}_FILE": str(tmp_path / "none") for name in config.SECRETS})
    assert [f.file for f in error.value.faults] == ["DISCORD_TOKEN_FILE", "DATABASE_URL_FILE", "VERBATIM_HASH_SECRET_FILE"]


@pytest.mark.parametrize(
    ("value", "host", "port"),
    [
        ('"127.0.0.1:8080"', "127.0.0.1", 8080),
        ("localhost:1", "localhost", 1),
        ('"[::1]:65535"', "::1", 65535),
        ("0.0.0.0:9090", "0.0.0.0", 9090),
    ],
)
def test_an_address_to_listen_on_is_a_host_of_this_machine_and_a_port(tmp_path: Path, value: str, host: str, port: int) -> None:
    address = config.load(write(tmp_path, f"pack: here\nhttp: {value}\n")).http
    assert address == (host, port)
    assert str(address) == value.strip('"')


@pytest.mark.parametrize(
    "value",
    ["127.0.0.1", ":8080", "127.0.0.1:0", "127.0.0.1:65536", "127.0.0.1:http", "1.2.3:8080", "[::1:8080", "[127.0.0.1]:80", "::1:8080",
     "bot.example:8080", "http://127.0.0.1:8080", "127.0.0.1:8080/metrics", "127.0.0.1:١"],
)  # fmt: skip
def test_an_address_that_cannot_be_meant_is_a_fault(tmp_path: Path, value: str) -> None:
    path = write(tmp_path, f'pack: here\nhttp: "{value}"\n')
    assert faults(path) == [
        f"{path}:2: http cannot be {value!r}. Fix: write an address of this machine and a port from 1 to 65535 in quotes, such as "
        '"127.0.0.1:8080" or "[::1]:8080".'
    ]


def test_a_port_alone_is_no_address(tmp_path: Path) -> None:
    assert "YAML reads '8080' as int, not as text." in faults(write(tmp_path, "pack: here\nhttp: 8080\n"))[0]


def test_nothing_listens_and_the_log_is_text_where_nothing_is_said(tmp_path: Path) -> None:
    bare = config.load(write(tmp_path, "pack: here\n"))
    assert (bare.http, bare.log_format) == (None, "text")
    assert config.load(write(tmp_path, "pack: here\nlog_format: json\n")).log_format == "json"
    assert 'log_format cannot be \'xml\'. Fix: use "text" or "json".' in faults(write(tmp_path, "pack: a\nlog_format: xml\n"))[0]
