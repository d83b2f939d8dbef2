"""From a file to clean text with exact offsets, and the library that keeps it."""

from corpus.article import Article, Passage, Run
from corpus.errors import YuanwenError
from corpus.folding import fold
from corpus.splitting import sentences, split

__all__ = ["Article", "Passage", "Run", "YuanwenError", "fold", "sentences", "split"]
