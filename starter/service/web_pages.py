"""Answers for a person with a browser: who scans a certificate's code reads a page, and no JSON."""

from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, Template
from starlette.requests import Request
from starlette.responses import Response

from db.validity_queries import Validity
from starter.validity_words import reason_words
from workflows.words import Language, Words

HTML = "text/html"
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Vary": "Accept, Accept-Language",
}
_HEADING = Words("Beijing Common Technology Platforms · register", "北京市共性技术平台 · 名册查询")


def wants_page(request: Request) -> bool:
    """Whether a browser asks: it names HTML, and before JSON where it names both."""
    if request.method not in ("GET", "HEAD"):
        return False
    weights: dict[str, float] = {}
    for part in request.headers.get("accept", "")[:1000].split(","):
        kind, *parameters = (one.strip().lower() for one in part.split(";"))
        weights[kind] = next(map(_weight, (p for p in parameters if p.startswith("q="))), 1.0)
    return weights.get(HTML, 0.0) > weights.get("application/json", 0.0)


def validity_page(found: Validity, certificate: str | None, language: Language) -> Response:
    """The page on the validity of a platform; `certificate` is the number on what was scanned."""
    listing = found.listing
    other = certificate is not None and (
        listing is None or listing.certificate_number != certificate
    )
    good = found.valid and not other
    verdict = _GOOD if good else _BAD
    why = reason_words(found)
    if other and found.valid:
        verdict = _OTHER
        why = Words(
            f"The platform has another certificate now than {certificate}.",
            f"该平台现行证书不是 {certificate}。",
        )
    facts: list[tuple[Words, object]] = [(Words("Platform id", "平台编号"), found.platform_id)]
    if listing is not None:
        facts += [
            (Words("Certificate", "证书编号"), listing.certificate_number),
            (Words("List", "名单批次"), listing.list_number),
            (Words("Listed on", "纳入日期"), listing.listed_on),
            (Words("Valid until", "有效期至"), listing.last_day),
        ]
    if certificate is not None and other:
        facts.insert(1, (Words("Certificate that was scanned", "所查证书编号"), certificate))
    facts.append((Words("As of", "查询日期"), found.day))
    return _page(language, found.name, verdict, why, good=good, facts=facts, note=_NOTE)


def problem_page(
    status: int, title: Words, detail: Words, language: Language, headers: dict[str, str]
) -> Response:
    """The page on what went wrong."""
    answer = _page(language, title.text(language), title, detail, good=False, status=status)
    answer.headers.update(headers)
    return answer


def _page(
    language: Language,
    title: str,
    verdict: Words,
    why: Words,
    *,
    good: bool,
    facts: Iterable[tuple[Words, object]] = (),
    note: Words | None = None,
    status: int = 200,
) -> Response:
    shown: dict[str, Any] = {
        "language": language,
        "heading": _HEADING.text(language),
        "title": title,
        "verdict": verdict.text(language),
        "why": why.text(language),
        "good": good,
        "facts": [(name.text(language), value) for name, value in facts],
        "note": note and note.text(language),
    }
    content = _template().render(shown).encode("utf-8", "replace")
    headers = _HEADERS | {"Content-Language": language}
    return Response(content, status, media_type=HTML, headers=headers)


@cache
def _template() -> Template:
    text = files(__package__).joinpath("public_page.html").read_text(encoding="utf-8")
    return Environment(autoescape=True).from_string(text)


def _weight(parameter: str) -> float:
    try:
        return float(parameter.removeprefix("q="))
    except ValueError:
        return 0.0


_GOOD = Words("Valid", "有效")
_BAD = Words("Not valid", "无效")
_OTHER = Words("This certificate does not count", "本证书无效")
_NOTE = Words(
    "This page is the register's answer. Check that the address in your browser is that of the"
    " Commission's service, and that name and certificate number are those on the paper.",
    "本页为名册的查询结果。请核对浏览器中的网址为主管部门公布的网址，平台名称和证书编号与证书一致。",
)
