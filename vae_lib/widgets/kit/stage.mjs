// The card every figure stands on: theme, styles, width, a polite voice, and errors said in place. It knows no figure.
import { COLOURS, isDark, watchTheme } from "./theme.mjs";
import { STYLE } from "./style.mjs";
import { node } from "./node.mjs";

const NARROW = 540; // CSS pixels: below this the columns stand one above the other.
const QUIET = 700; // Milliseconds without a change before a screen reader is told the new value.

/**
 * The card in `el`, in place of what stood there: {root, body, colours, say, tell, dispose}. `themed` is called with
 * the colours whenever the page turns light or dark; `say` tells a screen reader once the value has come to rest, `tell`
 * at once, for what does not rest.
 */
export function createStage(el, { label, title, themed }) {
  const body = node("div");
  const voice = node("div", { class: "vae-unseen", role: "status", "aria-live": "polite" });
  const root = node("div", { class: "vae-live", role: "group", "aria-label": label }, node("style", {}, STYLE));
  // JupyterLab acts on single keys wherever the focus is: x would cut the cell, d d delete it, Enter edit it.
  root.addEventListener("keydown", (event) => {
    if (!event.altKey && !event.ctrlKey && !event.metaKey) event.stopPropagation();
  });
  if (title) root.append(node("p", { class: "vae-title" }, title));
  root.append(body, voice);
  const stage = { root, body, colours: COLOURS.light };
  const dress = () => {
    const theme = isDark() ? "dark" : "light";
    if (root.dataset.theme === theme) return;
    root.dataset.theme = theme;
    stage.colours = COLOURS[theme];
    for (const name of ["surface", "ink", "muted", "line", "wash", "focus", "error"]) {
      root.style.setProperty(`--vae-${name}`, stage.colours[name]);
    }
    if (root.isConnected) themed?.(stage.colours);
  };
  const fit = () => root.toggleAttribute("data-narrow", root.clientWidth < NARROW);
  const sizes = new ResizeObserver(fit);
  let timer = 0;
  stage.say = (text) => {
    clearTimeout(timer);
    timer = setTimeout(() => (voice.textContent = text()), QUIET);
  };
  stage.tell = (text) => {
    clearTimeout(timer);
    voice.textContent = text;
  };
  dress();
  el.classList.add("vae-figure");
  // A figure's planes, sliders and words run from left to right on every page.
  el.dir = "ltr";
  el.replaceChildren(root);
  fit();
  sizes.observe(root);
  const unwatch = watchTheme(dress);
  stage.dispose = () => {
    clearTimeout(timer);
    sizes.disconnect();
    unwatch();
    root.remove();
  };
  return stage;
}

/** Says a sentence in the figure's place and leaves its still picture standing. */
export function showNote(el, sentence) {
  let note = el.querySelector(":scope > .vae-fallback");
  if (!note) el.append((note = node("p", { class: "vae-fallback" })));
  note.textContent = sentence;
}

/** Shows the still picture, where there is one and none stands there already, and says a sentence below it. */
export function showStill(el, source, sentence) {
  if (source && !el.querySelector(":scope > .vae-still")) {
    const alt = "The figure as it was when its cell was run.";
    el.prepend(node("img", { class: "vae-still", src: source, alt, style: "max-width: 100%" }));
  }
  showNote(el, sentence);
}

/** Says in the figure's place why it cannot be shown. */
export function showError(el, error) {
  console.error(error);
  el.querySelector(":scope > .vae-live")?.remove();
  showNote(el, `This figure cannot be shown: ${error.message}.`);
  el.querySelector(":scope > .vae-fallback").setAttribute("role", "alert");
}
