// A point on a plane, moved by mouse, pen, touch and keys. It knows no model; what the plane shows is the caller's.
import { clampTo, decimalsOf, keyTarget, planeMap, roundTo } from "./plane.mjs";
import { node, svgNode } from "./node.mjs";

/**
 * A pad over `extent`: {element, canvas, place, reframe}. `moved(z)` is called with each new point of the reader's.
 * `place(z, text)` puts the mark at z and gives a screen reader the text of it; the mark's circle has `radius`. The key
 * Home leads to `home`. `reframe(extent, step)` shows another part of the plane, of the same shape; then place again.
 *
 * There is no role for a slider in two dimensions. This one is a slider whose value text names both numbers, so that
 * screen readers hand it the arrow keys; `slider` rows beside it reach each coordinate with what every reader knows.
 */
export function createPad({ label, describedBy, extent, step, radius, home = clampTo(extent, [0, 0]), moved }) {
  const [left, right, bottom, top] = extent;
  let decimals = decimalsOf(step);
  const canvas = node("canvas");
  const mark = svgNode(
    "svg",
    { class: "vae-mark", viewBox: "-10 -10 20 20", "aria-hidden": "true" },
    svgNode("circle", { r: 9 }),
    svgNode("circle", { r: 9, class: "vae-ring" }),
    svgNode("circle", { r: 2.6, class: "vae-dot" }),
  );
  mark.style.width = `${(200 * radius) / (right - left)}%`;
  const element = node(
    "div",
    {
      class: "vae-pad",
      tabindex: 0,
      role: "slider",
      "aria-roledescription": "2-D slider",
      "aria-label": label,
      "aria-describedby": describedBy,
      "aria-valuemin": left,
      "aria-valuemax": right,
      "aria-valuenow": 0,
    },
    canvas,
    mark,
  );
  element.style.aspectRatio = `${right - left} / ${top - bottom}`;

  let current = [0, 0];
  const move = (z) => {
    // At once and not when it is placed: two keys may come within one frame.
    current = z;
    moved(z);
  };
  const follow = (event) => {
    const box = canvas.getBoundingClientRect();
    const map = planeMap(extent, box.width, box.height);
    const z = clampTo(extent, map.toPlane([event.clientX - box.left, event.clientY - box.top]));
    move(z.map((each) => roundTo(decimals, each)));
  };
  element.addEventListener("pointerdown", (event) => {
    // One finger or the main button; a second finger or a right click leaves the point where it is.
    if (!event.isPrimary || event.button !== 0) return;
    element.setPointerCapture?.(event.pointerId);
    element.focus({ preventScroll: true });
    event.preventDefault();
    follow(event);
  });
  element.addEventListener("pointermove", (event) => {
    if (event.isPrimary && event.buttons & 1) follow(event);
  });
  element.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const z = event.key === "Home" ? home : keyTarget(event.key, event.shiftKey, current, step, extent);
    if (!z) return;
    event.preventDefault();
    move(z);
  });
  return {
    element,
    canvas,
    reframe(otherExtent, otherStep) {
      [extent, step, decimals] = [otherExtent, otherStep, decimalsOf(otherStep)];
      element.setAttribute("aria-valuemin", extent[0]);
      element.setAttribute("aria-valuemax", extent[1]);
    },
    place(z, text) {
      current = z;
      const [left, right, bottom, top] = extent;
      const shown = clampTo(extent, z);
      mark.style.left = `${(100 * (shown[0] - left)) / (right - left)}%`;
      mark.style.top = `${(100 * (top - shown[1])) / (top - bottom)}%`;
      mark.toggleAttribute("data-outside", shown[0] !== z[0] || shown[1] !== z[1]);
      element.setAttribute("aria-valuenow", shown[0]);
      element.setAttribute("aria-valuetext", text);
    },
  };
}
