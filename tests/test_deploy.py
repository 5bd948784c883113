"""What is in `deploy/`, checked without an engine: parsed, held against schemas and this repository."""

import json
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import kubernetes_validate
import pytest
import typer
import yaml

from ouidire import __version__
from ouidire.settings.configuration import load_settings
from service.cli.app import app

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
MANIFESTS = sorted(
    path for path in (DEPLOY / "kubernetes").glob("*.yaml") if path.name != "kustomization.yaml"
)
COMMANDS = set(typer.main.get_command(app).commands)


def instructions():
    """The Dockerfile's instructions: (name, rest), its continued lines joined."""
    text = re.sub(r"^\s*#.*\n", "", (DEPLOY / "Dockerfile").read_text(), flags=re.MULTILINE).replace(
        "\\\n", " "
    )
    return [
        (line.split(None, 1)[0], line.split(None, 1)[1].strip()) for line in text.splitlines() if line.strip()
    ]


def stages():
    found = {}
    for name, rest in instructions():
        if name == "FROM":
            alias = rest.partition(" AS ")[2]
            found[alias or "default"] = []
            current = found[alias or "default"]
        current.append((name, rest))
    return found


def test_the_dockerfile_is_one():
    known = {
        "FROM",
        "RUN",
        "COPY",
        "ENV",
        "WORKDIR",
        "VOLUME",
        "EXPOSE",
        "STOPSIGNAL",
        "HEALTHCHECK",
        "USER",
        "ENTRYPOINT",
        "CMD",
    }
    assert {name for name, _ in instructions()} <= known
    assert list(stages()) == ["build", "plain", "browser", "default"]
    for name, rest in instructions():
        if name in ("ENTRYPOINT", "CMD"):
            assert isinstance(json.loads(rest), list), "the exec form: signals must arrive"
        if name == "RUN":
            done = subprocess.run(["/bin/sh", "-n", "-c", rest], capture_output=True, text=True, check=False)
            assert (done.returncode, done.stderr) == (0, "")
        if name == "FROM" and "python" in rest:
            exact = re.match(r"python:\d+\.\d+-slim-\w+(@sha256:[0-9a-f]{64})?( |$)", rest)
            assert exact, "a base is named exactly"
        if name == "RUN" and "apt-get install" in rest:
            assert "--no-install-recommends" in rest
            assert "rm -rf /var/lib/apt/lists/*" in rest


def test_the_image_runs_unprivileged_and_installs_what_is_locked():
    for name in ("plain", "browser"):
        users = [rest for instruction, rest in stages()[name] if instruction == "USER"]
        assert users[-1] == "10001:10001"
    build = " ".join(rest for _, rest in stages()["build"])
    assert "--require-hashes -r requirements.lock" in build
    installs = re.findall(r"pip install (.*?)(?: &&|$)", build, re.MULTILINE)
    assert all("--require-hashes" in each or "--no-deps --no-build-isolation ." in each for each in installs)
    ignored = (ROOT / ".dockerignore").read_text().split()
    for name, rest in instructions():
        if name == "COPY" and not rest.startswith("--from"):
            for source in shlex.split(rest)[:-1]:
                assert (ROOT / source).exists(), source
                assert f"!{source}" in ignored, f"{source} does not reach the builder"
    assert ignored[0] == "*"
    (command,) = [json.loads(rest) for name, rest in instructions() if name == "CMD"]
    assert command[0] in COMMANDS


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text())


def test_compose_names_what_exists(compose):
    known = {"name", "services", "volumes", "secrets"}
    assert {key for key in compose if not key.startswith("x-")} == known
    for name, service in compose["services"].items():
        assert "image" in service, name
        image = service["image"]
        assert image == "ouidire" or re.search(r":v?\d", image), f"{image}: a version is named exactly"
        assert service["cap_drop"] == ["ALL"]
        assert "no-new-privileges:true" in service["security_opt"]
        for other in service.get("depends_on", {}):
            assert other in compose["services"]
        for mount in service.get("volumes", []):
            source = mount.split(":")[0]
            assert source in compose["volumes"] or (DEPLOY / source).exists(), source
        for secret in service.get("secrets", []):
            assert secret in compose["secrets"]
        for port in service.get("ports", []):
            assert port.startswith("127.0.0.1:"), "reached from this machine alone"
        if image == "ouidire":
            assert service["command"][0] in COMMANDS
            assert service["read_only"]
    assert {"app", "elasticsearch", "kibana", "mail"} <= set(compose["services"])
    assert not re.search(r"PASSWORD: (?!\$\{)", (DEPLOY / "compose.yaml").read_text()), (
        "no password stands here"
    )


