"""axe-core looks over both tabs, light and dark: nothing of ours is serious or critical to it.

What Gradio itself builds, and we cannot change, is listed here with the rule and the place, so that anything new shows.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import pytest

from chat.wording import EXAMPLES
from tests.chat import visiting
from tests.chat.visiting import Visitor

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from qa.assistant import Assistant

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(find_spec("axe_playwright_python") is None, reason="axe-core is not installed"),
    pytest.mark.filterwarnings("ignore:.*no_silent_downcasting:DeprecationWarning", "ignore:The copy keyword:DeprecationWarning"),
]

GRADIOS_OWN: tuple[tuple[str, str], ...] = (
    ("aria-required-children", 'class="examples'),  # the chat's list of examples holds buttons where list items belong
)
"""Rule, and a part of the selector or of the element."""


@pytest.fixture(scope="module")
def address(samples: Assistant) -> Iterator[str]:
    with visiting.chat(samples, samples=True) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with visiting.browser() as opened:
        yield opened


def violations(visitor: Visitor) -> set[str]:
    """What axe-core finds serious or critical, as “rule: selector”, without what is Gradio's own."""
    from axe_playwright_python.sync_playwright import Axe

    visitor.page.wait_for_timeout(500)  # colours fade in
    found: Any = Axe().run(visitor.page, options={"resultTypes": ["violations"]}).response
    said = set()
    for violation in found["violations"]:
        if violation["impact"] in ("serious", "critical"):
            for node in violation["nodes"]:
                selector = " ".join(map(str, node["target"]))
                if not any(rule == violation["id"] and part in selector + node["html"] for rule, part in GRADIOS_OWN):
                    said.add(f"{violation['id']}: {selector}: {node['html'][:160]}")
    return said


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_keeps_people_from_using_the_page(browser: Browser, address: str, scheme: Any, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, locale="en-GB", color_scheme=scheme, bypass_csp=True)
    visitor = Visitor(context.new_page(), address)  # axe-core is put into the page, which its policy would forbid
    found = {"start": violations(visitor)}
    visitor.ask(EXAMPLES[0])
    visitor.ask(EXAMPLES[-1])
    found["conversation"] = violations(visitor)
    visitor.to_articles()
    found["list"] = violations(visitor)
    visitor.press("remove")
    visitor.paste("Weir opened\n\nThe weir was opened by the engineer Tan Bo.")
    found["removing"] = violations(visitor)
    visitor.press("keep")
    visitor.press("open")
    found["article"] = violations(visitor)
    assert {place: said for place, said in found.items() if said} == {}
    context.close()
