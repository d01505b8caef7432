"""The files in deploy/: what they name exists in the program, nothing in them runs as root, and supervisors do with an exit what is meant."""

from __future__ import annotations

import ast
import json
import re
import shlex
import shutil
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import ROOT

from bot import config
from bot.cli.main import _parser
from bot.client.fleet import LAST
from bot.store.coordination import IDENTIFY_EVERY

DEPLOY = ROOT / "deploy"
DOCKER_WAITS = 10  # seconds before it kills, where nothing else is set
SECRET_FILES = {"DISCORD_TOKEN_FILE", "DATABASE_URL_FILE"}


def paths_of_the_program() -> set[str]:
    """What the program answers over HTTP."""
    return set(re.findall(r"\"(/[a-z]+)\": lambda", (ROOT / "bot" / "client" / "endpoints.py").read_text(encoding="utf-8")))


def exit_statuses() -> set[int]:
    """Those that the Discord side ends with, but for 0: the constants EXIT_..."""
    found: set[int] = set()
    for path in (ROOT / "bot" / "client").glob("*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.Assign) and "EXIT_" in ast.unparse(node.targets[0]):
                values = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
                found |= {value.value for value in values if isinstance(value, ast.Constant) and isinstance(value.value, int)}
    return found


def test_the_secrets_that_files_give_are_read_so() -> None:
    assert {f"{name}{config.FILE_SUFFIX}" for name in config.SECRETS} >= SECRET_FILES


# The image


@pytest.fixture(scope="module")
def stages() -> list[list[tuple[str, str]]]:
    """The Dockerfile's stages, each with its instructions and what stands behind them; what comes before the first counts to none."""
    text = "\n".join(
        line for line in (DEPLOY / "Dockerfile").read_text(encoding="utf-8").splitlines() if not line.startswith("#")
    )
    found: list[list[tuple[str, str]]] = []
    for line in filter(None, text.replace("\\\n", " ").splitlines()):
        name, _, rest = line.partition(" ")
        if name == "FROM":
            found.append([])
        if found:
            found[-1].append((name, " ".join(rest.split())))
    return found


@pytest.fixture(scope="module")
def image(stages: list[list[tuple[str, str]]]) -> dict[str, str]:
    return dict(stages[-1])


@pytest.fixture(scope="module")
def settings() -> config.Settings:
    return config.load(DEPLOY / "config.yaml")


def port_of(settings: config.Settings) -> int:
    assert settings.http is not None
    assert ip_address(settings.http.host).is_unspecified  # health is asked from outside of a container
    return settings.http.port


def test_the_image_runs_as_a_user_who_is_a_number_and_not_root(image: dict[str, str]) -> None:
    assert re.fullmatch(r"[1-9]\d{3,}:[1-9]\d{3,}", image["USER"])


def test_the_image_s_processes_get_their_signals(image: dict[str, str]) -> None:
    assert image["STOPSIGNAL"] == "SIGTERM"
    command = [*json.loads(image["ENTRYPOINT"]), *json.loads(image["CMD"])]
    assert command[0] == "verbatim"
    assert _parser().parse_args(command[1:]).command == "run"


def test_nothing_is_installed_or_built_in_the_last_stage(stages: list[list[tuple[str, str]]]) -> None:
    build, last = stages
    assert [rest for name, rest in last if name == "RUN"] == ["mkdir /var/lib/verbatim && chown 10001:10001 /var/lib/verbatim"]
    assert "pip uninstall --yes pip" in dict(build)["RUN"]


def test_the_image_s_extras_and_python_are_the_project_s(stages: list[list[tuple[str, str]]]) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (extras,) = re.findall(r"\"\.\[([\w,]+)\]\"", dict(stages[0])["RUN"])
    assert set(extras.split(",")) <= set(project["optional-dependencies"])
    (python,) = re.findall(r"^ARG BASE=python:([\d.]+)-slim$", (DEPLOY / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)
    assert f"Programming Language :: Python :: {python}" in project["classifiers"]


def test_what_is_copied_exists_and_reaches_the_build_and_nothing_else_does(stages: list[list[tuple[str, str]]]) -> None:
    copied = {
        source
        for stage in stages
        for name, rest in stage
        if name == "COPY" and "--from" not in rest
        for source in rest.split()[:-1]
    }
    assert [source for source in copied if not (ROOT / source).exists()] == []
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    assert {rule[1:] for rule in rules if rule.startswith("!")} == copied


def test_the_image_s_settings_load_and_its_port_is_theirs(image: dict[str, str], settings: config.Settings) -> None:
    assert image["EXPOSE"] == str(port_of(settings))
    assert "VERBATIM_CONFIG=/etc/verbatim/config.yaml" in image["ENV"]
    assert settings.pack == Path("/etc/verbatim/pack")


@pytest.fixture
def answering() -> Iterator[HTTPServer]:
    """A server on this machine that answers every path with `status`, and notes it."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            server.asked.append(self.path)  # type: ignore[attr-defined]
            self.send_response(server.status)  # type: ignore[attr-defined]
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.asked = []  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_the_health_check_tells_a_bot_that_lives_from_one_that_does_not(
    image: dict[str, str], settings: config.Settings, answering: HTTPServer
) -> None:
    _, _, command = image["HEALTHCHECK"].partition("CMD ")
    python, *arguments = json.loads(command)
    assert python == "python3"
    assert f", {port_of(settings)}, " in arguments[1]
    arguments[1] = arguments[1].replace(str(port_of(settings)), str(answering.server_port))
    statuses = []
    for answering.status in (200, 503):  # type: ignore[attr-defined]
        proxied = {"http_proxy": "http://127.0.0.1:9", "PATH": ""}
        statuses.append(subprocess.run([sys.executable, *arguments], env=proxied, timeout=30, check=False).returncode)
    assert statuses == [0, 1]
    assert set(answering.asked) == {"/live"} <= paths_of_the_program()  # type: ignore[attr-defined]
    answering.shutdown()
    answering.server_close()
    assert subprocess.run([sys.executable, *arguments], capture_output=True, timeout=30, check=False).returncode == 1


# Compose


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    return found


def seconds(text: str) -> int:
    return int(text.removesuffix("s"))


@pytest.mark.parametrize("name", ["bot", "database"])
def test_a_service_can_change_nothing_but_its_volumes_and_has_its_limits(compose: dict[str, Any], name: str) -> None:
    service = compose["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "cap_add" not in service
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["mem_limit"]
    assert service["pids_limit"]
    assert seconds(service["stop_grace_period"]) > DOCKER_WAITS
    assert service["logging"]["options"] == {"max-size": "10m", "max-file": "5"}
    assert service.get("ports") is None  # nothing is reached from outside


def test_secrets_are_files_that_git_never_sees(compose: dict[str, Any]) -> None:
    bot, database = compose["services"]["bot"], compose["services"]["database"]
    assert {*bot["secrets"], *database["secrets"]} == set(compose["secrets"])
    assert set(bot["environment"]) == SECRET_FILES
    for service in (bot, database):
        files = {value for key, value in service["environment"].items() if key.endswith("_FILE")}
        assert files == {f"/run/secrets/{name}" for name in service["secrets"]}
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert "deploy/secrets/" in ignored
    assert all(secret["file"].startswith("secrets/") for secret in compose["secrets"].values())


def test_the_database_is_reached_by_the_bot_alone_and_waited_for(compose: dict[str, Any]) -> None:
    assert compose["services"]["database"]["networks"] == ["inside"]
    assert compose["networks"]["inside"] == {"internal": True}
    assert compose["services"]["bot"]["depends_on"] == {"database": {"condition": "service_healthy"}}
    assert compose["services"]["database"]["healthcheck"]["test"][:2] == ["CMD", "pg_isready"]
    assert compose["services"]["bot"]["build"] == {"context": "..", "dockerfile": "deploy/Dockerfile"}


# Kubernetes


@pytest.fixture(scope="module")
def objects() -> dict[str, Any]:
    return {o["kind"]: o for o in yaml.safe_load_all((DEPLOY / "kubernetes.yaml").read_text(encoding="utf-8"))}


@pytest.fixture(scope="module")
def pod(objects: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = objects["StatefulSet"]["spec"]["template"]["spec"]
    return found


def test_every_object_is_about_the_same_pods(objects: dict[str, Any]) -> None:
    labels = objects["StatefulSet"]["spec"]["template"]["metadata"]["labels"]
    assert objects["StatefulSet"]["spec"]["selector"]["matchLabels"] == labels
    assert objects["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"] == labels
    assert objects["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"] == labels
    assert objects["Service"]["spec"]["selector"] == labels
    assert objects["StatefulSet"]["spec"]["serviceName"] == objects["Service"]["metadata"]["name"]


def test_the_pod_s_user_is_the_image_s_and_can_change_nothing(pod: dict[str, Any], image: dict[str, str]) -> None:
    user, group = map(int, image["USER"].split(":"))
    may = pod["securityContext"]
    assert (may["runAsNonRoot"], may["runAsUser"], may["runAsGroup"], may["fsGroup"]) == (True, user, group, group)
    assert may["seccompProfile"] == {"type": "RuntimeDefault"}
    assert pod["automountServiceAccountToken"] is False
    (container,) = pod["containers"]
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}
    }  # fmt: skip
    assert container["resources"]["limits"]["memory"]


@pytest.fixture(scope="module")
def pod_settings(objects: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> config.Settings:
    path = tmp_path_factory.mktemp("pod") / "config.yaml"
    path.write_text(objects["ConfigMap"]["data"]["config.yaml"], encoding="utf-8")
    return config.load(path)


def test_the_probes_ask_what_the_program_answers(
    objects: dict[str, Any], pod: dict[str, Any], pod_settings: config.Settings
) -> None:
    (container,) = pod["containers"]
    asked = {p: container[p]["httpGet"] for p in ("startupProbe", "livenessProbe", "readinessProbe")}
    assert {p: a["path"] for p, a in asked.items()} == {
        "startupProbe": "/live", "livenessProbe": "/live", "readinessProbe": "/ready"
    }  # fmt: skip
    notes = objects["StatefulSet"]["spec"]["template"]["metadata"]["annotations"]
    assert {*(a["path"] for a in asked.values()), notes["prometheus.io/path"]} <= paths_of_the_program()
    (port,) = container["ports"]
    assert {a["port"] for a in asked.values()} == {port["name"]}
    assert port["containerPort"] == port_of(pod_settings) == int(notes["prometheus.io/port"])
    assert pod_settings.pack == Path("/etc/verbatim/pack")


def test_the_pod_s_secrets_are_files_and_none_is_filled_in(objects: dict[str, Any], pod: dict[str, Any]) -> None:
    (container,) = pod["containers"]
    variables = {e["name"]: e["value"] for e in container["env"]}
    assert set(variables) == {*SECRET_FILES, config.ENV_CONFIG}
    mounts = {m["name"]: m["mountPath"] for m in container["volumeMounts"]}
    assert {variables[name] for name in SECRET_FILES} == {f"{mounts['secrets']}/{key}" for key in objects["Secret"]["stringData"]}
    assert variables[config.ENV_CONFIG] == f"{mounts['settings']}/config.yaml"
    assert set(objects["Secret"]["stringData"].values()) == {""}
    assert {v["name"] for v in pod["volumes"]} == set(mounts)


def test_kubernetes_own_schemas_accept_the_objects(objects: dict[str, Any]) -> None:
    validate = pytest.importorskip("kubernetes_validate", reason="kubernetes-validate is not installed")
    for one in objects.values():
        validate.validate(one, validate.latest_version(), strict=True)


# systemd


@pytest.fixture(scope="module")
def unit() -> dict[str, list[str]]:
    """What the unit says, by key; a key may stand there several times."""
    found: dict[str, list[str]] = {}
    for line in (DEPLOY / "verbatim.service").read_text(encoding="utf-8").splitlines():
        if line and line[0] not in "#[":
            key, _, value = line.partition("=")
            found.setdefault(key, []).append(value)
    return found


def test_systemd_starts_the_bot_anew_but_where_that_would_not_help(unit: dict[str, list[str]]) -> None:
    assert unit["Restart"] == ["on-failure"]
    assert {int(s) for s in unit["RestartPreventExitStatus"][0].split()} == exit_statuses()
    page = (ROOT / "docs" / "running.md").read_text(encoding="utf-8").partition("## Exit status")[2].partition("\n## ")[0]
    assert {int(s) for s in re.findall(r"^\| (\d+) \|", page, re.MULTILINE)} == {0, *exit_statuses()}


def test_systemd_runs_a_command_that_there_is(unit: dict[str, list[str]]) -> None:
    program, *arguments = shlex.split(unit["ExecStart"][0])
    assert program.endswith("/bin/verbatim")
    assert _parser().parse_args(arguments).command == "run"


def test_systemd_hands_the_token_over_as_a_file(unit: dict[str, list[str]]) -> None:
    (credential,) = (c.partition(":")[0] for c in unit["LoadCredential"])
    assert f"DISCORD_TOKEN_FILE=%d/{credential}" in unit["Environment"]
    assert "EnvironmentFile" not in unit


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed")
def test_systemd_itself_finds_nothing_in_the_unit_and_little_exposed(tmp_path: Path) -> None:
    text = (DEPLOY / "verbatim.service").read_text(encoding="utf-8")
    there = tmp_path / "verbatim.service"
    there.write_text(re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", text, flags=re.MULTILINE), encoding="utf-8")
    for arguments in (["verify"], ["security", "--offline=yes", "--threshold=20"]):
        ran = subprocess.run(["systemd-analyze", *arguments, there], capture_output=True, text=True, timeout=60, check=False)
        if "Unknown option" in ran.stderr or "unrecognized option" in ran.stderr:
            pytest.skip("this systemd-analyze is older than the options")
        assert (ran.returncode, ran.stderr) == (0, "")


# The end


def test_each_has_the_time_to_hand_several_shards_over_and_its_supervisor_waits_longer(
    settings: config.Settings,
    compose: dict[str, Any],
    pod: dict[str, Any],
    pod_settings: config.Settings,
    unit: dict[str, list[str]],
) -> None:
    assert (settings.leave_within - LAST) // IDENTIFY_EVERY == 10, "as docs/deploying.md says"
    assert seconds(compose["services"]["bot"]["stop_grace_period"]) > settings.leave_within
    assert pod["terminationGracePeriodSeconds"] > pod_settings.leave_within == settings.leave_within
    assert int(unit["TimeoutStopSec"][0]) > settings.leave_within > config.LEAVE_WITHIN
