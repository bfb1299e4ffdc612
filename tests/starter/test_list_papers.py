"""The list as a document and the certificates, on a real register: what stands in them, and whose template."""

import io
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import segno
import typst
from click.testing import Result
from docx import Document
from sqlalchemy.ext.asyncio import AsyncEngine

from db.register_store import PostgresRegister
from starter.desk.direct_reads import DirectReads
from starter.desk.listed_platforms import listed_now, platforms_of_list
from starter.errors import BadInput
from starter.papers import typst_pdf
from starter.papers.certificate import certificate_data, qr_svg
from starter.papers.docx_notice import docx_of
from starter.papers.list_notice import ListedPlatform, NoticeChoices, notice_data
from starter.papers.public_address import public_url, validity_url
from starter.papers.typst_pdf import own_template, pdf_of
from starter.terminal.chosen_language import speaking
from tests.register import cases
from tests.rules.builders import COMMISSION

Run = Callable[..., Result]
AT = datetime(2027, 3, 16, tzinfo=UTC)
DOCUMENTS = [{"name": "变更通知书", "sha256": "0" * 64}]
URL = ("--url", "https://pingtai.example.org")
LONG = "面向新型储能系统的全生命周期安全性能评测、失效分析与关键零部件可靠性验证共性技术服务平台（北京）"
chinese = pytest.mark.skipif(
    not any("CJK" in name or "Song" in name or "宋" in name for name in typst.Fonts().families()),
    reason="this machine has no font with Chinese: apt-get install fonts-noto-cjk",
)


@pytest.fixture
async def platforms(
    database_url: str, register: PostgresRegister, monkeypatch: pytest.MonkeyPatch
) -> list[cases.Told]:
    """Three platforms of the list 2024-01; the last one withdrew since."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    names = ("p-1", "p-2", "p-3")
    told = [cases.listed(cases.application(name, name=f"{LONG}{name}")) for name in names]
    told[2].decide("withdrawal")
    for one in told:
        await register.write(cases.batch(one))
    return told


def words(page: bytes | Path) -> tuple[list[str], list[list[str]]]:
    """The paragraphs of a DOCX, and the rows of its table."""
    found = Document(io.BytesIO(page) if isinstance(page, bytes) else str(page))
    rows = [[cell.text for cell in row.cells] for row in found.tables[0].rows]
    return [one.text for one in found.paragraphs], rows


def listed(number: int, **changes: Any) -> ListedPlatform:
    """A platform of a list."""
    app = cases.application(f"p-{number}", **changes)
    facts = cases.listed(app).case.state.facts
    return ListedPlatform(facts, f"C-{number:03}", date(2027, 3, 15), date(2030, 3, 15))


def notice(number: str, *found: ListedPlatform, **chosen: Any) -> dict[str, Any]:
    """What stands in the notice of a list."""
    return notice_data(number, found, NoticeChoices(date(2027, 3, 16), **chosen))


def test_the_notice_says_what_the_guideline_says() -> None:
    """Title, number, date and annex of an official notice, in the guideline's words."""
    with speaking("zh"):
        data = notice("2027-01", listed(1), listed(2))
    assert "关于公布北京市共性技术平台名单（2027-01）的通知" == data["title"]
    assert "京科发〔　　〕　号" == data["document_number"]
    assert "2027年3月16日" == data["date"]
    text = "".join(data["paragraphs"])
    for said in (
        "等2家平台纳入本市共性技术平台体系（名单批次：2027-01）",
        "经所在区推荐、现场核查、专家论证",
        "可加挂“北京市共性技术平台”牌子，有效期3年（2027年3月15日至2030年3月15日，自纳入名单次日起计算），"
        "期满后须重新申请",
        "财政、税收、金融、人才、知识产权等支持政策",
        "市科委、中关村管委会会同各区每年组织开展绩效考核",
    ):
        assert said in text
    assert ("1", "C-001", "海淀区", "人工智能", "2030年3月15日") == tuple(
        data["rows"][0][name]
        for name in ("index", "certificate", "district", "field", "valid_until")
    )


def test_a_certificate_says_how_its_period_is_counted() -> None:
    """Both dates have the same day; of a certificate that was printed before with another it is not said."""

    def period(one: ListedPlatform) -> str:
        data = certificate_data(one, "2027-01", date(2027, 3, 16), "https://example.org/v1")
        return str(data["facts"][-1]["value"])

    with speaking("zh"):
        assert "2027年3月15日至2030年3月15日（自纳入名单次日起计算）" == period(listed(1))
        printed = listed(1)._replace(last_day=date(2030, 3, 14))
        assert "2027年3月15日至2030年3月14日" == period(printed)
        assert "（2027年3月15日至2030年3月14日），" in "".join(notice("1", printed)["paragraphs"])
    with speaking("en"):
        assert period(listed(1)).endswith("15 March 2030 (counted from the day after inclusion)")


