"""How the value of each shape is written in a flag, and which words may stand in it: what help says of it."""

from enum import StrEnum

from starter.commands.message_shapes import Shape
from workflows.vocabulary import AssessmentStage, ExpertField, Finding, LeadUnitKind, Vote
from workflows.words import Words

METAVARS = {
    Shape.ID: Words("ID", "编号"),
    Shape.OFFICIAL_NUMBER: Words("NUMBER", "编号"),
    Shape.DAY: Words.same("YYYY-MM-DD"),
    Shape.NUMBER: Words("N", "数字"),
    Shape.DECIMAL: Words("N", "数字"),
    Shape.NUMBERS: Words("N", "数字"),
    Shape.BODY: Words("NAME[,CODE]", "名称[,代码]"),
    Shape.LEAD_UNIT: Words("NAME,KIND[,CODE]", "名称,类型[,代码]"),
    Shape.OBJECT: Words("FILE", "文件"),
    Shape.PLAN: Words("FILE", "文件"),
    Shape.MECHANISMS: Words("FILE", "文件"),
    Shape.OBJECTS: Words("FILE", "文件"),
    Shape.DOCUMENTS: Words("FILE[=TITLE]", "文件[=名称]"),
    Shape.PANEL: Words("NAME,FIELD,ORGANISATION,VOTE", "姓名,方面,单位,意见"),
    Shape.ASSESSMENTS: Words("YEAR:RESULT:DAY:FILE[=TITLE]", "年度:结果:日期:文件[=名称]"),
    Shape.TARGETS: Words("ID YEAR=NUMBER", "指标编号 年度=数值"),
    Shape.MEASURES: Words("ID=NUMBER", "指标编号=数值"),
    Shape.TEXT_BY_WORD: Words("ITEM=TEXT", "项目=文本"),
    Shape.FINDING_BY_WORD: Words("ITEM=FINDING[:REMARK]", "项目=意见[:说明]"),
    Shape.SCORE_BY_WORD: Words("ITEM=FINDING[:REMARK][@SCORE]", "项目=意见[:说明][@评分]"),
}
_FILE_OF_PLAN = Words("a .md, .xlsx or .json file", ".md、.xlsx 或 .json 文件")
FILES = {
    Shape.OBJECT: Words("a JSON file", "JSON 文件"),
    Shape.PLAN: _FILE_OF_PLAN,
    Shape.MECHANISMS: _FILE_OF_PLAN,
}
"""What is said by a file, and which kind of file."""
TEXT = Words("TEXT", "文本")
ITEM = Words("ITEM", "项目")
_FINDING = Words("FINDING", "意见")
WORDS_OF_NOTATION: dict[Shape, dict[Words, tuple[StrEnum, ...]]] = {
    Shape.LEAD_UNIT: {Words("KIND", "类型"): tuple(LeadUnitKind)},
    Shape.PANEL: {
        Words("FIELD", "方面"): tuple(ExpertField),
        Words("VOTE", "意见"): tuple(Vote),
    },
    Shape.ASSESSMENTS: {
        Words("RESULT", "结果"): (
            AssessmentStage.EFFECTIVE,
            AssessmentStage.MET,
            AssessmentStage.NOT_MET,
        )
    },
    Shape.FINDING_BY_WORD: {_FINDING: tuple(Finding)},
    Shape.SCORE_BY_WORD: {_FINDING: tuple(Finding)},
}
