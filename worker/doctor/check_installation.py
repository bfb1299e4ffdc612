"""The points about this installation: the calendar it knows, and its packages."""

import importlib.metadata
from datetime import datetime

from activities.working_days import announced
from starter.errors import BadInput
from starter.papers.typst_pdf import pdf_of
from worker.doctor.finding import Finding, bad, good, note
from workflows.periods import beijing_date
from workflows.words import Words, listed_zh

_TRIED = "北京市共性技术平台"
OUR_PACKAGES = ("workflows", "activities", "db", "starter", "audit", "worker")


async def calendar() -> Finding:
    """Working days are known as far as due dates reach today."""
    year = beijing_date(datetime.now().astimezone()).year
    if announced(year):
        return good(f"the working-day calendar of {year} is known", f"已收录 {year} 年工作日历")
    return note(
        Words(
            f"the working-day calendar of {year} is unknown: only weekends are left out",
            f"未收录 {year} 年工作日历，仅排除周末",
        ),
        Words("install the newest release of chinesecalendar", "请升级 chinesecalendar"),
    )


async def fonts() -> Finding:
    """PDF documents can be written: some font has Chinese, or nothing is drawn."""
    try:
        pdf_of(f"#set document(title: [x])\n{_TRIED}", {}, datetime.now().astimezone())
    except BadInput:
        return note(
            Words(
                "no font with Chinese: lists and certificates cannot be written as PDF",
                "没有中文字体，无法生成 PDF 名单和证书",
            ),
            Words.same("apt-get install fonts-noto-cjk"),
        )
    return good("a font with Chinese is there", "已安装中文字体")


async def packages() -> Finding:
    """No other distribution owns a top-level package of ours."""
    owners = importlib.metadata.packages_distributions()
    for package in OUR_PACKAGES:
        others = sorted(set(owners.get(package, [])) - {"pingtai"})
        if others:
            return bad(
                Words(
                    f"the package {package} also belongs to {', '.join(others)}",
                    f"软件包 {package} 与 {listed_zh(others)} 冲突",
                ),
                Words(
                    "install pingtai into a virtual environment of its own",
                    "请将 pingtai 安装在独立的虚拟环境中",
                ),
            )
    return good("no other distribution owns a package of ours", "软件包无冲突")
