// A point on a line, moved by mouse, pen, touch and keys; what the line runs through is the caller's. It knows no model.
import { decimalsOf, roundTo } from "./plane.mjs";
import { node } from "./node.mjs";

/**
 * A track from `min` to `max`: {element, canvas, place}. `moved(value)` is called with each new value of the reader's,
 * `place(value, text)` tells a screen reader where the point is. Arrow keys make a `step`, with Shift five; Home leads
 * to `home`. Across the track a finger drags, along the page it scrolls.
 */
export function createTrack({ label, describedBy, min, max, step, home, moved }) {
  const decimals = decimalsOf(step);
  const canvas = node("canvas");
  const element = node(
    "div",
    {
      class: "vae-pad",
      style: "touch-action: pan-y; cursor: ew-resize",
      tabindex: 0,
      role: "slider",
      "aria-label": label,
      "aria-describedby": describedBy,
      "aria-orientation": "horizontal",
      "aria-valuemin": min,
      "aria-valuemax": max,
      "aria-valuenow": home,
    },
    canvas,
  );
  let current = home;
  let touched = null; // Where a finger came down, until it is known whether it drags or scrolls.
  const moveTo = (value) => {
    // Kept at once: two keys may come within one frame.
    current = Math.min(Math.max(roundTo(decimals, value), min), max);
    moved(current);
  };
  const follow = (event) => {
    const { left, width } = canvas.getBoundingClientRect();
    moveTo(min + ((event.clientX - left) / width) * (max - min));
  };
  element.addEventListener("pointerdown", (event) => {
    if (!event.isPrimary || event.button !== 0) return;
    element.setPointerCapture?.(event.pointerId);
    element.focus({ preventScroll: true });
    // A finger may be about to scroll the page: it moves the point once it goes across, or when it was a mere tap.
    touched = event.pointerType === "touch" ? event : null;
    if (touched) return;
    event.preventDefault();
    follow(event);
  });
  element.addEventListener("pointermove", (event) => {
    if (!event.isPrimary || !(event.buttons & 1)) return;
    const goesAcross = (from) => Math.abs(event.clientX - from.clientX) > Math.abs(event.clientY - from.clientY);
    if (touched && !goesAcross(touched)) return;
    touched = null;
    follow(event);
  });
  element.addEventListener("pointerup", (event) => {
    if (event.isPrimary && touched) follow(event);
    touched = null;
  });
  element.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const sign = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -5, PageUp: 5 }[event.key];
    if (!sign && event.key !== "Home") return;
    event.preventDefault();
    const steps = event.shiftKey && Math.abs(sign) === 1 ? 5 * sign : sign;
    moveTo(sign ? current + steps * step : home);
  });
  return {
    element,
    canvas,
    place(value, text) {
      current = value;
      element.setAttribute("aria-valuenow", roundTo(decimals, Math.min(Math.max(value, min), max)));
      element.setAttribute("aria-valuetext", text);
    },
  };
}
