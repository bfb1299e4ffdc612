"""Where a platform comes from (§二, §三), and what the guideline's 等 leaves open (§一, §四, §五)."""

from typing import Any

import pytest

from starter.client.first_application import FirstApplication, as_plain_data, digest_of
from workflows.application import PlatformApplication
from workflows.decisions import SupportGiven
from workflows.model import InvalidMessage, parse
from workflows.states import application_content

from .builders import MECHANISMS, application, decision, plan

GROWN: dict[str, Any] = {
    "address": "海淀区示例路1号",
    "partners": ["示例大学", "示例股份有限公司"],
    "origin": "existing_centre",
    "centre": "示例工程技术研究中心",
    "services": ["design", "other"],
    "other_services": ["检验检测"],
}


def test_an_application_says_where_the_platform_comes_from() -> None:
    """Address, partners, the centre that it grows from, other services: the log has them as they were said."""
    content = application_content(parse(PlatformApplication, application(**GROWN)))
    assert {name: content[name] for name in GROWN} == GROWN


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"services": ["other"]}, "other_services names the services"),
        ({"other_services": ["检验检测"]}, "other_services names the services"),
        ({"origin": "existing_centre"}, "centre names the centre"),
        ({"origin": "new", "centre": "示例中心"}, "centre names the centre"),
    ],
)
def test_what_is_other_is_named(changes: dict[str, Any], why: str) -> None:
    """And nothing is named that is not said to be other."""
    with pytest.raises(InvalidMessage, match=why):
        parse(PlatformApplication, application(**changes))


def test_an_application_of_before_is_the_same_application() -> None:
    """One that says none of this is sent, hashed and recognised as it was before there was any of it."""
    form = parse(PlatformApplication, application())
    sent = as_plain_data(form)
    assert not {*GROWN, "brought_in"} & {*sent} - {"services"}
    assert "other_bodies" not in sent["plan"]["mechanisms"]
    in_log = application_content(parse(PlatformApplication, sent))
    before = FirstApplication("a-2024-1", 1, content=in_log)
    assert before.is_same(form)
    assert before.is_same(parse(PlatformApplication, sent))
    grown = parse(PlatformApplication, application(**GROWN))
    assert digest_of(grown) != digest_of(form)
    assert parse(PlatformApplication, as_plain_data(grown)) == grown


def test_other_bodies_and_other_support() -> None:
    """A committee that the guideline does not name; support of another kind, which its title names."""
    mechanisms = {**MECHANISMS, "other_bodies": ["技术指导委员会"]}
    form = parse(PlatformApplication, application(plan={**plan(), "mechanisms": mechanisms}))
    assert form.plan.mechanisms.other_bodies == ("技术指导委员会",)
    raw = decision("support", "d-1", "2024-05-06", given_on="2024-05-06", support="other")
    assert parse(SupportGiven, raw).result == "recorded"
