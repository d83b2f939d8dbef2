"""Where libraries are kept, and the sample library that the program starts with."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import corpus
from corpus.intake import add_files
from corpus.library import Library

SAMPLES = Path(corpus.__file__).parent / "samples"
HOME_VARIABLE = "YUANWEN_HOME"


def home() -> Path:
    """The folder of all that this user keeps: the one named by ``YUANWEN_HOME``, else the system's folder for user data."""
    if named := os.environ.get(HOME_VARIABLE):
        return Path(named).expanduser()
    import platformdirs

    return Path(platformdirs.user_data_dir("yuanwen", appauthor=False))


def default_library() -> Path:
    """The folder of the user's own library."""
    return home() / "library"


def sample_library(*, progress: Callable[[int, int], None] | None = None) -> Library:
    """The articles that come with the program, in a library of their own. After the first time there is nothing to do but look."""
    library = Library(home() / "samples")
    add_files(library, [SAMPLES], progress=progress)
    return library
