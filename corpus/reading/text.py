"""Plain text files: which encoding they are in, found from the bytes."""

from __future__ import annotations

import codecs
import functools
import re

from corpus.errors import ReadingError
from corpus.folding import fold
from corpus.reading.extracted import Extracted, check_length, printable
from corpus.scripts import HAN

_BOMS = (
    # UTF-32 first: its mark begins with the one of UTF-16.
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CHINESE = ("gb18030", "big5hkscs", "cp950")
"""The multi-byte encodings of Chinese files; each decodes a good part of what was written in the other, hence `_plausibility`."""
_OTHER_MULTI_BYTE = ("utf-8", "shift_jis", "cp932", "euc_jp", "iso2022_jp", "euc_kr", "cp949", "johab")
_REALLY = {
    # What pages declare, and what they are really written in.
    "gb2312": "gb18030", "gbk": "gb18030", "gb_2312-80": "gb18030", "x-gbk": "gb18030", "big5": "big5hkscs", "big5-hkscs": "big5hkscs",
    "big5-tw": "big5hkscs", "iso-8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252", "us-ascii": "utf-8", "ascii": "utf-8",
}  # fmt: skip
_SAMPLE = 200_000
"""So many bytes tell an encoding; looking at more only takes time."""
_DAMAGED_SHARE = 0.002
"""A text may have so large a share of undecodable bytes and still be taken for the encoding it otherwise is in: a cut-off file,
one bad character."""
_DAMAGED_PLACES = 4
"""So many in a short text: one bad byte in the midst of a character costs its neighbours too."""
_BINARY_SHARE = 0.02
"""More control characters than this, and it is no text."""
_PLAUSIBLE, _PLAUSIBLE_SHORT = 0.25, 0.0
"""The least `_plausibility` of Chinese, and of a few words of it. Chinese news has about 1 in the right encoding and less than -1 in
a wrong one, but Korean (EUC-KR), whose letters have the codes of common characters, has nearly 0.1."""
_SHORT = 12
"""In characters that are not ASCII."""

_FREQUENT = frozenset(
    # The most frequent characters of modern Chinese news and web text, in Simplified form; comparison is on folded text.
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应"
    "开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展五果料象员革位入常文总次品式活设及管特件"
    "长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指几九区强放决西被干做必战先回则任取据处理府研报广告网记新闻市场企业近海京香港台湾上海北京今名字号省州县城美英日本法德华东南首届届举办公司称增投贸易"
    "万亿元科技创息信服务合作国际会议论坛活动开幕嘉宾致辞主持专家教授院士院长总裁主席书记部长市长发布介绍表示认为指出强调目前未来已经通过进行以及对于其中包括"
)
_INSIDE_WORD = re.compile(rf"(?<=[a-z]){HAN.pattern}|{HAN.pattern}(?=[a-z])")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f-\x84\x86-\x9f]")
_SIGNS = frozenset("、。〈〉《》「」『』【】〔〕·—…‘’“”％℃→■●★▲　")
_FOREIGN = re.compile(r"[^\x00-\x7f]")
_FOREIGN_WORDS = re.compile(r"[^\x00-\x7f]+(?:[\x00-\x7f]{1,8}[^\x00-\x7f]+)*")
_SUSPECT = 8
"""In characters: the longest of ftfy's patterns has 7."""
_UNWESTERN = re.compile(
    r"[^\x00-\x7f\u00a0-\u00a3\u00a7\u00a9\u00ab\u00ae\u00b0\u00b4\u00b7\u00bb\u00bf-\u00cf"
    r"\u00d1-\u00d6\u00d8-\u00dc\u00df-\u00ef\u00f1-\u00f6\u00f8-\u00fc€…‘’“”•–—™œŒŸÿ]"
)


def extract(data: bytes, *, name: str) -> Extracted:
    """A plain text file, as it is.

    Raises `ReadingError` when the bytes are no text in any encoding.
    """
    text, _ = decode_as_is(data, name=name)
    check_length(len(text), name)  # before more work is put into it
    return Extracted(text=printable(mended(text)), dump=True)


def decode(data: bytes, *, name: str, declared: str | None = None) -> str:
    """The text of a file's bytes.

    ``declared``: the encoding the file itself names; believed only if the bytes agree.

    >>> decode("開幕典禮在今天上午舉行".encode("big5"), name="a.txt")
    '開幕典禮在今天上午舉行'
    """
    return mended(decode_as_is(data, name=name, declared=declared)[0])


def decode_as_is(data: bytes, *, name: str, declared: str | None = None) -> tuple[str, str]:
    """The text of a file's bytes with nothing mended, and the encoding it was found to be in.

    Raises `ReadingError` when the bytes are no text in any encoding.
    """
    found = _decode(data, declared)
    if found is None or _is_binary(found[0]):
        raise ReadingError(f"{name}: this is no text in any known encoding. Save it as UTF-8 text, or as html, pdf or docx.")
    return found


def as_utf8(data: bytes, *, name: str, charset: str | None) -> bytes:
    """Bytes whose encoding something outside of them names (a server, a mail's header), so that the bytes say it themselves.

    Left as they are when nothing is named, or they are in no such encoding.
    """
    said = _canonical(charset)
    if said is None or said == "utf-8" or data.startswith(tuple(mark for mark, _ in _BOMS)) or _strict(data, "utf-8") is not None:
        return data
    text, encoding = decode_as_is(data, name=name, declared=charset)
    return codecs.BOM_UTF8 + text.encode("utf-8", "replace") if encoding == said else data


