"""The chat window: answers as safe HTML (`rendering`), sentences (`wording`), replies that never raise (`replies`), the page (`window`).

Imported only when the chat is started, as Gradio is heavy.
"""