SERVICE_KEYS = {
    "build",
    "cap_drop",
    "command",
    "depends_on",
    "entrypoint",
    "environment",
    "healthcheck",
    "image",
    "logging",
    "mem_limit",
    "network_mode",
    "ports",
    "profiles",
    "read_only",
    "restart",
    "secrets",
    "security_opt",
    "stop_grace_period",
    "tmpfs",
    "ulimits",
    "volumes",
}
"""The keys of the Compose specification that are used; another one is a slip, or is added here."""
CONDITIONS = {"service_started", "service_healthy", "service_completed_successfully"}


def test_compose_uses_keys_that_compose_has(compose):
    for name, service in compose["services"].items():
        assert service.keys() <= SERVICE_KEYS, name
        assert service["restart"] in ("no", "unless-stopped"), name
        assert isinstance(service.get("command", []), list), f"{name}: the exec form, so that signals arrive"
        for other, wanted in service.get("depends_on", {}).items():
            assert wanted.keys() == {"condition"}
            assert wanted["condition"] in CONDITIONS
            if wanted["condition"] == "service_healthy":
                assert "healthcheck" in compose["services"][other], f"{other} never tells that it is well"
        for size in filter(None, [service.get("mem_limit")]):
            assert re.fullmatch(r"\d+[mg]", size)
        for mount in service.get("tmpfs", []):
            assert mount.startswith("/")
    assert all(set(each or {}) <= {"file"} for each in compose["secrets"].values())


def test_compose_and_its_configuration_mean_the_same_things(compose):
    settings = load_settings(DEPLOY / "compose" / "ouidire.toml")
    app_service = compose["services"]["app"]
    assert app_service["ports"] == [f"127.0.0.1:8080:{settings.serve.port}"]
    assert int(app_service["stop_grace_period"].removesuffix("s")) > settings.serve.stop_seconds + 20
    assert settings.index.password_env in app_service["environment"]
    assert [urlsplit(url).hostname for url in settings.index.url] == ["elasticsearch"]
    assert settings.smtp.host == "mail"
    assert {str(settings.serve.password_file)} == {f"/run/secrets/{name}" for name in app_service["secrets"]}
    for name in ("app", "backup"):
        targets = [mount.split(":")[1] for mount in compose["services"][name]["volumes"]]
        assert str(settings.data) in targets
        assert environment()["OUIDIRE_CONFIG"] in targets
    told = (ROOT / "docs" / "operations.md").read_text()
    variables = set(re.findall(r"(?<!\$)\$\{(\w+)", (DEPLOY / "compose.yaml").read_text()))
    assert variables == {"ELASTIC_PASSWORD", "KIBANA_PASSWORD"}
    assert all(f"{name}=%s" in told for name in variables)
    elastic, kibana = (
        compose["services"][name]["image"].partition(":")[2] for name in ("elasticsearch", "kibana")
    )
    assert elastic == kibana == compose["services"]["kibana-user"]["image"].partition(":")[2]


def environment():
    """What the image sets."""
    return dict(pair.split("=", 1) for name, rest in instructions() if name == "ENV" for pair in rest.split())


def test_the_image_and_the_configurations_mean_the_same_things():
    lines = dict(instructions())
    for place in ("compose", "kubernetes"):
        settings = load_settings(DEPLOY / place / "ouidire.toml")
        assert lines["VOLUME"] == lines["WORKDIR"] == str(settings.data)
        assert lines["EXPOSE"] == str(settings.serve.port)
        assert f":{settings.serve.port}/healthz" in lines["HEALTHCHECK"]
    copied = " ".join(rest for name, rest in stages()["build"] if name == "COPY").split()
    packages = {
        path.parent.name for path in ROOT.glob("*/__init__.py") if path.parent.name not in ("tests", "bench")
    }
    assert packages <= set(copied), "every package of ours is in the image"


@pytest.mark.parametrize("place", ["compose", "kubernetes"])
def test_the_configurations_are_valid(place):
    settings = load_settings(DEPLOY / place / "ouidire.toml")
    assert settings.serve.host == "0.0.0.0"  # noqa: S104 (in a container)
    assert settings.serve.port == 8080
    assert settings.serve.password_file is not None


