"""Decisions beside the steps: setting a wrong one aside, and recording support."""

from starter.commands.decision_form import Asked, DecisionForm, Part, number
from workflows.vocabulary import Kind, Support

SET_ASIDE = DecisionForm(
    "set-aside",
    Kind.SET_ASIDE,
    "The commission sets a wrong decision aside, with all that followed from it. 撤销更正",
    (
        Part("--decision", "target", "Id of the wrong decision. 被撤销决定的编号", metavar="ID"),
        Part("--reason", "reason", "Why it was wrong. 理由"),
        Part(
            "--year",
            "year",
            "The year of the assessment that has ended, where it is not found by itself. 年度",
            read=number,
            silent=True,
            asked=Asked.NUMBER,
            metavar="N",
        ),
    ),
    "pingtai set-aside bj-water-membrane --decision d-7 --reason '核查对象有误' \\\n"
    "    --actor c-01 --organisation 市科委、中关村管委会",
)

SUPPORT = DecisionForm(
    "record",
    Kind.SUPPORT,
    "Record support that was given to a valid platform. 支持记录 §四",
    (
        Part("--support", "support", "财政 | 税收 | 金融 | 人才 | 知识产权", choices=Support),
        Part("--given-on", "given_on", "On what day. 给予日期", metavar="YYYY-MM-DD"),
        Part("--title", "title", "What it was. 名称"),
        Part(
            "--amount-wan",
            "amount_wan",
            "How much, in 万元, where it is money. 金额",
            read=number,
            asked=Asked.NUMBER,
            metavar="N",
        ),
    ),
    "pingtai support record bj-water-membrane --support tax --given-on 2026-05-01 \\\n"
    "    --title 研发费用加计扣除 --actor c-01 --organisation 市科委、中关村管委会",
)

DESK_FORMS = (SET_ASIDE, SUPPORT)
