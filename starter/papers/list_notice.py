"""What stands in the notice of a list 名单 (§四(四)): the form is the template's."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from starter.commands.reports.report_columns import capital
from starter.terminal import wording
from starter.terminal.language import language, say
from workflows.periods import anniversary
from workflows.states import Facts
from workflows.words import Words

ISSUER = Words(
    "Beijing Municipal Science & Technology Commission,"
    " Administrative Commission of Zhongguancun Science Park",
    "北京市科学技术委员会、中关村科技园区管理委员会",
)
_LETTERHEAD = Words(
    "Beijing Municipal Science & Technology Commission\n"
    "Administrative Commission of Zhongguancun Science Park",
    "北京市科学技术委员会、\n中关村科技园区管理委员会文件",
)
PLATFORM_TITLE = Words("Beijing Common Technology Platform", "北京市共性技术平台")
_GUIDELINE = Words(
    "Working Guideline for the Construction of Common Technology Platforms in Beijing"
    " (京科发〔2023〕25号)",
    "《北京市共性技术平台建设工作指引》（京科发〔2023〕25号）",
)
_OFFICIAL = re.compile(r"〔\d{4}〕\s*\d+\s*号$")
_BLANK = Words("Document No. ________", "京科发〔　　〕　号")


class ListedPlatform(NamedTuple):
    """A platform of a list, as it was when it was listed."""

    facts: Facts
    certificate: str
    listed_on: date
    last_day: date
    """Of its validity."""


class NoticeChoices(NamedTuple):
    """What an official may choose of the notice."""

    day: date
    title: str | None = None
    document_number: str | None = None
    addressee: str | None = None


def notice_data(
    number: str, platforms: Sequence[ListedPlatform], chosen: NoticeChoices
) -> dict[str, Any]:
    """Return what the templates of the notice are filled with, in the language of the answers."""
    official = bool(_OFFICIAL.search(number))
    batch = Words("", "") if official else Words(f" ({number})", f"\n（{number}）")
    title = Words(
        f"Notice on Publishing the List of Beijing Common Technology Platforms{batch.en}",
        f"关于公布北京市共性技术平台名单{batch.zh}的通知",
    )
    return {
        "lang": language(),
        "issuer": say(ISSUER),
        "letterhead": say(_LETTERHEAD).split("\n"),
        "document_number": chosen.document_number or (number if official else say(_BLANK)),
        "title": chosen.title or say(title).replace("\n", ""),
        "title_lines": (chosen.title or say(title)).split("\n"),
        "addressee": chosen.addressee or say(Words("To whom it may concern:", "各有关单位：")),
        "paragraphs": [say(one) for one in _paragraphs(number, platforms, official=official)],
        "closing": say(Words("", "特此通知。")),
        "annex_note": say(
            Words(
                "Annex: List of Beijing Common Technology Platforms",
                "附件：北京市共性技术平台名单",
            )
        ),
        "date": written_day(chosen.day),
        "annex": say(Words("Annex", "附件")),
        "annex_title": say(
            Words("List of Beijing Common Technology Platforms", "北京市共性技术平台名单")
        ),
        "heads": {name: say(words) for name, words in _HEADS.items()},
        "rows": [_row(place, one) for place, one in enumerate(platforms, start=1)],
        "number": number,
        "count": len(platforms),
    }


def written_day(day: date) -> str:
    """A day as a document has it: 2027年3月15日, 15 March 2027."""
    return say(
        Words(
            f"{day.day} {_MONTHS[day.month - 1]} {day.year}",
            f"{day.year}年{day.month}月{day.day}日",
        )
    )


def term_words(platforms: Sequence[ListedPlatform]) -> Words:
    """Return from when until when the platforms are valid, as far as they are so together."""
    years = {one.facts.policy.validity_years for one in platforms}
    number = years.pop() if len(years) == 1 else None
    en = f"valid for {number} years" if number else "valid as stated in the annex"
    zh = f"有效期{number}年" if number else "有效期见附件"
    days = {(one.listed_on, one.last_day) for one in platforms}
    if len(days) == 1:
        first, last = days.pop()
        begin, end = written_day(first), written_day(last)
        rule = counting_rule(platforms[0])
        en_rule, zh_rule = (f", {rule.en}", f"，{rule.zh}") if rule else ("", "")
        span = Words(f", from {begin} until {end}{en_rule}", f"（{begin}至{end}{zh_rule}）")
    else:
        span = Words(
            ", counted from the day after the inclusion of each", "，自各平台纳入名单次日起计算"
        )
    return Words(en + span.en, zh + span.zh)


def counting_rule(platform: ListedPlatform) -> Words | None:
    """Say why the last day has the date of the first: that of inclusion is not counted (Civil Code, art. 201).

    None where the certificate of a platform that was brought in says another day.
    """
    years = platform.facts.policy.validity_years
    if platform.last_day != anniversary(platform.listed_on, years):
        return None
    return Words("counted from the day after inclusion", "自纳入名单次日起计算")


def _paragraphs(
    number: str, platforms: Sequence[ListedPlatform], *, official: bool
) -> tuple[Words, ...]:
    count, name = len(platforms), platforms[0].facts.name
    term = term_words(platforms)
    which = Words("", "") if official else Words(f" (list {number})", f"（名单批次：{number}）")
    who = (
        Words(f"the platform “{name}” is", f"“{name}”")
        if count == 1
        else Words(f"{count} platforms, among them “{name}”, are", f"“{name}”等{count}家平台")
    )
    return (
        Words(
            f"Under the {_GUIDELINE.en}, after recommendation by the districts, on-site inspection and"
            f" expert review, {who.en} included in the system of Beijing Common Technology Platforms"
            f"{which.en}. The list is annexed.",
            f"根据{_GUIDELINE.zh}，经所在区推荐、现场核查、专家论证，现将{who.zh}纳入本市共性技术平台体系"
            f"{which.zh}，名单予以公布（见附件）。",
        ),
        Words(
            f"The platforms may hang the plaque “{PLATFORM_TITLE.zh}”. They are {term.en}, and must apply"
            " again afterwards. While valid they may enjoy the fiscal, tax, finance, talent and"
            " intellectual property policies of the State and the city.",
            f"上述平台可加挂“{PLATFORM_TITLE.zh}”牌子，{term.zh}，期满后须重新申请。有效期内可享受国家和本市"
            "有关促进科技创新、科技成果转化的财政、税收、金融、人才、知识产权等支持政策。",
        ),
        Words(
            "The Commission and the districts assess the platforms every year. Those that are not"
            " effective must rectify within a period that is set; those that still do not meet the"
            " requirements are no longer included.",
            "在有效期内，市科委、中关村管委会会同各区每年组织开展绩效考核。对成效不明显的，限期整改；"
            "整改后仍达不到要求的，不再纳入本市共性技术平台体系。",
        ),
    )


def _row(place: int, one: ListedPlatform) -> dict[str, str]:
    return {
        "index": str(place),
        "name": one.facts.name,
        "lead_unit": one.facts.lead_unit.name,
        "operator": one.facts.operator.name,
        "district": capital(wording.district(one.facts.district)),
        "field": capital(wording.field(one.facts.field)),
        "certificate": one.certificate,
        "listed_on": written_day(one.listed_on),
        "valid_until": written_day(one.last_day),
    }


_HEADS = {
    "index": Words("No.", "序号"),
    "name": Words("Platform", "平台名称"),
    "lead_unit": Words("Lead unit", "牵头单位"),
    "operator": Words("Operator", "平台运营单位"),
    "district": Words("District", "所在区"),
    "field": Words("Field", "领域"),
    "certificate": Words("Certificate", "证书编号"),
    "listed_on": Words("Listed on", "纳入日期"),
    "valid_until": Words("Valid until", "有效期至"),
}
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
