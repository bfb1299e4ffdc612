"""`pingtai list document` and `certificate`: the list as an official notice, and certificates with QR codes."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple

import click

from starter.clock import today
from starter.commands.new_file import write_new
from starter.commands.options import DAY, PlatformId
from starter.desk.did_you_mean import not_registered
from starter.desk.reach import open_reads
from starter.error_reasons import reason_of
from starter.errors import BadInput, PingtaiError
from starter.terminal.command_runner import answering
from starter.terminal.language import language
from starter.terminal.screen import complain, show
from starter.validity_words import why_valid
from workflows.words import Words, counted, listed_zh

NOTICE, CERTIFICATE = "list_notice.typ", "certificate.typ"

_TEMPLATE = click.option(
    "--template",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Your template instead of ours. 模板",
)
_WRITE_TEMPLATE = click.option(
    "--write-template",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Only write our template to this file, to be changed. 导出模板",
)
_FONTS = click.option(
    "--fonts",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    metavar="FOLDER",
    help="A folder with fonts, besides those of the machine. 字体文件夹",
)
_DATE = click.option(
    "--date", "day", type=DAY, metavar="DAY", help="Date of the document; default: today. 成文日期"
)


class _Kind(NamedTuple):
    """A kind of file: how our template is made, and how a template is filled."""

    template: Callable[[], bytes]
    fill: Callable[[bytes, dict[str, Any], Path | None, str], bytes]


@click.command("document", short_help="Write a list as an official notice. 名单公文")
@click.argument("number", required=False)
@click.option(
    "-o",
    "--output",
    "outputs",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="A .docx or .pdf file; once for each. Default: both, called by the list. 输出文件",
)
@click.option("--title", metavar="TEXT", help="Title of the notice. 标题")
@click.option("--document-number", metavar="TEXT", help="Its number: 京科发〔2027〕12号. 发文字号")
@click.option("--addressee", metavar="TEXT", help="To whom it is sent. 主送机关")
@_DATE
@_TEMPLATE
@_WRITE_TEMPLATE
@_FONTS
@answering
async def document_command(
    *,
    number: str | None,
    outputs: tuple[Path, ...],
    day: date | None,
    template: Path | None,
    write_template: Path | None,
    fonts: Path | None,
    **chosen: str | None,
) -> None:
    """Write a list as an official notice. 名单公文

    As DOCX, to be edited, and as PDF/A, with the platforms in an annex as they were when they were
    listed. A .docx template makes DOCX, a .typ template (Typst) PDF. Where the list number is an official
    document number, it is the notice's.

    \b
    Example:
      pingtai list document 2027-01
      pingtai list document 2027-01 -o 名单.pdf --document-number 京科发〔2027〕12号
      pingtai list document --write-template my.docx
    """
    if write_template:
        _write_template(write_template, _NOTICES)
        return
    if number is None:
        raise BadInput(
            "name the list: pingtai list document NUMBER",
            "请写明名单批次：pingtai list document 名单批次",
        )
    name = _file_name(number)
    targets = outputs or (Path(f"{name}.docx"), Path(f"{name}.pdf"))
    kinds = [_kind_of(target, _NOTICES) for target in targets]
    own = _read_template(template, kinds, _NOTICES) if template else None
    from starter.desk.listed_platforms import platforms_of_list  # noqa: PLC0415 - folds logs, by all the rules
    from starter.papers.list_notice import NoticeChoices, notice_data  # noqa: PLC0415

    async with open_reads() as register:
        platforms = await platforms_of_list(register, number)
    data = notice_data(number, platforms, NoticeChoices(day or today(), **chosen))
    # All are made before one is written: a missing font leaves no half of it.
    made = [kind.fill(own or kind.template(), data, fonts, str(template or "")) for kind in kinds]
    for target, content in zip(targets, made, strict=True):
        write_new(target, content)
        many = len(platforms)
        show(Words(f"{target}: {counted(many, 'platform')}", f"{target}：{many} 个平台"))


@click.command("certificate", short_help="Write certificates with QR codes. 证书")
@click.argument("platforms", nargs=-1, metavar="[PLATFORM]...", type=PlatformId())
@click.option(
    "--list", "number", metavar="NUMBER", help="All valid platforms of this list. 名单批次"
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    metavar="FOLDER",
    help="Where they are written, as CERTIFICATE.pdf. 输出文件夹",
)
@click.option(
    "--url",
    metavar="URL",
    help="Public address of the service; default: PINGTAI_PUBLIC_URL. 服务的公开网址",
)
@_DATE
@_TEMPLATE
@_WRITE_TEMPLATE
@_FONTS
@answering
async def certificate_command(
    *,
    platforms: tuple[str, ...],
    number: str | None,
    output: Path,
    url: str | None,
    day: date | None,
    template: Path | None,
    write_template: Path | None,
    fonts: Path | None,
) -> None:
    """Write certificates with QR codes. 证书

    One PDF for each platform that is valid today, called by its certificate number. The QR code leads to
    the public page of the service that says whether the certificate counts.

    \b
    Example:
      pingtai list certificate bj-riscv-soc --url https://pingtai.example.org
      pingtai list certificate --list 2027-01 -o 证书 --url https://pingtai.example.org
    """
    if write_template:
        _write_template(write_template, _CERTIFICATES)
        return
    if not platforms and number is None:
        raise BadInput(
            "name the platforms, or a list: --list NUMBER", "请写明平台，或用 --list 写明名单批次"
        )
    from starter.papers.public_address import public_url  # noqa: PLC0415

    address = public_url(url)
    kind = _CERTIFICATES[".pdf"]
    own = _read_template(template, [kind], _CERTIFICATES) if template else kind.template()
    _make_folder(output)
    left_out = 0
    async with open_reads() as register:
        for platform_id in platforms or await _of_list(register, number or ""):
            try:
                name, data = await _certificate(register, platform_id, address, day or today())
            except PingtaiError as error:
                if platforms:
                    raise
                complain(error.words)
                left_out += 1
                continue
            target = output / f"{_file_name(name)}.pdf"
            write_new(target, kind.fill(own, data, fonts, str(template or "")))
            show(str(target))
    if left_out:
        raise click.exceptions.Exit(1)


def _make_folder(output: Path) -> None:
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        why = reason_of(error)
        raise BadInput(f"{output}: {why.en}", f"{output}：{why.zh}") from None


async def _of_list(register: Any, number: str) -> list[str]:
    from starter.desk.listed_platforms import platforms_of_list  # noqa: PLC0415

    found = await platforms_of_list(register, number)
    return [one.facts.platform_id for one in found]


async def _certificate(
    register: Any, platform_id: str, address: str, day: date
) -> tuple[str, dict[str, Any]]:
    """The number of a platform's certificate, and what stands in it.

    Raises:
        NoSuchPlatform: there is none of this id.
        BadInput: it is not valid today.
    """
    from starter.desk.listed_platforms import listed_now  # noqa: PLC0415
    from starter.papers.certificate import certificate_data  # noqa: PLC0415
    from starter.papers.public_address import validity_url  # noqa: PLC0415

    found = await register.validity(platform_id, today())
    if found is None:
        raise not_registered(platform_id)
    if not found.valid or found.listing is None:
        why = why_valid(found)
        raise BadInput(
            f"{platform_id} is not valid today, so it has no certificate: {why.en}",
            f"{platform_id} 今日不在有效期内，不能出具证书：{why.zh}",
        )
    listing = found.listing
    platform = await listed_now(register, platform_id, listing.term)
    where = validity_url(address, platform_id, listing.certificate_number)
    return listing.certificate_number, certificate_data(platform, listing.list_number, day, where)


def _file_name(number: str) -> str:
    """A number as the name of a file: a slash in it makes no folder."""
    return number.replace("/", "-").replace("\\", "-")


def _kind_of(target: Path, kinds: dict[str, _Kind]) -> _Kind:
    try:
        return kinds[target.suffix.lower()]
    except KeyError:
        listed = [suffix for suffix in kinds if suffix != ".typ"]
        raise BadInput(
            f"{target}: write {' or '.join(listed)}", f"{target}：应为 {listed_zh(listed)} 文件"
        ) from None


def _read_template(template: Path, wanted: list[_Kind], kinds: dict[str, _Kind]) -> bytes:
    """A template of staff.

    Raises:
        BadInput: it cannot be read, or makes another kind of file than is wanted.
    """
    suffixes = {".docx": ".docx", ".typ": ".pdf"}
    made = suffixes.get(template.suffix.lower(), "")
    if made not in kinds or any(kind is not kinds[made] for kind in wanted):
        raise BadInput(
            f"{template}: a .docx template makes a .docx file, a .typ template a .pdf file: name the file"
            " with -o",
            f"{template}：.docx 模板生成 .docx 文件，.typ 模板生成 .pdf 文件，请用 -o 指定输出文件",
        )
    try:
        return template.read_bytes()
    except OSError as error:
        why = reason_of(error)
        raise BadInput(
            f"{template} cannot be read: {why.en}", f"无法读取 {template}：{why.zh}"
        ) from None


def _write_template(target: Path, kinds: dict[str, _Kind]) -> None:
    made = {".typ": ".pdf"}.get(target.suffix.lower(), target.suffix.lower())
    if made not in kinds or target.suffix.lower() == ".pdf":
        listed = [".typ" if suffix == ".pdf" else suffix for suffix in kinds]
        raise BadInput(
            f"{target}: a template is a {' or '.join(listed)} file",
            f"{target}：模板应为 {listed_zh(listed)} 文件",
        )
    write_new(target, kinds[made].template())
    show(
        Words(
            f"{target}: change it, then use it with --template",
            f"{target}：修改后用 --template 指定",
        )
    )


def _docx_template() -> bytes:
    from starter.papers.docx_template import docx_template  # noqa: PLC0415 - Word's format is slow to load

    return docx_template(language())


def _fill_docx(template: bytes, data: dict[str, Any], fonts: Path | None, named: str) -> bytes:
    from starter.papers.docx_notice import docx_of  # noqa: PLC0415 - as above

    return docx_of(template, data, named=named)


def _fill_typst(template: bytes, data: dict[str, Any], fonts: Path | None, named: str) -> bytes:
    from starter.papers.typst_pdf import pdf_of  # noqa: PLC0415 - only PDF needs it

    try:
        text = template.decode("utf-8")
    except UnicodeDecodeError:
        raise BadInput(f"{named} is not UTF-8", f"{named} 不是 UTF-8 编码") from None
    return pdf_of(text, data, datetime.now(UTC), fonts=fonts, named=named)


def _typst_template(name: str) -> Callable[[], bytes]:
    def read() -> bytes:
        from starter.papers.typst_pdf import own_template  # noqa: PLC0415

        return own_template(name).encode("utf-8")

    return read


_NOTICES = {
    ".docx": _Kind(_docx_template, _fill_docx),
    ".pdf": _Kind(_typst_template(NOTICE), _fill_typst),
}
_CERTIFICATES = {".pdf": _Kind(_typst_template(CERTIFICATE), _fill_typst)}
