"""The command of a change of facts: flags, answers at a terminal, and a row of a table."""

from typing import Any

from starter.commands.batch.decision_cells import from_cells
from starter.commands.forms_by_kind import FORMS
from starter.doubts.body_doubts import half_renamed
from tests.rules.builders import DOCUMENT
from tests.rules.cases import at_stage
from tests.starter.form_typing import Run, Sent, day_of, terminal, typed  # noqa: F401
from tests.starter.test_guided import COMMISSION, show_case
from workflows.case_changes import CHANGEABLE
from workflows.decisions import MODELS
from workflows.model import parse
from workflows.vocabulary import Kind, Stage

DAY = day_of(Stage.INSPECTION)
HASHED = f"{DOCUMENT['name']}={DOCUMENT['sha256']}"


def test_what_becomes_new_has_flags_of_its_own() -> None:
    """`--district` is that of whoever decides; words are read in Chinese, the lead unit with its kind."""
    form = FORMS[Kind.FACTS_CHANGE]
    flags = {part.field: part.flag for part in form.parts}
    assert {flags[name] for name in CHANGEABLE} == {
        f"--new-{name}"
        for name in ("name", "operator", "lead-unit", "district", "field", "direction", "service")
    }
    said = form.decision(
        {
            "given_new_operator": "新运营单位",
            "given_new_lead_unit": "某某院，科研机构",
            "given_new_field": "节能环保",
            "given_new_service": ("研发", "design"),
        },
        {},
    )
    assert said == {
        "kind": "facts_change",
        "operator": {"name": "新运营单位"},
        "lead_unit": {"name": "某某院", "kind": "research_institute"},
        "field": "energy_saving_and_environment",
        "services": ["research", "design"],
    }


def test_the_form_shows_what_holds_and_asks_for_what_is_new(
    pingtai: Run, answers: dict[str, Any], sent: Sent
) -> None:
    """Enter leaves a fact as it is."""
    show_case(answers, at_stage(Stage.INSPECTION))
    document = ("--document", HASHED)
    stdin = typed(
        "kw-1", *COMMISSION[1:], "迁址", "2", "", "", "", "北京经济技术开发区", "", "", "", DAY, "y"
    )
    result = pingtai("change", "bj-test", *document, lang="zh", stdin=stdin)
    assert 0 == result.exit_code, result.output
    for now in (
        "芯片验证共性技术平台",
        "京芯共性平台运营有限公司",
        "京芯微电子研究院、科研机构",
        "海淀区",
        "研发、设计",
    ):
        assert f"现为：{now}" in result.stdout
    [(_, decision)] = sent
    assert "beijing_etown" == decision["district"]
    assert not {"name", "operator", "lead_unit", "field", "services"} & decision.keys()


def test_a_row_of_a_table() -> None:
    """Its columns are called as the labels are, or as the fields; words may be Chinese."""
    cells = {
        "platform": "p-1",
        "kind": "信息变更",
        "requested_by": "所在区",
        "district": "大兴区",
        "lead_unit.name": "某某院",
        "lead_unit.kind": "科研机构",
        "operator": "新运营单位",
        "services": "研发;设计",
        "reason": "迁址",
        "documents": HASHED,
        "decision_id": "d-1",
        "decided_on": DAY,
        "actor.id": "kw-1",
        "actor.role": "commission",
        "actor.organisation": "市科委",
    }
    made = from_cells(cells)
    assert "p-1" == made.pop("platform")
    change = parse(MODELS[Kind.FACTS_CHANGE], made)
    assert "daxing" == made["district"]
    assert ({"name": "某某院", "kind": "research_institute"}, {"name": "新运营单位"}) == (
        made["lead_unit"],
        made["operator"],
    )
    assert "facts_change" == change.kind


def test_a_body_that_is_both_is_asked_about_where_only_one_is_renamed() -> None:
    """In any spelling of its name; both renamed, or two bodies: nothing is asked."""
    both, renamed = ("某某（北京）公司", "某某(北京)公司"), {"name": "新名称"}
    change = {"kind": "facts_change", "operator": renamed}
    (doubt,) = half_renamed(change, both)
    assert "只变更了其中一项" in doubt.zh
    assert [] == list(half_renamed(change | {"lead_unit": renamed}, both))
    assert [] == list(half_renamed(change, ("甲公司", "乙研究院")))
    assert [] == list(half_renamed({"kind": "facts_change", "name": "新名"}, both))