@chinese
def test_the_address_of_a_certificate_can_be_copied() -> None:
    """It is broken where a line ends, by no character of its own, and can be followed."""
    address = f"https://pingtai.example.org/v1/platforms/{'long-' * 9}/validity?certificate=C-1"
    template = own_template("certificate.typ")
    with speaking("zh"):
        data = certificate_data(listed(1), "2027-01", date(2027, 3, 16), address)
    assert f"/URI({address})".encode() in pdf_of(template, data, AT)
    assert "200b" not in template


def test_a_list_number_may_be_that_of_the_document() -> None:
    """Then it is the notice's number, and not repeated in its title; one that is given goes before."""
    with speaking("zh"):
        data = notice("京科发〔2027〕12号", listed(1))
        other = notice("2027-01", listed(1), document_number="京科发〔2027〕9号", title="通知")
    assert ("京科发〔2027〕12号", "关于公布北京市共性技术平台名单的通知") == (
        data["document_number"],
        data["title"],
    )
    assert "“共性技术平台”纳入" in data["paragraphs"][0].replace("现将", "")
    assert ("京科发〔2027〕9号", ["通知"]) == (other["document_number"], other["title_lines"])


@pytest.mark.usefixtures("platforms")
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_list_as_docx(pingtai: Run, lang: str) -> None:
    """Each platform in the annex by certificate, also the one that has ended; names as others wrote them."""
    result = pingtai("list", "document", "2024-01", "-o", "list.docx", lang=lang)
    assert 0 == result.exit_code, result.output
    paragraphs, rows = words(Path("list.docx"))
    assert ["C-p-1", "C-p-2", "C-p-3"] == [row[6] for row in rows[1:]]
    assert f"{LONG}p-1" == rows[1][1]
    day = {"en": "12 February 2027", "zh": "2027年2月12日"}
    assert (day[lang], 4) == (rows[1][7], len(rows))
    title = {"en": "Notice on Publishing the List", "zh": "关于公布北京市共性技术平台名单"}
    assert any(title[lang] in one for one in paragraphs)
    assert not any("{{" in one or "{%" in one for one in paragraphs)
    again = pingtai("list", "document", "2024-01", "-o", "list.docx")
    assert (2, True) == (again.exit_code, "is there already" in again.stderr)


async def test_a_renamed_platform(
    engine: AsyncEngine, register: PostgresRegister, platforms: list[cases.Told]
) -> None:
    """The list has the name under which it was listed, the certificate today's."""
    change = {"name": "更名后的平台", "requested_by": "operator", "documents": DOCUMENTS}
    platforms[0].decide("facts_change", COMMISSION, **change)
    await register.write(cases.batch(platforms[0]))
    reads = DirectReads(engine)
    names = [one.facts.name for one in await platforms_of_list(reads, "2024-01")]
    assert f"{LONG}p-1" == names[0]
    assert "更名后的平台" == (await listed_now(reads, "p-1", 1)).facts.name


@pytest.mark.usefixtures("platforms")
@chinese
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_list_as_pdf(pingtai: Run, lang: str) -> None:
    """DOCX and PDF by default, called by the list."""
    result = pingtai("list", "document", "2024-01", lang=lang)
    assert 0 == result.exit_code, result.output
    assert Path("2024-01.docx").read_bytes().startswith(b"PK")
    assert b"<pdfaid:part>2</pdfaid:part>" in Path("2024-01.pdf").read_bytes()


@chinese
def test_forty_platforms_keep_their_rows_whole() -> None:
    """The annex goes over pages; the form is the same for one platform."""
    with speaking("zh"):
        pages = {
            number: typst.compile(
                own_template("list_notice.typ").encode(),
                format="svg",
                sys_inputs={"data": typst_pdf.as_input(notice("2027-01", *found))},
            )
            for number, found in (
                (1, [listed(1)]),
                (40, [listed(n, name=f"{LONG}{n}") for n in range(40)]),
            )
        }
    assert len(pages[1]) < len(pages[40]) < 14


def test_what_others_wrote_is_text() -> None:
    """Names with markup of XML, Jinja and Typst come out as they are."""
    odd = 'A<b>&"甲"{{ 7*7 }}{% x %}#emph[乙]$x$'
    from starter.papers.docx_template import docx_template

    with speaking("zh"):
        data = notice("2027-01", listed(1, name=odd))
    _, rows = words(docx_of(docx_template("zh"), data))
    assert odd == rows[1][1]