def decode_name(data: bytes) -> str | None:
    """A short name in UTF-8 or in an encoding of Chinese; None when it is in neither.

    >>> decode_name("开幕.html".encode("gbk")), decode_name("naïve".encode("cp437"))
    ('开幕.html', None)
    """
    text = _strict(data, "utf-8")
    return _chinese(data)[0] if text is None else text


def _decode(data: bytes, declared: str | None) -> tuple[str, str] | None:
    """The most certain first: a byte order mark, UTF-8, what the file says, frequent Chinese characters, statistics."""
    if data.startswith(codecs.BOM_UTF8) and _tolerant(data, "utf-8") is None:
        data = data.removeprefix(codecs.BOM_UTF8)  # what was put together from two files has the mark of one
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return data.decode(encoding, errors="replace"), encoding
    if data.count(b"\0") > _DAMAGED_SHARE * len(data):
        return None
    said = _canonical(declared)
    single_byte = said is not None and said not in _CHINESE and said not in _OTHER_MULTI_BYTE
    if (text := _strict(data, "utf-8")) is not None:
        return text, "utf-8"
    # Single-byte encodings decode anything, so that a page says "iso-8859-1" proves nothing.
    if said and not single_byte and (text := _strict(data, said)) is not None:
        return text, said
    if (text := _tolerant(data, "utf-8")) is not None:
        return text, "utf-8"
    best, encoding = _chinese(data)
    if best is not None:
        return best, encoding
    if said and (text := _tolerant(data, said)) is not None:
        return text, said
    return _by_statistics(data)


def _chinese(data: bytes) -> tuple[str | None, str]:
    """The text, if it looks like Chinese in one of its encodings, and which one."""
    texts = {encoding: text for encoding in _CHINESE if (text := _tolerant(data, encoding)) is not None}
    encoding = max(texts, key=lambda each: _plausibility(texts[each][:_SAMPLE]), default="")
    if not encoding:
        return None, encoding
    best = texts[encoding]
    short = len(_FOREIGN.findall(best[:_SAMPLE])) < _SHORT
    return (best if _plausibility(best[:_SAMPLE]) >= (_PLAUSIBLE_SHORT if short else _PLAUSIBLE) else None), encoding


def _canonical(encoding: str | None) -> str | None:
    name = (encoding or "").strip().lower()
    name = _REALLY.get(name, name)
    try:
        return codecs.lookup(name).name if name.isascii() and name else None
    except (LookupError, ValueError):
        return None


def _strict(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (UnicodeError, LookupError):
        return None


def _tolerant(data: bytes, encoding: str) -> str | None:
    """The text, if hardly anything in it can't be decoded, and much more that is not plain ASCII can."""
    try:
        text = data.decode(encoding, errors="replace")
    except (UnicodeError, LookupError):
        return None
    lost = text.count("\ufffd")
    decoded = sum(char > "\x7f" for char in text) - lost
    return text if not lost or (lost <= max(_DAMAGED_PLACES, _DAMAGED_SHARE * len(text)) and decoded >= 10 * lost) else None


def _plausibility(text: str) -> float:
    """How much a text decoded as Chinese looks like it: the mean over what is not ASCII, from -3 (noise) to 2 (frequent words only)."""
    folded = fold(text)
    # An accented letter and its neighbour make a Chinese character in the midst of a word.
    if 2 * len(_INSIDE_WORD.findall(folded)) > len(HAN.findall(folded)):
        return -3.0
    points = [_points(char) for char, original in zip(folded, text, strict=True) if original > "\x7f"]
    return sum(points) / len(points) if points else 0.0


def _points(char: str) -> float:
    if char in _FREQUENT:
        return 2.0
    if char in _common() or char <= "\x7f":  # folded: a full-width letter or sign
        return 0.0
    return 1.0 if char in _SIGNS else -3.0


@functools.cache
def _common() -> frozenset[str]:
    """The 3,755 common characters: the first level of GB 2312, lead bytes B0 to D7."""
    return frozenset(bytes((lead, trail)).decode("gb2312", "ignore") for lead in range(0xB0, 0xD8) for trail in range(0xA1, 0xFF)) - {""}


def _by_statistics(data: bytes) -> tuple[str, str] | None:
    import charset_normalizer

    western = _strict(data, "cp1252")
    if western and len(foreign := _FOREIGN.findall(western)) >= 1 and not _UNWESTERN.findall(western) and 4 * len(foreign) < len(western):
        return western, "cp1252"  # short text with few accents is taken for any of a dozen encodings
    best = charset_normalizer.from_bytes(data[:_SAMPLE]).best()
    return (data.decode(best.encoding, errors="replace"), best.encoding) if best else None


def _is_binary(text: str) -> bool:
    sample = text[:_SAMPLE]
    return len(_CONTROL.findall(sample)) > _BINARY_SHARE * len(sample)


def mended(text: str) -> str:
    """Text that was once decoded as the wrong encoding and saved so ("ä¸­å›½"), decoded as the right one; other text untouched."""
    if text.isascii():
        return text
    import ftfy
    from ftfy.badness import is_bad

    # ftfy looks at all of a text first, and slowly; what it looks for is a few characters long, and one of them is not ASCII.
    around = (text[max(0, found.start() - _SUSPECT) : found.end() + _SUSPECT] for found in _FOREIGN_WORDS.finditer(text))
    return ftfy.fix_encoding(text) if is_bad("\n".join(around)) else text
