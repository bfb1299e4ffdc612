"""The fixed tables by which names are compared (`name_comparison.py`), by edition: an old one never changes."""

import unicodedata

from workflows.circumstances import Edition

_KANGXI = (
    "一丨丶丿乙亅二亠人儿入八冂冖冫几凵刀力勹匕匚匸十卜卩厂厶又口囗土士夂夊夕大女子宀寸小尢"
    "尸屮山巛工己巾干幺广廴廾弋弓彐彡彳心戈戶手支攴文斗斤方无日曰月木欠止歹殳毋比毛氏气水火"
    "爪父爻爿片牙牛犬玄玉瓜瓦甘生用田疋疒癶白皮皿目矛矢石示禸禾穴立竹米糸缶网羊羽老而耒耳聿"
    "肉臣自至臼舌舛舟艮色艸虍虫血行衣襾見角言谷豆豕豸貝赤走足身車辛辰辵邑酉釆里金長門阜隶隹"
    "雨靑非面革韋韭音頁風飛食首香馬骨高髟鬥鬯鬲鬼魚鳥鹵鹿麥麻黃黍黑黹黽鼎鼓鼠鼻齊齒龍龜龠"
)
"""The characters that the Kangxi radicals U+2F00 to U+2FD5 look like, in their order."""

_RADICALS = str.maketrans(
    "⺁⺇⺊⺎⺏⺐⺒⺓⺙⺛⺝⺞⺟⺠⺢⺦⺧⺩⺪⺫⺬⺭⺮⺯⺰⺳⺶⺷⺸⺹⺺⺻⺼⺽⻁⻃⻄⻅⻆⻇⻈⻉⻊⻋⻌⻏⻐⻑⻒⻓"
    "⻔⻗⻘⻙⻚⻛⻜⻝⻞⻟⻠⻡⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲⻳㇐㇠",
    "厂几卜兀尣尢巳幺攵旡月歺母民氺丬牛王疋目示礻竹糹纟网羊羊羊耂肀聿月臼虎覀西见角角讠贝足车辶阝钅長镸长"
    "门雨青韦页风飞食食飠饣首马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟一乙",
)
"""Radicals of the supplement (U+2E80 to U+2EF3), and strokes, that look like a whole character."""
_VARIANTS = str.maketrans("戶戸靑黃⾭⼾⿈○◯⭕", "户户青黄青户黄〇〇〇")
"""One character in two forms, which programs and fonts exchange; circles that stand for a zero."""
_FULL_WIDTH = {full: full - 0xFEE0 for full in range(0xFF01, 0xFF5F)}
_COMPATIBLE = {
    code: unicodedata.normalize("NFC", chr(code))
    for first, last in ((0xF900, 0xFA6D), (0xFA70, 0xFAD9), (0x2F800, 0x2FA1D))
    for code in range(first, last + 1)
}
"""Compatibility ideographs as the characters that they stand for: assigned before Unicode 6.2, and by
Unicode's policy of stability never changed."""
ALIKE: dict[Edition, dict[int, int] | dict[int, int | str]] = {
    Edition.V0_1: _FULL_WIDTH,
    Edition.V0_4: _FULL_WIDTH | {0x2F00 + n: ord(c) for n, c in enumerate(_KANGXI)} | _COMPATIBLE,
}
ALIKE[Edition.V0_5] = ALIKE[Edition.V0_4] | _RADICALS | _VARIANTS
"""By edition: what looks like another character, or is one, in another width."""

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
INVISIBLE: dict[Edition, dict[int, None]] = {
    Edition.V0_1: dict.fromkeys((0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF)),
    Edition.V0_4: dict.fromkeys(c for first, last in _IGNORABLE for c in range(first, last + 1)),
}
INVISIBLE[Edition.V0_5] = INVISIBLE[Edition.V0_4] | dict.fromkeys(
    (*range(0xFFF9, 0xFFFC), 0x13430, *range(0x13431, 0x13440), 0x16FE4, 0x1D159)
)
"""By edition: what nobody sees."""

LOOKALIKES = str.maketrans("авекмнорстухіјѕαβεζηικμνορτυχ", "abekmhopctyxijsabezhikmnoptyx")
"""Letters of Cyrillic and Greek, in lower case, whose capitals look like Latin ones."""

MARKS = (
    "()[]{}<>〈〉《》「」『』【】〔〕〖〗〘〙〚〛⟨⟩⟪⟫⸨⸩"
    "'\"`´‘’‚‛“”„‟‹›«»〝〞〟ʹʺʻʼ"
    ".,;:·•‧∙⋅・。、˙"
    "-‐‑‒–—―−_─━⸺⸻"
)
"""Signs that are left out, typed otherwise, or put in: they tell no two bodies apart."""
PUNCTUATION = "~～〜=＝+＋|｜^＾`｀"
"""Signs that fill a blank as punctuation does, and that Unicode calls symbols."""

WORDS = {"company": "co", "limited": "ltd", "corporation": "corp", "incorporated": "inc"}
"""Words of English names that are written long or short."""
FORMS = {"有限责任公司": "有限公司", "股份公司": "股份有限公司"}
"""Spellings of one legal form (公司法: 有限责任公司 or 有限公司; 股份有限公司 or 股份公司)."""