def documents():
    return [(path.name, each) for path in MANIFESTS for each in yaml.safe_load_all(path.read_text())]


@pytest.mark.parametrize(
    ("name", "document"), documents(), ids=[f"{name}:{each['kind']}" for name, each in documents()]
)
@pytest.mark.parametrize("version", ["1.30", "1.34"])
def test_manifests_fit_kubernetes_schemas(name, document, version):
    kubernetes_validate.validate(document, version, strict=True)


def test_a_manifest_with_a_slip_is_noticed():
    (deployment,) = [each for _, each in documents() if each["kind"] == "Deployment"]
    wrong = json.loads(json.dumps(deployment))
    wrong["spec"]["template"]["spec"]["containers"][0]["livenesProbe"] = {}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, "1.34", strict=True)


def pods():
    for _, each in documents():
        if each["kind"] == "Deployment":
            yield each["spec"]["template"]["spec"]
        if each["kind"] == "CronJob":
            yield each["spec"]["jobTemplate"]["spec"]["template"]["spec"]


def test_pods_are_restricted_and_mount_what_exists():
    claims = {each["metadata"]["name"] for _, each in documents() if each["kind"] == "PersistentVolumeClaim"}
    assert len(list(pods())) == 2
    for pod in pods():
        assert pod["automountServiceAccountToken"] is False
        assert pod["securityContext"]["runAsNonRoot"]
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        (container,) = pod["containers"]
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert container["image"] == f"ouidire:{__version__}"
        assert container["args"][0] in COMMANDS
        assert {each["name"] for each in container["volumeMounts"]} == {
            each["name"] for each in pod["volumes"]
        }
        assert {
            each["persistentVolumeClaim"]["claimName"]
            for each in pod["volumes"]
            if "persistentVolumeClaim" in each
        } <= claims


def test_the_scheduler_is_one_and_has_its_probes():
    (deployment,) = [each for _, each in documents() if each["kind"] == "Deployment"]
    assert deployment["spec"]["replicas"] == 1
    assert deployment["spec"]["strategy"] == {"type": "Recreate"}
    pod = deployment["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert {
        container[probe]["httpGet"]["path"] for probe in ("startupProbe", "livenessProbe", "readinessProbe")
    } == {"/healthz", "/readyz"}
    settings = load_settings(DEPLOY / "kubernetes" / "ouidire.toml")
    assert container["ports"][0]["containerPort"] == settings.serve.port
    assert pod["terminationGracePeriodSeconds"] > settings.serve.stop_seconds + 20
    labels = deployment["spec"]["template"]["metadata"]["labels"]
    (service,) = [each for _, each in documents() if each["kind"] == "Service"]
    assert service["spec"]["selector"].items() <= labels.items()
    listed = yaml.safe_load((DEPLOY / "kubernetes" / "kustomization.yaml").read_text())["resources"]
    assert sorted(listed) == [path.name for path in MANIFESTS]


