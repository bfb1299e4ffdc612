"""What people send in earnest: applications, and the next decision that a case awaits."""

import copy
import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import cache
from random import Random
from typing import Any

from bench.attack.system import ROOT
from workflows.periods import beijing_date

EXAMPLES = ROOT / "examples"
_FIRST = EXAMPLES / "bj-eda-verification" / "application.json"
_BROUGHT_IN = EXAMPLES / "bj-food-authenticity" / "application.json"
_LISTED_DAYS_AGO = 300
"""So long ago that the first assessment has opened, and so short that it is of the first year."""
_OFTEN = {
    "recommended": 12,
    "passed": 12,
    "supported": 12,
    "included": 12,
    "effective": 2,
    "not_effective": 2,
    "filed": 4,
    "met": 3,
}
"""How much likelier than others these outcomes are: most lives should get far."""


def today() -> date:
    """The day it is in Beijing."""
    return beijing_date(datetime.now(UTC))


def application(platform_id: str) -> dict[str, Any]:
    """An application for a first term."""
    return _read(str(_FIRST)) | {"platform_id": platform_id, "application_id": f"{platform_id}-a"}


def brought_in(platform_id: str) -> dict[str, Any]:
    """An application that brings a listed platform in, whose first assessment opens at once."""
    form = _read(str(_BROUGHT_IN))
    listed = today() - timedelta(days=_LISTED_DAYS_AGO)
    form["brought_in"] |= {
        "decision_id": f"{platform_id}-in",
        "listed_on": str(listed),
        "decided_on": str(today() - timedelta(days=2)),
        "assessments": [],
        "certificate_number": f"C-{platform_id}",  # a number belongs to one platform
    }
    del form["brought_in"]["last_day"]
    return form | {"platform_id": platform_id, "application_id": f"{platform_id}-a"}


def decision(
    random: Random,
    kind: str,
    role: str,
    facts: dict[str, Any],
    decision_id: str,
    *,
    year: int | None = None,
) -> dict[str, Any]:
    """A decision of a kind that fits a platform, with one of the outcomes that fit the role.

    `year` is that of the assessment that it is for; none for the platform itself.
    """
    fitting = [
        one
        for one in _templates()[kind]
        if (one.get("outcome") in _PASSED_OVER) == (role == "commission" and kind in _FROM_OTHERS)
    ]
    weights = [_OFTEN.get(str(one.get("outcome")), 1) for one in fitting]
    said = copy.deepcopy(random.choices(fitting, weights)[0])
    said |= {
        "kind": kind,
        "decision_id": decision_id,
        "decided_on": str(today()),
        "actor": actor(role, facts),
        "case": {"platform_id": facts["platform_id"], "term": facts["term"]},
    }
    if year is not None:
        said["case"]["year"] = year
    said.pop("mend_by", None)
    if "application" in said:
        own = {"application_id": f"{decision_id}-a"[:64], "operator": facts["operator"]}
        said["application"] = application(facts["platform_id"]) | own
    adjust = _ADJUST.get(kind)
    if adjust:
        adjust(random, said, decision_id)
    return said


def actor(role: str, facts: dict[str, Any]) -> dict[str, Any]:
    """Who may speak in a role about a platform."""
    if role == "district":
        district = facts["district"]
        return {"id": "d-01", "role": role, "organisation": "区科技主管部门", "district": district}
    if role == "operator":
        return {"id": "op-01", "role": role, "organisation": facts["operator"]["name"]}
    return {"id": "c-01", "role": role, "organisation": "市科委、中关村管委会"}


def _listing(random: Random, said: dict[str, Any], decision_id: str) -> None:
    if said["outcome"] == "included":
        said["list_number"] = f"2026-{random.randint(1, 9)}"
        said["certificate_number"] = f"C-{decision_id}"[:64]


def _plan_revision(random: Random, said: dict[str, Any], decision_id: str) -> None:
    said["plan"]["parts"]["approach"] += decision_id  # no version is filed twice


def _support(random: Random, said: dict[str, Any], decision_id: str) -> None:
    said["given_on"] = str(today())


_ADJUST: dict[str, Callable[[Random, dict[str, Any], str], None]] = {
    "listing": _listing,
    "plan_revision": _plan_revision,
    "support": _support,
}
_FROM_OTHERS = ("self_report", "district_review", "rectification_report")
"""What the commission only goes on without, once it is overdue."""
_PASSED_OVER = ("not_filed", "not_given")


@cache
def _templates() -> dict[str, list[dict[str, Any]]]:
    """What was decided in the examples, by kind."""
    found: dict[str, list[dict[str, Any]]] = {}
    for path in sorted(EXAMPLES.glob("*/life.json")):
        for term in json.loads(path.read_text(encoding="utf-8"))["terms"]:
            for step in term["steps"]:
                said = step.get("decide") or step.get("signal")
                if said and not said.get("actor", {}).get("acting_for"):
                    found.setdefault(said["kind"], []).append(said)
    return found


@cache
def _text(path: str) -> str:
    with open(path, encoding="utf-8") as file:  # noqa: PTH123 - the path is a cache's key
        return file.read()


def _read(path: str) -> dict[str, Any]:
    form: dict[str, Any] = json.loads(_text(path))
    return form
