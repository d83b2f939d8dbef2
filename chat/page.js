// What Gradio does not do by itself: our own buttons, the article beside the conversation, copying, and a few things for screen readers.
(() => {
  const field = (id) => document.querySelector(`#${id} textarea, #${id} input`);

  const fill = (id, text) => {
    const box = field(id);
    if (!box || box.value === text) return;
    const kind = box instanceof HTMLTextAreaElement ? HTMLTextAreaElement : HTMLInputElement;
    Object.getOwnPropertyDescriptor(kind.prototype, "value").set.call(box, text);
    box.dispatchEvent(new Event("input", { bubbles: true }));
  };

  // --- buttons ---------------------------------------------------------------------------------------------------------------

  let presses = 0;
  let opener = "";
  let pressed = "";
  const press = (id, words) => fill(id, `${++presses} ${words}`); // the number makes every press a new value

  const copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch { // no permission, or a page that is not this machine's own
      const box = document.body.appendChild(Object.assign(document.createElement("textarea"), { value: text }));
      box.select();
      document.execCommand("copy");
      box.remove();
    }
  };

  let teller;
  const tell = (sentence) => {
    teller ??= document.body.appendChild(Object.assign(document.createElement("div"), { className: "yw-told", role: "status" }));
    teller.textContent = sentence;
    clearTimeout(tell.timer);
    tell.timer = setTimeout(() => (teller.textContent = ""), 2500);
  };

  addEventListener("click", (event) => {
    const button = event.target.closest?.("button.yw-do, button.yw-copy");
    if (!button) return;
    if (button.classList.contains("yw-copy")) {
      const text = button.parentElement.querySelector(".yw-reference").textContent;
      copy(text).then(() => (tell(button.value), button.focus()));
      return;
    }
    if (/^(open|elsewhere) /.test(button.value)) opener = button.value;
    pressed = button.value;
    press(button.classList.contains("yw-again") ? "again" : "action", button.value);
  });

  addEventListener("keydown", (event) => {
    const inside = event.target.closest?.("#source:has(.yw-panel)");
    if (event.key === "Escape" && inside && !event.target.closest("[role=listbox], input, textarea")) press("action", "close");
  });

  // The pressed button goes when what it stood in is shown anew: the keyboard goes on at what took its place.
  const SUCCESSORS = [
    [/^(?:right|wrong|absent) (\d+)/, (number) => `button[value^="undo ${number} "]`],
    [/^undo (\d+)/, (number) => `button[value^="right ${number} "], button[value="absent ${number}"]`],
    [/^delete (\w+)/, () => `button[value="keep"]`],
    [/^keep|^forget/, () => `#past button[value^="reopen "], #history button`],
    [/^reopen (\w+)/, (id) => `button[value="reopen ${id}"]`],
    [/^stop|^again|^everywhere/, () => (matchMedia("(pointer: fine)").matches ? "#question textarea" : "#send")], // no keyboard on a phone
  ];
  for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, () => (pressed = ""), { capture: true, passive: true });
  const keepFocus = () => {
    if (!pressed || (document.activeElement ?? document.body) !== document.body) return;
    for (const [verb, successor] of SUCCESSORS) {
      const found = pressed.match(verb);
      const latest = (one, other) => one.value.split(" ").at(-1) - other.value.split(" ").at(-1); // by the number that ends it, if one does
      const next = found && [...document.querySelectorAll(successor(found[1]))].sort(latest).at(-1);
      if (next) return (pressed = ""), next.focus({ preventScroll: true });
    }
  };

  // --- the article beside the conversation -------------------------------------------------------------------------------------

  let panel = "";
  const lookAtPanel = () => {
    const open = document.querySelector("#panel .yw-panel");
    if ((open?.id ?? "") === panel) return;
    panel = open?.id ?? "";
    fill("right-words", "");
    fill("selection", "");
    if (!open) {
      [...document.querySelectorAll("button.yw-do")].find((button) => button.value === opener)?.focus();
      return;
    }
    const heading = open.querySelector("h2");
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
    const article = open.querySelector(".yw-article");
    const mark = open.querySelector(".yw-here, .yw-sentence");
    if (mark) article.scrollTop += mark.getBoundingClientRect().top - article.getBoundingClientRect().top - article.clientHeight / 3;
    const { top, bottom } = article.getBoundingClientRect(); // beside the conversation it is in sight already, below it not
    if (top < 0 || bottom > innerHeight) open.scrollIntoView({ block: "start" });
  };

  // Selected words as a place in the article's text, in code points: JavaScript itself counts characters beyond U+FFFF twice.
  const length = (range) => Array.from(range.toString()).length;
  document.addEventListener("selectionchange", () => {
    const article = document.querySelector("#panel .yw-marking .yw-article");
    const selection = getSelection();
    if (!article || !selection.rangeCount || selection.isCollapsed) return;
    const range = selection.getRangeAt(0).cloneRange();
    if (!range.intersectsNode(article)) return;
    if (!article.contains(range.startContainer)) range.setStart(article, 0);
    if (!article.contains(range.endContainer)) range.setEnd(article, article.childNodes.length);
    const words = range.toString();
    if (!words.trim()) return;
    const before = document.createRange();
    before.setStart(article, 0);
    before.setEnd(range.startContainer, range.startOffset);
    const start = Number(article.id.slice("yw-text-".length)) + length(before);
    fill("selection", `${start} ${start + length(range)}`);
    fill("right-words", words.replace(/\s+/g, " "));
  });

  // --- the conversation --------------------------------------------------------------------------------------------------------

  let rows = 0;
  let following = true;
  const lookAtConversation = () => {
    const log = document.querySelector('#conversation [role="log"]');
    if (!log) return;
    // It names each message for screen readers by its source, which here is HTML: without that name they read the message itself.
    for (const message of log.querySelectorAll("[data-testid][aria-label]")) message.removeAttribute("aria-label");
    // It scrolls to the end of an answer, which begins with what matters: keep the newest question in sight, until the reader scrolls.
    const messages = log.querySelectorAll(".message-row");
    if (messages.length > rows) following = true;
    rows = messages.length;
    if (!following || !rows) return;
    const last = messages[rows - 1];
    const before = messages[rows - 2];
    const start = before?.classList.contains("user-row") && !last.classList.contains("user-row") ? before : last;
    log.scrollTop += start.getBoundingClientRect().top - log.getBoundingClientRect().top - 12;
  };

  const settle = () => (lookAtConversation(), lookAtPanel(), keepFocus());
  new MutationObserver(settle).observe(document, { childList: true, subtree: true, attributes: true, attributeFilter: ["aria-label"] });
  for (const kind of ["wheel", "touchmove", "pointerdown", "keydown"]) {
    addEventListener(kind, (event) => (following &&= !event.target.closest?.('[role="log"]')), { passive: true });
  }
})();
