// Two things Gradio's chat does not do by itself.
(() => {
  let rows = 0;
  let following = true;

  const settle = () => {
    const log = document.querySelector('[role="log"]');
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
  new MutationObserver(settle).observe(document, { childList: true, subtree: true, attributes: true, attributeFilter: ["aria-label"] });
  for (const kind of ["wheel", "touchmove", "pointerdown", "keydown"]) {
    addEventListener(kind, (event) => (following &&= !event.target.closest?.('[role="log"]')), { passive: true });
  }
})();
