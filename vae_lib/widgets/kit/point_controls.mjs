// A point z of a plane under the reader's hand: a pad, and a slider for each coordinate. It knows no model.
import { createPad } from "./pad.mjs";
import { decimalsOf, numberText, stepOf } from "./plane.mjs";
import { node } from "./node.mjs";
import { sliderRow } from "./slider.mjs";

/**
 * {pad, sliders, radius, texts, place}: `z()` gives the point, `moved(z)` hears where the reader puts it. `sliders` is
 * an element, `radius` the mark's; `texts()` gives both numbers as they are read, `place()` shows the point.
 */
export function createPointControls({ label, describedBy, extent, z, moved }) {
  const step = stepOf(extent);
  const radius = 2 * step;
  const pad = createPad({ label, describedBy, extent, step, radius, moved });
  const rows = [0, 1].map((axis) => {
    const name = node("span", {}, "z", node("sub", {}, String(axis + 1)));
    const [min, max] = extent.slice(2 * axis, 2 * axis + 2);
    const slid = (value) => moved(z().map((each, k) => (k === axis ? value : each)));
    return sliderRow({ name, label: `z ${axis + 1}`, min, max, step, moved: slid });
  });
  const texts = () => z().map((each) => numberText(each, decimalsOf(step)));
  return {
    pad,
    sliders: node("div", { class: "vae-sliders" }, ...rows.map((each) => each.element)),
    radius,
    texts,
    place() {
      const [first, second] = texts();
      pad.place(z(), `z1 ${first}, z2 ${second}`);
      rows.forEach((row, axis) => row.place(z()[axis]));
    },
  };
}
