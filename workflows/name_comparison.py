"""Whether two names of bodies or people mean the same. The one comparison of the whole system.

By fixed tables, not by Unicode's own, which grow with each version: a case is judged for years.
"""

import unicodedata

from workflows.circumstances import NEWEST, Edition


def same_name(one: str, other: str, edition: Edition = NEWEST) -> bool:
    """Return whether two names mean the same.

    Spaces, letter case, width, characters that nobody sees and radicals that look like the
    characters they stand for do not count.
    """
    return name_key(one, edition) == name_key(other, edition)


def part_of(organisation: str, body: str, edition: Edition = NEWEST) -> bool:
    """Return whether an organisation is a body or a department of it: its name begins with the body's.

    A name of three letters or fewer is too short to tell its departments by. One in Latin letters ends
    where a word ends: "Acme" is no part of "Acmeson Labs" (since 0.4.0).
    """
    whole = name_key(body, edition)
    if len(whole) <= _SHORT:
        return same_name(organisation, body, edition)
    if not name_key(organisation, edition).startswith(whole):
        return False
    return edition < Edition.V0_4 or not _goes_on(organisation, whole, edition)


def _goes_on(name: str, whole: str, edition: Edition) -> bool:
    """Whether the last word of `whole`, with which a name begins, is in that name a longer one."""
    seen = 0
    for letter in _plain(name, edition):
        if seen == len(whole):
            return _latin(whole[-1]) and _latin(letter)
        seen += 0 if letter.isspace() else len(letter.casefold())
    return False


def _latin(letter: str) -> bool:
    return letter.isascii() and letter.isalnum()


def name_key(name: str, edition: Edition = NEWEST) -> str:
    """Return the form of a name in which equal names are equal texts."""
    return "".join(_plain(name, edition).split()).casefold()


def _plain(name: str, edition: Edition) -> str:
    return name.translate(_ALIKE[edition]).translate(_INVISIBLE[edition])


_SHORT = 3

_KANGXI = (
    "一丨丶丿乙亅二亠人儿入八冂冖冫几凵刀力勹匕匚匸十卜卩厂厶又口囗土士夂夊夕大女子宀寸小尢"
    "尸屮山巛工己巾干幺广廴廾弋弓彐彡彳心戈戶手支攴文斗斤方无日曰月木欠止歹殳毋比毛氏气水火"
    "爪父爻爿片牙牛犬玄玉瓜瓦甘生用田疋疒癶白皮皿目矛矢石示禸禾穴立竹米糸缶网羊羽老而耒耳聿"
    "肉臣自至臼舌舛舟艮色艸虍虫血行衣襾見角言谷豆豕豸貝赤走足身車辛辰辵邑酉釆里金長門阜隶隹"
    "雨靑非面革韋韭音頁風飛食首香馬骨高髟鬥鬯鬲鬼魚鳥鹵鹿麥麻黃黍黑黹黽鼎鼓鼠鼻齊齒龍龜龠"
)
"""The characters that the Kangxi radicals U+2F00 to U+2FD5 look like, in their order."""

_FULL_WIDTH = {full: full - 0xFEE0 for full in range(0xFF01, 0xFF5F)}
_COMPATIBLE = {
    code: unicodedata.normalize("NFC", chr(code))
    for first, last in ((0xF900, 0xFA6D), (0xFA70, 0xFAD9), (0x2F800, 0x2FA1D))
    for code in range(first, last + 1)
}
"""Compatibility ideographs as the characters that they stand for: assigned before Unicode 6.2, and by
Unicode's policy of stability never changed."""
_ALIKE: dict[Edition, dict[int, int] | dict[int, int | str]] = {
    Edition.V0_1: _FULL_WIDTH,
    Edition.V0_4: _FULL_WIDTH | {0x2F00 + n: ord(c) for n, c in enumerate(_KANGXI)} | _COMPATIBLE,
}
_ALIKE[Edition.V0_5] = _ALIKE[Edition.V0_4]

_IGNORABLE = (
    (0x0000, 0x001F),  # control characters; those that are spaces go anyway
    (0x007F, 0x009F),
    (0x00AD, 0x00AD),  # soft hyphen
    (0x034F, 0x034F),
    (0x061C, 0x061C),
    (0x115F, 0x1160),
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),
    (0x200B, 0x200F),  # zero width, direction
    (0x202A, 0x202E),
    (0x2060, 0x206F),
    (0x2800, 0x2800),  # a Braille pattern without dots
    (0x3164, 0x3164),
    (0xFE00, 0xFE0F),  # variation selectors
    (0xFEFF, 0xFEFF),
    (0xFFA0, 0xFFA0),
    (0xFFF0, 0xFFF8),
    (0x1BCA0, 0x1BCA3),
    (0x1D173, 0x1D17A),
    (0xE0000, 0xE0FFF),  # tags, more variation selectors
)
"""The code points that Unicode 15 calls default-ignorable, and others of no shape: whoever reads a name
does not see them."""
_INVISIBLE: dict[Edition, dict[int, None]] = {
    Edition.V0_1: dict.fromkeys((0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF)),
    Edition.V0_4: dict.fromkeys(c for first, last in _IGNORABLE for c in range(first, last + 1)),
}
_INVISIBLE[Edition.V0_5] = _INVISIBLE[Edition.V0_4]
