/* Keys of the queues: one key does what a button of the mention in focus does. Without this script nothing is
   missing: every button is a form's. It writes no markup and asks for nothing. It can be switched off on the
   page (WCAG 2.1.4), and does nothing while somebody writes, or with Ctrl, Alt or Meta. */
"use strict";
(() => {
  const OFF = "ouidire.keys", AT = "ouidire.at";
  const box = document.getElementById("keys"), on = document.getElementById("keys-on");
  const mentions = Array.from(document.querySelectorAll(".queue > .mention"));
  if (!box || !on) return;
  const kept = (store, name, value) => {
    try {
      if (value === undefined) return store.getItem(name);
      value === null ? store.removeItem(name) : store.setItem(name, value);
    } catch { /* a browser that keeps nothing */ }
    return null;
  };
  const current = () => mentions.findIndex((each) => each.contains(document.activeElement));
  const go = (to) => {
    const each = mentions[Math.max(0, Math.min(mentions.length - 1, to))];
    if (!each) return;
    each.focus({ preventScroll: true });
    each.scrollIntoView({ block: "nearest" });
  };
  const press = (key) => {
    const at = current();
    const inside = at < 0 ? null : mentions[at].querySelector(`[data-key="${CSS.escape(key)}"]`);
    const found = inside || document.querySelector(`[data-key-anywhere="${CSS.escape(key)}"]`);
    if (!found) return false;
    if (found.localName === "summary") {
      found.parentElement.open = true;
      found.parentElement.querySelector("input:not([type=hidden]), select")?.focus();
      return true;
    }
    if (at >= 0 && found.localName === "button") kept(sessionStorage, AT, `${location.pathname} ${at}`);
    found.click();
    return true;
  };
  const moves = { j: () => go(current() + 1), k: () => go(current() - 1) };
  const writes = (target) => target instanceof Element && target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");

  box.hidden = false;
  on.checked = kept(localStorage, OFF) !== "off";
  on.addEventListener("change", () => kept(localStorage, OFF, on.checked ? null : "off"));
  for (const each of mentions) each.tabIndex = -1;
  const [path, at] = (kept(sessionStorage, AT) || "").split(" ");
  kept(sessionStorage, AT, null);
  // after the browser has gone to the fragment of the address, whose target takes the focus
  if (on.checked && path === location.pathname) addEventListener("load", () => setTimeout(() => go(Number(at))));

  document.addEventListener("keydown", (event) => {
    if (!on.checked || event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.repeat) return;
    if (event.key === "Escape" && mentions.length && writes(event.target)) {
      event.target.closest(".mention")?.focus();
      return;
    }
    if (writes(event.target)) return;
    if (event.key === "?") {
      box.open = !box.open;
      if (box.open) box.querySelector("summary").focus();
    } else if (event.key in moves) moves[event.key]();
    else if (event.key.length !== 1 || !press(event.key)) return;
    event.preventDefault();
  });
})();
