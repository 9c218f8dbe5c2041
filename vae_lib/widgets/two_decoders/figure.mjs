// One code, two decoders: a plane, a point on it, and both pictures. Its Python side: __init__.py.
//
// For tests and the curious the element carries `vaeFigure`: {z, values(), pixels()} beside what every figure has: `z`
// can be read and set, `values()` gives {z, shown, difference} and `pixels()` copies both pictures as decoded, numbers
// from 0 to 1.
import CONSTANTS from "./constants.json" with { type: "json" };
import { createFigure, putter, rebuiltFor } from "../kit/lifecycle.mjs";
import { createGround } from "../kit/ground.mjs";
import { createImage } from "../kit/image.mjs";
import { createPointControls } from "../kit/point_controls.mjs";
import { decode } from "../kit/dense.mjs";
import { freshId, node } from "../kit/node.mjs";
import { meanDifference, readPair } from "./arithmetic.mjs";
import { withPayload } from "../kit/host.mjs";

const EXTENT = CONSTANTS.extent;
const HINT = "Drag on the plane, or use the arrow keys there: Shift for larger steps, Home for the origin.";
const LOOK = `
.vae-live:not([data-narrow]) .vae-columns:has(.vae-pictures) { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); }
.vae-live .vae-pictures { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 0.75rem; }
.vae-live .vae-pictures .vae-heading { font-weight: 650; color: var(--vae-ink); }
/* As specific as the rule for a single picture, and after it. */
.vae-live[data-narrow] .vae-side > .vae-pictures:first-child:nth-last-child(2) { grid-column: 1 / -1; max-width: none; justify-self: stretch; }
`;

/** Draws the figure into `el`; gives back the function that stops it. */
export function render({ model, el }) {
  return withPayload(model, el, (pair) => rebuiltFor(model, ["titles"], () => compare(model, el, pair)), readPair);
}

function compare(model, el, pair) {
  const put = putter(model);
  const { elements, ...parts } = buildParts(model, put, pair);
  const { point, pictures, toggles } = parts;
  const titles = model.get("titles");
  const label = `One code, two decoders: ${titles.join(" and ")}`;
  const compute = () => pair.map((each) => decode(each.layers, model.get("z")));
  const figure = createFigure({ model, el, label, look: LOOK, elements, compute });
  const look = { extent: EXTENT, codes: [], labels: null, medians: [], prior: true };
  const ground = createGround(figure, { canvas: point.pad.canvas, toggles, decoders: pair, look });
  const describe = (decoded) => {
    const at = `z = (${point.texts().join(", ")})`;
    pictures.forEach((each, k) => each.element.setAttribute("aria-label", `What the ${titles[k]} decodes at ${at}`));
    const percent = Math.round(100 * meanDifference(...decoded));
    return `Decoded at ${at}: the two pictures differ by ${percent} percent of a grey level on average.`;
  };
  describe(compute());
  return figure.start({
    traits: ["z"],
    write(decoded) {
      decoded.forEach((pixels, k) => pictures[k].paint(pixels, figure.colours));
      point.place();
    },
    sentence: describe,
    handle: {
      get z() { return model.get("z"); },
      set z(value) { put("z", value); },
      values: () => ({ z: model.get("z"), shown: ground.shown, difference: meanDifference(...compute()) }),
      pixels: () => compute().map((each) => [...each]),
    },
  });
}

/** The figure's elements, in the order they are read. */
function buildParts(model, put, pair) {
  const titles = model.get("titles");
  const hintId = freshId("hint");
  const [z, moved] = [() => model.get("z"), (value) => put("z", value)];
  const point = createPointControls({ label: "Code z", describedBy: hintId, extent: EXTENT, z, moved });
  const pictures = pair.map((each) => createImage(each.image));
  const both = pictures.map((each, k) => node("div", {}, node("p", { class: "vae-heading" }, titles[k]), each.element));
  const side = node("div", { class: "vae-side" }, node("div", { class: "vae-pictures" }, ...both), point.sliders);
  const toggles = titles.map((title) => {
    return node("button", { type: "button", "aria-pressed": "false" }, `Plane of the ${title}`);
  });
  const hint = node("p", { id: hintId, class: "vae-muted" }, HINT);
  const columns = node("div", { class: "vae-columns" }, point.pad.element, side);
  return { point, pictures, toggles, elements: [columns, node("div", { class: "vae-foot" }, ...toggles, hint)] };
}
