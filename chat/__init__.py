"""The chat window: answers as HTML that is safe to show (`rendering`), sentences (`wording`), replies that never raise (`replies`), the page (`window`)."""
