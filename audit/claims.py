"""What a dossier proves, and what not: the same words in the report, in `verify` and in the docs."""

from workflows.words import Words

PROVES = Words(
    "A dossier whose proof leads to a digest that was published by others proves this: when that digest was"
    " published, the entries that it covers stood as they stand here, and none of the platform's logs, as"
    " far as the digest names them, has been changed, shortened or replaced since. It does not prove that an"
    " entry is older than the digest: what was rewritten before that stands in it as rewritten, whatever"
    " moment it bears. It says nothing of entries behind those it covers, nor that the record ends here: a"
    " later digest may know more. Whether the digest holds the platform's logs only once, its leaves show,"
    " and not the proof. That an actor is who they say, that a document says what was decided, and what is"
    " marked as unsealed, no digest proves. Without a digest a dossier proves only that it agrees with itself.",
    "附有证明、且证明导向由他人公布之摘要的档案，所能证明的是：该摘要公布之时，其所载条目与本档案一致；此后，"
    "摘要所列本平台各份记录均未被改动、截短或替换。它不能证明条目早于摘要：在摘要之前已被改写的内容，无论载明何时，"
    "均以改写后的样子列入。它不涉及所载之后的条目，也不表明记录到此为止：以后的摘要可能载有更多。摘要中是否只有"
    "一份本平台的记录，由其全部叶得知，而非由证明得知。经办人是否为其本人、文件内容是否与决定相符，以及标明"
    "“未封存”的内容，任何摘要都不能证明。没有摘要的档案，只能证明其自身前后一致。",
)

UNSEALED = Words("unsealed", "未封存")
"""The mark beside what no hash of a log binds: whoever made a file could have written it otherwise."""
REASON_UNSEALED = Words("reason unsealed", "理由未封存")
UNSEALED_ARE = Words(
    "Unsealed, and so marked: why a message was refused (which rule refused it is sealed); who made the"
    " dossier, when, from which source and with which code; how the register compared; until when steps were"
    " due, but for the entries that say so; when a digest was made.",
    "未封存并已标明的内容：不予受理的理由（所依据的条款已封存）；档案由何人何时以何来源、何代码编制；与名册比对的"
    "结果；各步骤的期限（条目中载明的除外）；摘要的生成时间。",
)
