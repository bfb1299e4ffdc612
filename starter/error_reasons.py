"""What the operating system and Python say was wrong with a file or a connection, in both languages."""

import errno

from workflows.words import Words

_CHINESE = {
    errno.ENOENT: "文件或目录不存在",
    errno.EACCES: "没有访问权限",
    errno.EPERM: "不允许此操作",
    errno.EISDIR: "是目录，不是文件",
    errno.ENOTDIR: "上级路径不是目录",
    errno.EEXIST: "文件已存在",
    errno.ENOSPC: "磁盘空间不足",
    errno.EDQUOT: "超出磁盘配额",
    errno.EROFS: "文件系统只读",
    errno.ENAMETOOLONG: "文件名过长",
    errno.ELOOP: "符号链接层数过多",
    errno.EIO: "读写错误",
    errno.EMFILE: "打开的文件过多",
    errno.EPIPE: "对方已关闭连接",
    errno.ECONNREFUSED: "对方拒绝连接",
    errno.ECONNRESET: "连接被对方中断",
    errno.ETIMEDOUT: "连接超时",
    errno.EHOSTUNREACH: "无法到达该主机",
    errno.ENETUNREACH: "无法到达该网络",
    errno.EADDRINUSE: "地址已被占用",
    errno.EADDRNOTAVAIL: "本机没有该地址",
}


def reason_of(error: BaseException) -> Words:
    """Return the reason of an error, without the path that it names; others' own words as they are."""
    match error:
        case ValueError() if hasattr(error, "lineno"):  # JSON's; help does not load it for this
            return Words(str(error), f"第 {error.lineno} 行第 {vars(error)['colno']} 列有误")
        case UnicodeDecodeError():
            return Words("not UTF-8", "不是 UTF-8 编码")
        case RecursionError():
            return Words("nested too deeply", "嵌套过深")
        case OSError():
            en = error.strerror or str(error) or type(error).__name__
            return Words(en, _CHINESE.get(error.errno or 0, en))
    return Words.same(str(error) or type(error).__name__)
