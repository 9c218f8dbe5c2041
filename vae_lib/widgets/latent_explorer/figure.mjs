// The latent explorer: a plane of codes, a point on it, the picture decoded there. Its Python side: __init__.py.
//
// For tests and the curious the element carries `vaeFigure`: {decodeMs, firstDigitAt, z, pixels()} beside what every
// figure has: `decodeMs` holds the last 600 decode times in milliseconds, `firstDigitAt` is the page's clock at the
// first digit, `z` can be read and set, and `pixels()` copies the picture as decoded, numbers from 0 to 1.
import { classMedians } from "../kit/codes.mjs";
import { createFigure, putter, rebuiltFor } from "../kit/lifecycle.mjs";
import { createGround } from "../kit/ground.mjs";
import { createImage } from "../kit/image.mjs";
import { createNearby } from "./nearby.mjs";
import { createPointControls } from "../kit/point_controls.mjs";
import { decode } from "../kit/dense.mjs";
import { freshId, node } from "../kit/node.mjs";
import { timed } from "../kit/timing.mjs";
import { withPayload } from "../kit/host.mjs";

const RESHAPING = ["extent", "prior", "title"]; // Traits that change the figure and not only its point.
const HINT = "Drag on the plane, or use the arrow keys there: Shift for larger steps, Home for the origin.";

/** Draws the explorer into `el`; gives back the function that stops it. */
export function render({ model, el }) {
  return withPayload(model, el, (payload) => rebuiltFor(model, RESHAPING, () => explore(model, el, payload)));
}

function explore(model, el, payload) {
  const put = putter(model);
  const { elements, ...parts } = buildParts(model, put, payload);
  const title = model.get("title");
  const label = title ? `Latent explorer: ${title}` : "Latent explorer";
  const figure = createFigure({ model, el, label, title, elements });
  layGround(model, figure, parts, payload);
  const decoded = timed(() => decode(payload.layers, model.get("z")));
  const { picture, point, nearby } = parts;
  const describe = () => {
    const text = `Decoded at z = (${point.texts().join(", ")}). ${nearby?.sentence(model.get("z")) ?? ""}`.trim();
    picture.element.setAttribute("aria-label", text);
    return text;
  };
  describe();
  return figure.start({
    traits: ["z"],
    write() {
      picture.paint(decoded(), figure.colours);
      point.place();
      nearby?.show(model.get("z"), figure.colours);
    },
    sentence: describe,
    handle: {
      decodeMs: decoded.times,
      get firstDigitAt() { return this.firstPaintAt; },
      get z() { return model.get("z"); },
      set z(value) { put("z", value); },
      pixels: () => decode(payload.layers, model.get("z")).slice(),
    },
  });
}

/** The figure's elements, in the order they are read. */
function buildParts(model, put, payload) {
  const hintId = freshId("hint");
  const point = createPointControls({
    label: "Latent code z",
    describedBy: hintId,
    extent: model.get("extent"),
    z: () => model.get("z"),
    moved: (z) => put("z", z),
  });
  const picture = createImage(payload.image, payload);
  const noun = nounOf(payload.image);
  const nearby = createNearby({ ...payload, radius: point.radius, noun });
  const side = node("div", { class: "vae-side" }, picture.element);
  if (nearby) side.append(nearby.element);
  side.append(point.sliders);
  const toggle = node("button", { type: "button", "aria-pressed": "false" }, `Show decoded ${noun}`);
  const hint = node("p", { id: hintId, class: "vae-muted" }, HINT);
  const columns = node("div", { class: "vae-columns" }, point.pad.element, side);
  return { point, picture, nearby, toggle, elements: [columns, node("div", { class: "vae-foot" }, toggle, hint)] };
}

/** What the pictures are called: digits are grey and have MNIST's size. */
function nounOf([rows, columns, channels = 1]) {
  return rows === 28 && columns === 28 && channels === 1 ? "digits" : "pictures";
}

/** Has the codes and the prior painted under the point. */
function layGround(model, figure, { point, toggle }, payload) {
  const { codes, labels } = payload;
  const medians = labels ? classMedians(codes, labels) : [];
  const look = { extent: model.get("extent"), codes, labels, medians, prior: model.get("prior") };
  createGround(figure, { canvas: point.pad.canvas, toggles: [toggle], decoders: [payload], look });
}
