// One number on one row: its name, a slider, the number. It knows no figure.
import { decimalsOf, numberText, roundTo } from "./plane.mjs";
import { freshId, node } from "./node.mjs";

/**
 * A row {element, place} from `min` to `max`. `name` is what the eye reads (text or an element), `label` what a screen
 * reader says. An arrow key makes one `step`, with Shift five; the pointer moves as finely as the number is written.
 */
export function sliderRow({ name, label, min, max, step, moved }) {
  const id = freshId("slider");
  const decimals = decimalsOf(step);
  const fine = 10 ** -decimals;
  const input = node("input", { type: "range", id, min, max, step: fine, "aria-label": label });
  const number = node("span", { class: "vae-number", "aria-hidden": "true" });
  const title = node("label", { for: id, class: "vae-name", "aria-hidden": "true" }, name);
  const element = node("div", { class: "vae-slider" }, title, input, number);
  let current = 0;
  const move = (value) => {
    // At once and not when it is placed: two keys may come within one frame.
    current = value;
    moved(value);
  };
  input.addEventListener("input", () => move(roundTo(decimals, input.valueAsNumber)));
  input.addEventListener("keydown", (event) => {
    const sign = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -5, PageUp: 5 }[event.key];
    if (!sign || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const moveBy = sign * (event.shiftKey && Math.abs(sign) === 1 ? 5 : 1) * step;
    move(Math.min(Math.max(roundTo(decimals, current + moveBy), min), max));
  });
  return {
    element,
    place(value) {
      current = value;
      const text = numberText(value, decimals);
      input.value = value;
      input.setAttribute("aria-valuetext", text);
      number.textContent = text;
    },
  };
}
