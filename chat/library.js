// The library's list is plain HTML: this tells the program which of its buttons was pressed, and keeps the keyboard where it was.
(() => {
  let presses = 0;
  let focus = false;

  addEventListener("click", (event) => {
    const button = event.target.closest?.("#articles button[name], #findings button[name]");
    const field = button && document.querySelector("#library-action textarea, #library-action input");
    if (!field) return;
    field.value = `${button.name} ${button.value} ${++presses}`; // the number makes every press a new value
    field.dispatchEvent(new Event("input", { bubbles: true }));
    focus = true;
  });
  const settle = () => {
    // What was added or found is read out when it appears.
    for (const place of document.querySelectorAll("#added, #findings")) if (!place.ariaLive) place.ariaLive = "polite";
    if (!focus || document.activeElement?.closest("#articles, #findings")) return;
    // The pressed button is gone with the old list: the new one says which of its parts comes next.
    const next = document.querySelector("#articles .yw-focus");
    if (!next) return;
    focus = false;
    next.focus();
  };
  new MutationObserver(settle).observe(document, { childList: true, subtree: true });
})();
