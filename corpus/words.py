"""Text to the terms that the word index stores and a question looks up.

Chinese, and any other script written without spaces, gives dictionary words *and* overlapping pairs of characters:
words are precise, pairs find names that no dictionary holds. Pairs are stored in pinyin as well, so that "Changping" asked in English
finds 昌平. Words with spaces between them are stemmed.
"""

from __future__ import annotations

import functools
import re
import threading
from collections.abc import Callable, Iterator

from corpus.folding import fold

_UNSPACED = (
    r"\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # Han, kana
    r"\uac00-\ud7af\u0e00-\u0eff\u1780-\u17ff"  # Hangul (its blanks part phrases, not words), Thai, Lao, Khmer
)
_PIECES = re.compile(rf"([{_UNSPACED}]+)|([^\W_{_UNSPACED}]+)")

_STOP_WORDS = frozenset(
    # Only what carries no topic at all in a question; the ranking takes care of the rest.
    "a an the of in on at to for from by with and or is are was were be been do does did has have had this that these those it "
    "its as there much mani s i him his her she he they them their would into than onto "
    "的 了 在 是 和 与 及 或 等 为 于 由 被 把 对 从 到 有 也 都 吗 呢 吧 啊".split()
)
_QUESTION_WORDS = re.compile(
    # Longest first. They are cut out before the text is parted into words, lest their characters pair up with their neighbours'.
    "什么时候|为什么|什么|请问|哪一|哪些|哪个|哪位|哪里|哪儿|哪家|哪几|何时|何地|为何|如何|怎么|怎样|多少|多久|多大|谁"
    r"|\b(?:who|whom|whose|what|which|when|where|why|how)\b"
)


class _Stemmers(threading.local):
    """A stemmer of each thread's own: one must not serve two at once."""

    def __init__(self) -> None:
        import Stemmer

        self.stem: Callable[[str], str] = Stemmer.Stemmer("english").stemWord


_stemmers = functools.cache(_Stemmers)


@functools.lru_cache(maxsize=65536)
def pinyin(word: str) -> str:
    """How a Chinese word is read, without tones (重 is chong in 重庆); empty when not all of it is Chinese.

    >>> pinyin("重庆")
    'chongqing'
    """
    import pypinyin

    read = pypinyin.lazy_pinyin(word, errors="ignore")
    return "".join(read) if len(read) == len(word) else ""


@functools.lru_cache(maxsize=65536)
def _sound(pair: str) -> str:
    """The term for how two characters are read; empty when not both are Chinese."""
    return _stemmers().stem(pinyin(pair))


def _terms(text: str, *, sounds: bool) -> Iterator[str]:
    import rjieba

    stem = _stemmers().stem
    for match in _PIECES.finditer(fold(text)):
        unspaced, spaced = match.groups()
        if spaced:
            yield stem(spaced)
            continue
        yield from (word for word in rjieba.cut_for_search(unspaced) if len(word) != 2)
        # Two-character words are pairs already: were both counted, they would weigh double.
        pairs = [unspaced[i : i + 2] for i in range(len(unspaced) - 1)]
        yield from pairs
        if sounds:
            yield from filter(None, map(_sound, pairs))


def index_terms(text: str) -> str:
    """The terms of a text, separated by blanks, as the word index stores them.

    >>> index_terms("張文宏 hosted the panels")
    '张文宏 张文 文宏 zhangwen wenhong host the panel'
    """
    return " ".join(_terms(text, sounds=True))


def query_terms(text: str) -> list[str]:
    """The terms to look a question up by: those of `index_terms`, each once, without pinyin and words that name no topic.

    >>> query_terms("Who hosted the 2022 panel?")
    ['host', '2022', 'panel']
    """
    return [term for term in dict.fromkeys(_terms(without_question_words(text), sounds=False)) if term not in _STOP_WORDS]


def without_question_words(text: str) -> str:
    """The folded text, with blanks where it says who, what, when and so on: each character stays at its place.

    >>> without_question_words("誰主持了會議")
    ' 主持了会议'
    """
    return _QUESTION_WORDS.sub(lambda match: " " * len(match[0]), fold(text))
