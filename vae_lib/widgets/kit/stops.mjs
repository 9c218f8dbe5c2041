// A choice among a few values on one row: its name, a slider that stops at each, the value. It knows no figure.
import { freshId, node } from "./node.mjs";

/**
 * A row {element, place} with one stop for each of `texts`. `name` is what the eye reads, `label` what a screen reader
 * says; it hears the stop's text, `spoken` where that should be another. An arrow key goes to the next stop, Page keys
 * five on, Home and End to the ends, as a slider does by itself.
 */
export function stopsRow({ name, label, texts, spoken = texts, moved }) {
  const id = freshId("stops");
  const input = node("input", { type: "range", id, min: 0, max: texts.length - 1, step: 1, "aria-label": label });
  const value = node("span", { class: "vae-number", "aria-hidden": "true" });
  const title = node("label", { for: id, class: "vae-name", "aria-hidden": "true" }, name);
  input.addEventListener("input", () => moved(input.valueAsNumber));
  input.addEventListener("keydown", (event) => {
    const by = { PageDown: -5, PageUp: 5 }[event.key];
    if (!by || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    moved(Math.min(Math.max(input.valueAsNumber + by, 0), texts.length - 1));
  });
  return {
    element: node("div", { class: "vae-slider" }, title, input, value),
    place(stop) {
      input.value = stop;
      input.setAttribute("aria-valuetext", spoken[stop]);
      value.textContent = texts[stop];
    },
  };
}