def test_manifests_name_what_exists():
    kinds = {each["kind"]: each for _, each in documents()}
    settings = load_settings(DEPLOY / "kubernetes" / "ouidire.toml")
    kustomization = yaml.safe_load((DEPLOY / "kubernetes" / "kustomization.yaml").read_text())
    maps = {each["name"]: each["files"] for each in kustomization["configMapGenerator"]}
    assert kinds["Namespace"]["metadata"]["name"] == kustomization["namespace"]
    for pod in pods():
        assert all(each["configMap"]["name"] in maps for each in pod["volumes"] if "configMap" in each)
        paths = {each["name"]: each["mountPath"] for each in pod["containers"][0]["volumeMounts"]}
        assert paths["data"] == str(settings.data)
        assert f"{paths['configuration']}/{maps['ouidire'][0]}" == environment()["OUIDIRE_CONFIG"]
    scheduler, backup = pods()
    if "backup" not in {each["name"] for each in backup["volumes"]}:
        scheduler, backup = backup, scheduler
    mounts = {each["name"]: each["mountPath"] for each in scheduler["containers"][0]["volumeMounts"]}
    assert settings.serve.password_file.parent == Path(mounts["secrets"])
    assert (
        "create secret generic ouidire --from-file=password_hash"
        in (ROOT / "docs" / "operations.md").read_text()
    )
    assert settings.serve.password_file.name == "password_hash"
    places = {each["name"]: each["mountPath"] for each in backup["containers"][0]["volumeMounts"]}
    assert Path(backup["containers"][0]["args"][1]).is_relative_to(places["backup"])
    labels = kinds["Deployment"]["spec"]["template"]["metadata"]["labels"]
    assert kinds["Deployment"]["spec"]["selector"]["matchLabels"].items() <= labels.items()
    (near,) = backup["affinity"]["podAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
    assert near["labelSelector"]["matchLabels"].items() <= labels.items()
    assert kinds["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"].items() <= labels.items()
    ports = {each["name"] for each in scheduler["containers"][0]["ports"]}
    probes = {
        scheduler["containers"][0][probe]["httpGet"]["port"]
        for probe in ("startupProbe", "livenessProbe", "readinessProbe")
    }
    asked = {each["port"] for rule in kinds["NetworkPolicy"]["spec"]["ingress"] for each in rule["ports"]}
    assert probes | asked | {each["targetPort"] for each in kinds["Service"]["spec"]["ports"]} == ports


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not installed")
def test_kustomize_builds_it():
    done = subprocess.run(
        ["kubectl", "kustomize", str(DEPLOY / "kubernetes")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    built = list(yaml.safe_load_all(done.stdout))
    assert {each["metadata"].get("namespace", "ouidire") for each in built} == {"ouidire"}
    assert "ConfigMap" in {each["kind"] for each in built}


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
@pytest.mark.parametrize(
    ("unit", "most"), [("ouidire-serve", 3.0), ("ouidire", 3.0), ("ouidire-backup", 1.0)]
)
def test_units_are_as_hardened_as_they_were(unit, most):
    """systemd's own score, from 0 (safe) to 10; Chromium wants scripts compiled and namespaces of its own."""
    path = DEPLOY / "systemd" / f"{unit}.service"
    command = [
        "systemd-analyze",
        "security",
        "--offline=yes",
        f"--threshold={most * 10:.0f}",
        "--no-pager",
        str(path),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "Overall exposure level" in done.stdout, done.stderr
    assert done.returncode == 0, done.stdout.splitlines()[-1]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_timers_ring_at_times_that_exist():
    for path in (DEPLOY / "systemd").glob("*.timer"):
        (when,) = re.findall(r"^OnCalendar=(.+)$", path.read_text(), re.MULTILINE)
        assert (
            subprocess.run(["systemd-analyze", "calendar", when], capture_output=True, check=False).returncode
            == 0
        )
        assert path.with_suffix(".service").exists()


def test_setuptools_comes_with_the_hashes_of_the_lock(tmp_path):
    (run,) = [rest for name, rest in instructions() if name == "RUN" and "setuptools.lock" in rest]
    command = run.partition(" && ")[0]
    shutil.copy(ROOT / "requirements-dev.lock", tmp_path)
    subprocess.run(["/bin/sh", "-c", command], check=True, cwd=tmp_path)
    text = (tmp_path / "setuptools.lock").read_text()
    assert re.match(r"setuptools==[\d.]+ \\\n( +--hash=sha256:[0-9a-f]{64}( \\)?\n)+", text)


def test_images_are_pinned_by_a_script(tmp_path):
    """Digests cannot be looked up without the registries: the script is run against one that is made up."""
    digest = "sha256:" + "5" * 64
    for name in ("Dockerfile", "compose.yaml", "pin-images.sh"):
        shutil.copy(DEPLOY / name, tmp_path)
    fake = tmp_path / "bin" / "docker"
    fake.parent.mkdir()
    fake.write_text(f"#!/bin/sh\necho {digest}\n")
    fake.chmod(0o700)
    script = [str(tmp_path / "pin-images.sh")]
    way = {"PATH": f"{fake.parent}:/usr/bin:/bin"}
    assert subprocess.run([*script, "--check"], check=False, env=way, capture_output=True).returncode == 1
    for _ in range(2):
        subprocess.run(script, check=True, env=way, capture_output=True)
        assert subprocess.run([*script, "--check"], check=False, env=way).returncode == 0
        assert (tmp_path / "Dockerfile").read_text().count(f"-bookworm@{digest}") == 2
        assert (tmp_path / "compose.yaml").read_text().count(f"@{digest}") == 4
