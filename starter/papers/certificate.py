"""What stands in a platform's certificate; its QR code leads to its validity."""

import io
from datetime import date
from typing import Any

import segno

from starter.commands.reports.report_columns import capital
from starter.papers.list_notice import (
    ISSUER,
    PLATFORM_TITLE,
    ListedPlatform,
    counting_rule,
    written_day,
)
from starter.terminal import wording
from starter.terminal.language import language, say, word
from workflows.vocabulary import Service
from workflows.words import Words


def certificate_data(
    platform: ListedPlatform, list_number: str, day: date, address: str
) -> dict[str, Any]:
    """Return what the template of the certificate is filled with, in the language of the answers.

    `address` is where anybody reads whether it counts.
    """
    facts = platform.facts
    services = capital(wording.joined(word(one, Service) for one in facts.services))
    known = (
        (wording.LEAD_UNIT, facts.lead_unit.name),
        (wording.OPERATOR, facts.operator.name),
        (wording.DISTRICT, capital(wording.district(facts.district))),
        (wording.FIELD, capital(wording.field(facts.field))),
        (Words("services", "服务"), services),
        (wording.LIST_NUMBER, list_number),
        (wording.CERTIFICATE, platform.certificate),
        (
            Words("valid", "有效期"),
            _period(platform),
        ),
    )
    colon = say(Words(":", "："))
    return {
        "lang": language(),
        "heading": say(PLATFORM_TITLE),
        "title": say(Words("Certificate", "证书")),
        "text": say(
            Words(
                f"“{facts.name}” is included in the system of Beijing Common Technology Platforms. This"
                " certificate is issued accordingly.",
                f"“{facts.name}”已纳入本市共性技术平台体系，特发此证。",
            )
        ),
        "facts": [{"name": capital(say(name)) + colon, "value": value} for name, value in known],
        "issuer": say(ISSUER),
        "seal": say(Words("(seal)", "（盖章）")),
        "date": written_day(day),
        "qr": qr_svg(address),
        "qr_note": say(
            Words(
                "Scan to see whether this certificate is valid today.", "扫码查询本证书是否有效。"
            )
        ),
        "address": address,
        "platform": facts.name,
        "lead_unit": facts.lead_unit.name,
        "operator": facts.operator.name,
        "certificate": platform.certificate,
        "list_number": list_number,
    }


def _period(platform: ListedPlatform) -> str:
    begin, end = written_day(platform.listed_on), written_day(platform.last_day)
    rule = counting_rule(platform)
    en, zh = (f" ({rule.en})", f"（{rule.zh}）") if rule else ("", "")
    return say(Words(f"{begin} to {end}{en}", f"{begin}至{end}{zh}"))


def qr_svg(address: str) -> str:
    """Return the QR code of an address as SVG, with a quiet zone and a quarter of redundancy."""
    page = io.BytesIO()
    segno.make(address, error="q", micro=False).save(page, kind="svg", border=4, xmldecl=False)
    return page.getvalue().decode("utf-8")
