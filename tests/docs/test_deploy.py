"""What deploy/ has for operators agrees with the program; `make kit` runs the linter of each kind on it."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml

from activities.register_metrics import FAILED, LAG
from starter.service.request_guard import Measures
from worker.server_limits import LIMITS

DEPLOY = Path(__file__).parents[2] / "deploy"
SETTINGS = (DEPLOY.parent / "docs" / "deployment.md").read_text()
FILES = sorted(file for file in DEPLOY.rglob("*") if file.is_file())


def queries() -> Iterator[str]:
    """Every expression of the alerts and of the dashboard."""
    for group in yaml.safe_load((DEPLOY / "prometheus" / "alerts.yaml").read_text())["groups"]:
        yield from (rule["expr"] for rule in group["rules"])
    for panel in json.loads((DEPLOY / "grafana" / "pingtai.json").read_text())["panels"]:
        yield from (target["expr"] for target in panel.get("targets", ()))


def test_a_cluster_gets_the_limits_of_the_local_stack() -> None:
    found = yaml.safe_load((DEPLOY / "compose" / "temporal" / "limits.yaml").read_text())
    assert list(LIMITS) == [f"{key}={one['value']}" for key, (one,) in found.items()]


def test_the_workers_of_a_cluster_are_of_this_version() -> None:
    """Their name, their labels, their build id, and the image: a release changes all of them."""
    ours = version("pingtai")
    worker = (DEPLOY / "kubernetes" / "worker.yaml").read_text()
    image = (DEPLOY / "kubernetes" / "kustomization.yaml").read_text()
    assert {ours} == set(re.findall(r"\b\d+\.\d+\.\d+\b(?!\.)", worker + image)) - {"0.0.0"}
    assert f"pingtai-worker-{ours.replace('.', '-')}\n" in worker


def test_every_metric_that_is_asked_for_exists() -> None:
    """Ours by the code that counts them, the SDK's by the names in its library."""
    ours = {LAG, FAILED}
    ours |= {sample.name for family in Measures().registry.collect() for sample in family.samples}
    ours |= {family.name for family in Measures().registry.collect()}
    ours |= {f"{one.name}_total" for one in Measures().registry.collect() if one.type == "counter"}
    library_file = find_spec("temporalio.bridge.temporal_sdk_bridge")
    assert library_file
    library = Path(str(library_file.origin)).read_bytes()
    named = set(re.findall(r"\b(?:temporal|pingtai)_[a-z_]+", " ".join(queries())))
    assert len(named) > 12
    for metric in sorted(named):
        base = re.sub(r"_(bucket|count|sum)$", "", metric)
        if base.startswith("pingtai_"):
            assert base in ours, metric
        else:
            assert base.removeprefix("temporal_").encode() in library, metric


def test_every_setting_is_one_of_the_program() -> None:
    for file in FILES:
        for name in set(re.findall(r"\bPINGTAI_[A-Z_]+", file.read_text())):
            assert f"| {name} |" in SETTINGS, f"{file.name}: {name}"


def test_scripts_are_shell() -> None:
    for script in DEPLOY.rglob("*.sh"):
        subprocess.run(["/bin/sh", "-n", script], check=True)


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd-analyze here")
def test_units_are_understood_by_systemd(tmp_path: Path) -> None:
    """With the program of this environment in place of /opt/pingtai, which is not installed here."""
    program = Path(sys.executable).with_name("pingtai")
    for unit in (DEPLOY / "systemd").iterdir():
        here = unit.read_text().replace("/opt/pingtai/bin/pingtai", str(program))
        (tmp_path / unit.name).write_text(here)
    units = sorted(tmp_path.iterdir())
    found = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *units],
        capture_output=True,
        text=True,
        check=False,
    )
    said = [line for line in found.stderr.splitlines() if "pingtai" in line]
    assert (0, []) == (found.returncode, said), found.stderr


@pytest.mark.skipif(not shutil.which("promtool"), reason="no promtool here (Debian: prometheus)")
def test_promtool_accepts_alerts_and_dashboard(tmp_path: Path) -> None:
    """Each alert rings and is silent where it should; each query of the dashboard is one."""
    rules = [
        {"record": f"query:{number}", "expr": query.replace("$__rate_interval", "5m")}
        for number, query in enumerate(queries())
    ]
    (tmp_path / "rules.yaml").write_text(
        yaml.safe_dump({"groups": [{"name": "q", "rules": rules}]})
    )
    for arguments in (
        ["check", "rules", str(tmp_path / "rules.yaml")],
        ["test", "rules", "alerts_test.yaml"],
    ):
        ran = subprocess.run(
            ["promtool", *arguments],
            cwd=DEPLOY / "prometheus",
            capture_output=True,
            text=True,
            check=False,
        )
        assert 0 == ran.returncode, ran.stdout + ran.stderr
