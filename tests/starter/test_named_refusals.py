"""A refusal names what is to be filled in as people know it: by the flag, in a form when it is typed."""

from pathlib import Path
from typing import Any

import pytest

from starter.commands.forms_by_kind import FORMS
from starter.terminal.named_fields import in_table, named_refusal
from starter.terminal.official_wording import official
from tests.rules.builders import DOCUMENT
from tests.rules.cases import at_stage, decision, moment
from tests.starter.form_typing import Run, Sent, terminal, typed  # noqa: F401
from tests.starter.test_guided import COMMISSION, show_case
from workflows.case import Case
from workflows.decision_reading import decision_of
from workflows.decisions import MODELS
from workflows.field_labels import label_at
from workflows.model import InvalidMessage
from workflows.refusal import Refusal, Refused
from workflows.vocabulary import Kind, Stage
from workflows.words import Words

CODE = "91119999MA0009961A"
HASHED = f"{DOCUMENT['name']}={DOCUMENT['sha256']}"


def refusal_of(case: Case[Any], kind: Kind, **said: Any) -> Refused:
    """What the rules say to a decision."""
    with pytest.raises(Refused) as caught:
        case.validate(decision(kind, case, **said), moment(case))
    return caught.value


def test_a_missing_credit_code_says_which_flag_and_how() -> None:
    """The field's path in the message is for programs."""
    case = at_stage(Stage.INSPECTION, policy={"credit_codes": True})
    error = refusal_of(
        case, Kind.FACTS_CHANGE, operator={"name": "新单位"}, requested_by="operator"
    )
    assert "operator.credit_code" in error.words.zh
    en, zh = official(FORMS[Kind.FACTS_CHANGE].refused(error).words)
    assert zh.startswith("变更后平台运营单位：统一社会信用代码（--new-operator 名称,代码）：须填写")
    assert en.startswith("new operator: credit code (--new-operator NAME,CODE): required:")


def test_what_stands_in_brackets_is_the_flag() -> None:
    """Beside words that say already what is meant."""
    case = at_stage(Stage.INSPECTION, policy={"inspectors_at_least": 1})
    error = refusal_of(case, Kind.INSPECTION, inspectors=[])
    en, zh = official(FORMS[Kind.INSPECTION].refused(error).words)
    assert "核查人员，至少需要 1 名（--inspector）" in zh
    assert "at least 1 needed (--inspector)" in en


@pytest.mark.parametrize("kind", Kind)
def test_no_field_of_any_check_stands_bare(kind: Kind) -> None:
    """Each field of each message, named in a refusal, is called by its label in both languages."""
    for path in MODELS[kind].model_fields:
        if "_" not in path:
            continue
        words = Words(f"{path} is missing", f"缺少 {path}")
        error = Refused(Refusal(rule="§四", **words._asdict(), stage="valid"))
        named = official(named_refusal(error, MODELS[kind], lambda _: Words("", "")).words)
        bare = label_at(MODELS[kind], path) is None
        assert [bare, bare] == [path in text for text in named]


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        (
            "zh",
            (
                "须填写该单位的统一社会信用代码（GB 32100）：应写作 名称,代码",
                "变更后平台运营单位（《指引》第四部分第（一）项）（名称[,代码]）",
            ),
        ),
        ("en", ("(GB 32100): write NAME,CODE", "New operator (§四(一)) (NAME[,CODE])")),
    ],
)
def test_the_form_says_it_when_it_is_typed(
    pingtai: Run, answers: dict[str, Any], sent: Sent, lang: str, said: tuple[str, ...]
) -> None:
    """And how it is written, in the question itself."""
    case = at_stage(Stage.INSPECTION, policy={"credit_codes": True})
    show_case(answers, case)
    stdin = typed(
        "kw-1", *COMMISSION[1:], "更名", "1", "", "新单位", f"新单位,{CODE}", *[""] * 5,
        str(moment(case).date()), "y",
    )  # fmt: skip
    result = pingtai("change", "bj-test", "--document", HASHED, lang=lang, stdin=stdin)
    for words in said:
        assert words in result.stdout
    assert {"name": "新单位", "credit_code": CODE} == sent[0][1]["operator"]


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("zh", ("逐一注明单位。必填。", "应写作 姓名（单位）", "! 必填", "应当回避")),
        (
            "en",
            ("organisation. Required.", "write NAME (ORGANISATION)", "! required", "own body"),
        ),
    ],
)
def test_inspectors_are_asked_for_as_the_case_demands(
    pingtai: Run, answers: dict[str, Any], sent: Sent, lang: str, said: tuple[str, ...]
) -> None:
    """Enter is none; each with the organisation, which is neither of those that are judged."""
    case = at_stage(Stage.INSPECTION, policy={"inspectors_at_least": 1})
    show_case(answers, case)
    lead = case.state.facts.lead_unit.name
    stdin = typed(
        *COMMISSION, "3", *("1", "") * 7, "", "核查员1", f"核查员1（{lead}）", "核查员1（市科委）", "",
        str(moment(case).date()), "", "y",
    )  # fmt: skip
    result = pingtai("inspect", "bj-test", lang=lang, stdin=stdin)
    for words in said:
        assert words in result.stdout
    assert "政策参数" not in result.stdout
    assert ["核查员1（市科委）"] == sent[0][1]["inspectors"]


