"""What a dossier proves, and what not: the same words in the report, in `verify` and in the docs."""

from workflows.words import Words

PROVES = Words(
    "A dossier with a proof that leads to a digest published by others proves this: when the digest was"
    " published, the entries that it covers were as they are here; since then no log of the platform that"
    " the digest names has been changed, shortened or replaced. It does not prove that an entry is older"
    " than the digest: an entry rewritten before that is in the digest as rewritten, whatever time it"
    " states. It says nothing about entries after those that it covers, nor that the record ends here: a"
    " later digest may contain more. Whether the digest contains each log of the platform only once is"
    " shown by its leaves, not by the proof. No digest proves that an actor is the person named, that a"
    " document says what was decided, or anything that is marked as unsealed. Without a digest a dossier"
    " proves only that it is consistent in itself.",
    "附有证明、且该证明指向由他人公布的摘要的档案，可以证明：摘要公布时，其所涵盖的条目与本档案一致；此后，摘"
    "要所列的本平台各份记录均未被改动、截短或替换。它不能证明条目早于摘要：在摘要生成之前已被改写的条目，无论"
    "注明何时，均以改写后的内容列入摘要。它不涉及所涵盖范围之后的条目，也不表明记录到此为止：以后的摘要可能含"
    "有更多条目。摘要中本平台的每份记录是否仅有一份，须核对摘要的全部叶节点，证明本身不能说明。经办人是否为其"
    "本人、文件内容是否与决定相符，以及标明“未封存”的内容，任何摘要都不能证明。没有摘要的档案，只能证明其自"
    "身前后一致。",
)

SIGNED = Words(
    "A decision whose signature holds was signed by the key that is named, in exactly these words and for"
    " this step of this case: without that key nobody could sign it, nor use the signature elsewhere. Where"
    " the case asks for signatures, its signers stood in the roster that the case was given, in the role of"
    " the decision, with keys that were good at the time of the entry. Whether that roster is the office's"
    " own is shown by comparing its digest, not by the dossier. Elsewhere names beside keys are those in the"
    " decisions. That a key was used by nobody but its holder is not proven. A decision without a signature"
    " is unauthenticated: the record proves that it was not changed, not who took it.",
    "签名有效的决定，系以所列密钥、就所载内容、针对本案的该环节签署：没有该密钥，任何人不能签署，签名也不能移作他"
    "用。案件要求签名的，签名人载于案件所知的人员目录，身份与决定相符，密钥在登记时有效；该目录是否为本单位所设，须"
    "核对其摘要，档案本身不能证明。其他情形下，密钥旁的名称取自决定本身。密钥是否仅由持有人使用，未予证明。没有签名"
    "的决定未经签名认证：记录能证明其未被改动，不能证明由何人作出。",
)
"""What the signatures of decisions prove, and what not."""
ROSTER_GIVEN = Words("names: by the roster that the case was given", "姓名以案件所知人员目录为准")
NOT_PROVEN = Words("not proven: who held the keys", "未证明：密钥由何人持有")

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
