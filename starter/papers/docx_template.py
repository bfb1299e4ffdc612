"""Our template of the notice as DOCX: made here, so that its form stands in one readable place.

Staff change it in Word or WPS (`pingtai list document --write-template my.docx`): what stands between {{ }}
is filled in, {%p %} and {%tr %} repeat a paragraph and a row (docxtpl).
"""

import io
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from workflows.words import Language

_RED = RGBColor(0xD7, 0x00, 0x0F)
_BODY, _TITLE, _HEAD = "仿宋", "方正小标宋简体", "黑体"
"""Fonts of GB/T 9704; a reader without them shows its own."""
_LATIN = "Times New Roman"
_CENTER, _RIGHT = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT
_COLUMNS = (
    ("index", 12),
    ("name", 48),
    ("lead_unit", 39),
    ("operator", 39),
    ("district", 20),
    ("field", 24),
    ("certificate", 36),
    ("valid_until", 35),
)
"""The columns of the annex and their widths (mm)."""


def docx_template(language: Language) -> bytes:
    """Return the template in the form of a language: characters, indents and sizes differ."""
    return _Builder(language == "zh").built()


class _Builder:
    def __init__(self, zh: bool) -> None:
        self._zh = zh
        self._size = 16 if zh else 12
        self._document = Document()
        style = self._document.styles["Normal"]
        style.font.size = Pt(self._size)
        properties = style.element.get_or_add_rPr()
        _set_fonts(properties, _BODY)
        language = OxmlElement("w:lang")  # or the marks of other countries are drawn
        language.set(qn("w:eastAsia"), "zh-CN")
        properties.append(language)
        self._first_section()

    def built(self) -> bytes:
        big = 26 if self._zh else 16
        self._line("{%p for line in letterhead %}")
        self._line("{{ line }}", align=_CENTER, font=_TITLE, size=big, bold=True, red=True)
        self._line("{%p endfor %}")
        _rule(self._line("{{ document_number }}", align=_CENTER, before=18))
        self._line("{%p for line in title_lines %}")
        title: dict[str, Any] = {"align": _CENTER, "font": _TITLE, "size": 22 if self._zh else 18}
        self._line("{{ line }}", before=14, bold=not self._zh, **title)
        self._line("{%p endfor %}")
        self._line("{{ addressee }}", before=16)
        self._line("{%p for paragraph in paragraphs %}")
        self._line("{{ paragraph }}", indent=True)
        self._line("{%p endfor %}")
        end = (
            self._line("{{ closing }}", indent=True),
            self._line("{{ annex_note }}", indent=True, before=10),
            self._line("{{ issuer }}", align=_RIGHT, before=28),
        )
        for paragraph in end:  # no page has the signature alone
            paragraph.paragraph_format.keep_with_next = True
        self._line("{{ date }}", align=_RIGHT)
        self._annex(title)
        page = io.BytesIO()
        self._document.save(page)
        return page.getvalue()

    def _first_section(self) -> None:
        section = self._document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.top_margin, section.bottom_margin = Mm(37), Mm(35)
        section.left_margin, section.right_margin = Mm(28), Mm(26)
        section.footer_distance = Mm(25)
        _page_number(section.footer.paragraphs[0])

    def _annex(self, title: dict[str, Any]) -> None:
        section = self._document.add_section(WD_SECTION.NEW_PAGE)
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = Mm(297), Mm(210)
        section.top_margin = section.bottom_margin = Mm(24)
        section.left_margin = section.right_margin = Mm(22)
        section.footer_distance = Mm(14)
        self._line("{{ annex }}", font=_HEAD)
        self._line("{{ annex_title }}", **{**title, "size": 20 if self._zh else 16})
        table = self._document.add_table(rows=4, cols=len(_COLUMNS))
        table.style, table.alignment, table.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, False
        head, loop, row, end = table.rows
        head._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        loop.cells[0].text, end.cells[0].text = "{%tr for row in rows %}", "{%tr endfor %}"
        for place, (name, width) in enumerate(_COLUMNS):
            table.columns[place].width = Mm(width)
            for one in table.rows:  # Word goes by the cells, other programs by the columns
                one.cells[place].width = Mm(width)
            self._cell(head.cells[place], f"{{{{ heads.{name} }}}}", _HEAD, centred=True)
            centred = name in ("index", "district", "valid_until")
            self._cell(row.cells[place], f"{{{{ row.{name} }}}}", _BODY, centred=centred)

    def _cell(self, cell: Any, text: str, font: str, *, centred: bool) -> None:
        cell.vertical_alignment = 1
        paragraph = cell.paragraphs[0]
        paragraph.alignment = _CENTER if centred else None
        paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(2)
        self._run(paragraph, text, font=font, size=11)

    def _line(
        self,
        text: str,
        *,
        align: WD_ALIGN_PARAGRAPH | None = None,
        indent: bool = False,
        before: int = 0,
        **look: Any,
    ) -> Paragraph:
        paragraph = self._document.add_paragraph()
        form = paragraph.paragraph_format
        form.alignment = align
        form.space_before, form.space_after = Pt(before), Pt(0 if self._zh else 6)
        if self._zh and not look.get("size"):
            form.line_spacing = Pt(29)
        if indent and self._zh:
            form.first_line_indent = Pt(2 * self._size)
        self._run(paragraph, text, **look)
        return paragraph

    def _run(
        self,
        paragraph: Paragraph,
        text: str,
        *,
        font: str = _BODY,
        size: int | None = None,
        bold: bool = False,
        red: bool = False,
    ) -> Run:
        run = paragraph.add_run(text)
        run.bold = bold or None
        if size:
            run.font.size = Pt(size)
        if red:
            run.font.color.rgb = _RED
        _set_fonts(run._r.get_or_add_rPr(), font)
        return run


def _set_fonts(properties: Any, font: str) -> None:
    """Chinese in one font, Latin in another; python-docx itself sets the Latin one only."""
    fonts = properties.get_or_add_rFonts()
    for name in ("w:ascii", "w:hAnsi", "w:cs"):
        fonts.set(qn(name), _LATIN)
    fonts.set(qn("w:eastAsia"), font)


def _rule(paragraph: Paragraph) -> None:
    """The red line below the document's number."""
    borders, line = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "12"), ("space", "6"), ("color", "D7000F")):
        line.set(qn(f"w:{name}"), value)
    borders.append(line)
    paragraph._p.get_or_add_pPr().append(borders)


def _page_number(paragraph: Paragraph) -> None:
    """— 1 —, counted by the program that shows it."""
    paragraph.alignment = _CENTER
    paragraph.add_run("— ")
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    run = OxmlElement("w:r")
    run.append(OxmlElement("w:t"))
    field.append(run)
    paragraph._p.append(field)
    paragraph.add_run(" —")
