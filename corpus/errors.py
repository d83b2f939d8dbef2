"""Every error this project raises on purpose, in one tree. A message says what happened, with which value, and what to do next."""


class YuanwenError(Exception):
    """Root of the tree: catching this one catches all that the project raises on purpose."""


class ReadingError(YuanwenError):
    """A file could not be turned into an article (unknown format, damaged, encrypted, empty)."""


class EmptyArticleError(ReadingError):
    """The file was read, and there was no article text in it (empty, a scanned pdf, only page furniture)."""


class LibraryError(YuanwenError):
    """The library folder or its database cannot be used as asked."""


class LibraryVersionError(LibraryError):
    """The library was written by a newer version of the program than this one."""


class ReadOnlyLibraryError(LibraryError):
    """Something had to be written and the library's folder does not allow it."""


class TransferError(LibraryError):
    """A library could not be exported to a file, or a file is no exported library in good order."""


class LibraryBusyError(LibraryError):
    """Another process held the library's write lock for too long."""


class ArticleNotFoundError(LibraryError):
    """No article of that id (or unambiguous beginning of an id) is in the library."""


class FeedbackNotFoundError(LibraryError):
    """No feedback of that id is in the library."""


class ConversationNotFoundError(LibraryError):
    """No conversation of that id (or unambiguous beginning of an id) is in the library."""


class ModelError(YuanwenError):
    """A model's files are missing, damaged or of another format version."""


class EmbedderMismatchError(ModelError):
    """The library holds vectors of another embedder than the one it was opened with; they are never mixed."""


class QuestionError(YuanwenError):
    """The question cannot be asked (empty or blank)."""


class AnswerFormatError(YuanwenError):
    """A stored answer is not of the form that `Answer.to_dict` gives."""


class QuestionFileError(YuanwenError):
    """A file of questions with their answers cannot be read, or is not of a form that is known."""


class CalibrationError(YuanwenError):
    """The confidence cannot be fitted to the user's verdicts: there are too few of them."""
