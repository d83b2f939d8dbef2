// Two things Gradio's chat does not do by itself.
(() => {
  let rows = 0;
  const settle = () => {
    const log = document.querySelector('[role="log"]');
    if (!log) return;
    // It names each message for screen readers by its source, which here is HTML: without that name they read the message itself.
    for (const message of log.querySelectorAll("[data-testid][aria-label]")) message.removeAttribute("aria-label");
    // It scrolls to the end of an answer, which starts with what matters: keep the newest question in sight instead.
    const now = log.querySelectorAll(".message-row").length;
    if (now === rows) return;
    const grew = now > rows;
    rows = now;
    const newest = [...log.querySelectorAll(".user-row, .yw-note")].pop();
    if (grew && newest) log.scrollTop += newest.getBoundingClientRect().top - log.getBoundingClientRect().top - 12;
  };
  new MutationObserver(settle).observe(document, { childList: true, subtree: true, attributes: true, attributeFilter: ["aria-label"] });
})();