def test_a_layout_s_problem_names_the_heading_of_the_file(pingtai: Run) -> None:
    """As every reader of tables does."""
    Path("l.csv").write_text("领域,布局方向,优先顺序\n集成电路,验证,x\n", encoding="utf-8")
    result = pingtai("layout", "import", "l.csv", lang="zh")
    assert "第 2 行，优先顺序：应为 1 至 999 的整数" in result.output


def test_notes_of_a_refusal_are_kept() -> None:
    """They say what to do."""
    error = Refused(Refusal(rule="§四", en="no", zh="否", stage="valid"))
    error.add_note("note")
    assert ["note"] == named_refusal(error, MODELS[Kind.LISTING], lambda _: Words("", "")).__notes__
    assert not isinstance(error, InvalidMessage)


@pytest.mark.parametrize(
    ("command", "flags", "told"),
    [
        ("review", (), "已提出须写明所在区意见（--view），不附理由"),
        (
            "list",
            ("--outcome", "纳入"),
            "名单批次（--list-number）和证书编号（--certificate-number）",
        ),
        ("suspend", ("--reason", "x"), "依据文件（--document）至少一份"),
        ("change", ("--reason", "x", "--requested-by", "所在区"), "依据文件（--document）至少一份"),
    ],
)
def test_a_message_that_makes_no_sense_names_its_flags(
    pingtai: Run, command: str, flags: tuple[str, ...], told: str
) -> None:
    """Where nobody is asked, what is missing as a whole is named as each field is."""
    actor = ("--actor", "c-1", "--organisation", "市科委", "--json")
    result = pingtai(command, "bj-test", *flags, *actor, lang="zh")
    assert told in result.stderr
    for word in ("（given）", "documents", "list_number"):
        assert word not in result.stderr


@pytest.mark.parametrize(
    ("heading", "en", "zh"),
    [
        ("推荐意见", "opinion (推荐意见)", "推荐意见"),
        ("意见", "opinion (意见)", "意见"),
        ("opinion", "opinion", "推荐意见（opinion）"),
        (None, "opinion", "推荐意见"),
    ],
)
def test_a_column_is_called_in_the_language_of_the_answer(
    heading: str | None, en: str, zh: str
) -> None:
    """Whatever its heading in the file, which stands beside it where it is in the other language."""
    model = MODELS[Kind.RECOMMENDATION]
    headings = {"platform": "平台"} | ({"opinion": heading} if heading else {})
    assert (en, zh) == in_table(label_at(model, "opinion"), "opinion", headings)


def test_a_refused_line_of_an_english_table_is_told_in_chinese(pingtai: Run) -> None:
    """Its day, which another check looks for, and what the message lacks."""
    table = "platform,kind,outcome,date of the decision,opinion\np-1,recommendation,recommended,,\n"
    said = pingtai(
        "decide", "--file", "-", "--format", "csv", "--yes", stdin=table, lang="zh"
    ).stdout
    assert "该行没有决定日期（date of the decision）；" in said
    assert "；推荐意见（opinion）：缺少此项" in said


def test_a_file_of_another_kind_is_told_in_chinese() -> None:
    """No label of a message says what tells its kinds apart."""
    with pytest.raises(InvalidMessage) as caught:
        decision_of({"kind": "recommendation", "outcome": "recommended"}, Kind.INSPECTION)
    en, zh = FORMS[Kind.INSPECTION].explained(caught.value).words
    assert zh.startswith("决定：事项（kind）：应为 inspection")
    assert en.startswith("decision: kind of decision (kind): is ")