@pytest.mark.usefixtures("platforms")
@chinese
def test_certificates(pingtai: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of what is valid: one by its id, or a whole list; an ended one is left out, and said."""
    monkeypatch.setattr("starter.commands.list_papers.today", lambda: date(2027, 2, 13))
    one = pingtai("list", "certificate", "p-1", *URL, "--date", "2024-02-20")
    assert (2, True) == (one.exit_code, "not valid today" in one.stderr)
    monkeypatch.setattr("starter.commands.list_papers.today", lambda: date(2025, 1, 1))
    assert 0 == pingtai("list", "certificate", "p-1", *URL).exit_code
    assert Path("C-p-1.pdf").read_bytes().startswith(b"%PDF")
    whole = pingtai("list", "certificate", "--list", "2024-01", *URL, "-o", "out", lang="zh")
    assert (1, True) == (whole.exit_code, "p-3 今日不在有效期内" in whole.stderr)
    assert {"C-p-1.pdf", "C-p-2.pdf"} == {path.name for path in Path("out").iterdir()}


UNUSABLE = (
    (("document",), "name the list"),
    (("document", "2030-09"), "no platform is in a list 2030-09"),
    (("document", "2024-01", "-o", "x.odt"), "write .docx or .pdf"),
    (("document", "2024-01", "--template", "my.typ"), "name the file with -o"),
    (("document", "2024-01", "-o", "a.pdf", "--template", "my.docx"), "a .docx template"),
    (("document", "2024-01", "-o", "a.pdf", "--template", "no.typ"), "no.typ cannot be read"),
    (("document", "--write-template", "my.pdf"), "a template is a"),
    (("certificate",), "name the platforms"),
    (("certificate", "p-1"), "PINGTAI_PUBLIC_URL"),
    (("certificate", "p-1", "--url", "pingtai.example.org"), "is not an address"),
    (("certificate", "p-3", *URL), "not valid today"),
    (("certificate", "--write-template", "my.docx"), "a template is a .typ file"),
)


@pytest.mark.usefixtures("platforms")
def test_what_cannot_be_written(pingtai: Run) -> None:
    """Bad input, with what to do; no file is left."""
    for args, says in UNUSABLE:
        result = pingtai("list", *args)
        assert (2, True) == (result.exit_code, says in result.output), result.output
    assert [] == [path for path in Path().iterdir() if path.suffix in (".pdf", ".docx")]


@pytest.mark.usefixtures("platforms")
@chinese
def test_a_template_of_staff(pingtai: Run) -> None:
    """Ours is written, changed, and used; a mistake in it names the file and the line."""
    for name in ("my.typ", "my.docx"):
        assert 0 == pingtai("list", "document", "--write-template", name, lang="zh").exit_code
    theirs = Document("my.docx")
    theirs.paragraphs[0].insert_paragraph_before("内部资料 {{ number }}")
    theirs.save("my.docx")
    result = pingtai("list", "document", "2024-01", "-o", "a.docx", "--template", "my.docx")
    assert 0 == result.exit_code, result.output
    assert "内部资料 2024-01" == words(Path("a.docx"))[0][0]
    assert (
        0 == pingtai("list", "document", "2024-01", "-o", "a.pdf", "--template", "my.typ").exit_code
    )
    text = Path("my.typ").read_text(encoding="utf-8")
    Path("my.typ").write_text(f"#let x = data.nothing\n{text}", encoding="utf-8")
    wrong = pingtai("list", "document", "2024-01", "-o", "b.pdf", "--template", "my.typ")
    assert (2, True) == (wrong.exit_code, "my.typ, line 1" in wrong.stderr), wrong.stderr
    assert 0 == pingtai("list", "certificate", "--write-template", "c.typ").exit_code


@pytest.mark.parametrize(
    ("paragraph", "says"),
    [
        ("{{ nothing }}", "nothing"),
        ("{{ number.__class__.__mro__ }}", "unsafe"),
        ("{% if %}", "Expected an expression"),
    ],
)
def test_a_template_that_cannot_be_used(tmp_path: Path, paragraph: str, says: str) -> None:
    """What it names and is not there, what it must not reach, and what is no template at all."""
    page, made = Document(), io.BytesIO()
    page.add_paragraph(paragraph)
    page.save(made)
    with pytest.raises(BadInput, match=says):
        docx_of(made.getvalue(), {"number": "1"}, named="my.docx")
    with pytest.raises(BadInput, match="is not a DOCX file"):
        docx_of(b"PK no", {}, named="my.docx")


def test_no_boxes_where_a_font_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a machine without Chinese fonts it is said what to install; nothing is written."""
    bare = typst.Fonts(include_system_fonts=False)
    monkeypatch.setattr(typst_pdf, "fonts_of", lambda _: bare)
    with speaking("zh"), pytest.raises(BadInput) as told:
        pdf_of(own_template("list_notice.typ"), notice("2027-01", listed(1)), AT)
    en, zh = told.value.words
    assert "apt-get install fonts-noto-cjk" in en
    assert "北京市" in zh
    assert "--fonts" in zh
    assert len(en.splitlines()) == len(zh.splitlines()) == 1


def test_the_code_leads_to_the_validity() -> None:
    """Of this certificate; with a quiet zone, and redundancy for a damaged print."""
    where = validity_url(public_url("https://kw.example/"), "bj-1", "京科 1号/2")
    assert (
        "https://kw.example/v1/platforms/bj-1/validity?certificate=%E4%BA%AC%E7%A7%91+1%E5%8F%B7%2F2"
        == where
    )
    code = segno.make(where, error="q", micro=False)
    assert "Q" == code.error
    size = code.symbol_size(border=4)[0]
    drawn = re.search(r'width="(\d+)" height="(\d+)"', qr_svg(where))
    assert drawn
    assert (str(size), str(size)) == drawn.groups()
