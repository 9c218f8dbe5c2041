// The laboratory's elements, in the order they are read. It knows no run: what is done with them is the caller's.
import PRESETS from "./presets.json" with { type: "json" };
import { choiceRow, digitsRow, numberRow, switchButton } from "./controls.mjs";
import { createImage } from "../kit/image.mjs";
import { createPad } from "../kit/pad.mjs";
import { createSheetOf, createStrip } from "./strip.mjs";
import { freshId, node } from "../kit/node.mjs";

const HINT =
  "Drag on the plane to decode any z, or use the arrow keys there: Shift for larger steps, Home for the origin.";
const TOLD = [
  ["false", "not told"],
  ["true", "told to both networks"],
];
const COUNTS = [
  [3000, "all, 3,000"],
  [100, "100"],
  [10, "10"],
  [2, "2"],
  [1, "1"],
];

/** The digits of a strip, and the samples of the prior. */
export const TEN = 10;

/**
 * All parts of the figure. `on(name)` gives the function to call for one of preset, play, step, restart, reseed, link,
 * set, z, chosen, mosaic and view.
 */
export function buildLaboratory({ side, extent, on }) {
  const bar = buildBar(on);
  const plane = buildPlane(extent, on);
  const live = buildLive(on);
  const pictures = buildPictures(side, on);
  const charts = buildCharts(on);
  const more = buildMore(on);
  const sentence = node("p", { class: "vae-lab-sentence" });
  const note = node("p", { class: "vae-lab-note" });
  const left = node("div", {}, plane.element, live.element);
  const main = node("div", { class: "vae-lab-main" }, left, pictures.element);
  const elements = [bar.element, sentence, note, main, charts.element, ...more.elements];
  return { bar, plane, live, pictures, charts, more, sentence, note, elements };
}

function button(text, pressed, attributes = {}) {
  const element = node("button", { type: "button", ...attributes }, text);
  element.addEventListener("click", pressed);
  return element;
}

function buildBar(on) {
  const options = Object.entries(PRESETS).map(([value, { title }]) => [value, title]);
  const preset = choiceRow("preset", { title: "Experiment", options, changed: on("preset") });
  preset.list.setAttribute("aria-label", "Experiment");
  const play = button("Play", on("play"), { class: "vae-lab-play" });
  const step = button("Step", on("step"));
  const restart = button("Restart", on("restart"));
  const reseed = button("New seed", on("reseed"));
  const link = button("Copy link", on("link"));
  const count = node("span", { class: "vae-lab-count vae-number" });
  const field = node("input", { type: "text", readonly: true, "aria-label": "Link to this experiment" });
  const linked = node("div", { class: "vae-lab-link", hidden: true }, field);
  const element = node("div", { class: "vae-lab-bar" }, preset.list, play, step, restart, reseed, link, count, linked);
  return { element, preset, play, step, restart, reseed, count, linked, field };
}

function buildPlane(extent, on) {
  const hint = freshId("hint");
  const pad = createPad({ label: "Latent code z", describedBy: hint, extent, step: 0.1, radius: 0.18, moved: on("z") });
  const heading = node("div", { class: "vae-heading" });
  const element = node(
    "div",
    { class: "vae-lab-pad" },
    heading,
    pad.element,
    node("p", { id: hint, class: "vae-lab-caption" }, HINT),
  );
  return { element, pad, heading };
}

/** What may be changed while it runs. */
function buildLive(on) {
  const row = (name, title, label) => numberRow(name, { title, label, changed: (value) => on("set")(name, value) });
  const rows = {
    beta: row("beta", "β", "beta, the weight of the KL"),
    learningRate: row("learningRate", "learning rate", "learning rate"),
    variance: row("variance", "s²", "s squared, the variance of a pixel"),
    warmUp: row("warmUp", "warm-up, steps", "steps over which beta rises from 0"),
  };
  const noise = switchButton("noise", { title: "Noise", changed: (value) => on("set")("noise", value) });
  const mosaic = switchButton("mosaic", { title: "Decoded plane", changed: on("mosaic") });
  const switches = node("div", { class: "vae-lab-switches" }, noise.element, mosaic.element);
  const label = "At any time";
  const element = node(
    "div",
    { role: "group", "aria-label": label },
    ...Object.values(rows).map((each) => each.element),
    switches,
  );
  return { element, rows, settings: { ...rows, noise }, mosaic };
}

function buildPictures(side, on) {
  const z = createImage([side, side]);
  const zCaption = node("p", { class: "vae-lab-caption vae-number" });
  const three = ["x", "mean", "sample"].map((name) => ({ name, image: createImage([side, side]) }));
  const named = { x: "x", mean: "at μ", sample: "sampled" };
  const cells = three.map(({ name, image }) =>
    node("div", {}, image.element, node("p", { class: "vae-lab-caption" }, named[name])),
  );
  const code = node("p", { class: "vae-lab-caption vae-lab-code vae-number" });
  const [chosenHeading, stripHeading, sheetHeading] = [0, 1, 2].map(() => node("div", { class: "vae-heading" }));
  const strip = createStrip({ side, count: TEN, label: "Digit to look at", chosen: on("chosen") });
  const sheet = createSheetOf(TEN, 5, side, "Ten samples from the prior, decoded");
  const now = node(
    "div",
    { class: "vae-lab-now" },
    node("div", {}, node("div", { class: "vae-heading" }, "Decoded at z"), z.element, zCaption),
    node("div", {}, chosenHeading, node("div", { class: "vae-lab-three" }, ...cells), code),
  );
  const element = node(
    "div",
    {},
    now,
    node("div", { class: "vae-lab-part" }, stripHeading, strip.element),
    node("div", { class: "vae-lab-part vae-lab-sheet" }, sheetHeading, sheet.element),
  );
  const images = { z, ...Object.fromEntries(three.map(({ name, image }) => [name, image])) };
  return { element, images, zCaption, code, chosenHeading, stripHeading, sheetHeading, strip, sheet };
}

function buildCharts(on) {
  const course = node("canvas", { role: "img" });
  const noise = node("canvas", { role: "img" });
  const view = switchButton("view", { title: "Rate against distortion", changed: on("view") });
  const [costs, latents] = [0, 1].map(() => node("table", { class: "vae-lab-table vae-number" }));
  const [courseHeading, noiseHeading] = [0, 1].map(() => node("div", { class: "vae-heading" }));
  const element = node(
    "div",
    { class: "vae-lab-charts" },
    node("div", {}, courseHeading, course, costs, node("div", { class: "vae-lab-switches" }, view.element)),
    node("div", {}, noiseHeading, noise, latents),
  );
  return { element, course, noise, view, costs, latents, courseHeading, noiseHeading };
}

/** What needs a restart; folded away on a phone. */
function buildMore(on) {
  const pick = (name, title, options) =>
    choiceRow(name, { title, options, changed: (value) => on("set")(name, value) });
  const widths = [8, 16, 32, 64, 128, 256].map((each) => [each, String(each)]);
  const settings = {
    likelihood: pick("likelihood", "likelihood", [
      ["bernoulli", "Bernoulli"],
      ["gaussian", "Gaussian"],
    ]),
    latents: pick("latents", "latents", [
      [2, "2"],
      [1, "1"],
    ]),
    hidden: pick("hidden", "hidden width", widths),
    count: pick("count", "training digits", COUNTS),
    told: choiceRow("told", { title: "label", options: TOLD, changed: (value) => on("set")("told", value === "true") }),
    digits: digitsRow({ title: "which digits", changed: (value) => on("set")("digits", value) }),
  };
  const heading = node("div", { class: "vae-heading" }, "These need a restart");
  const grid = node("div", { class: "vae-lab-grid" }, ...Object.values(settings).map((each) => each.element));
  const element = node(
    "div",
    { class: "vae-lab-more", role: "group", "aria-label": "These need a restart" },
    heading,
    grid,
  );
  const open = button(
    "More settings",
    () => {
      const shown = element.toggleAttribute("data-open");
      open.setAttribute("aria-expanded", String(shown));
      open.textContent = shown ? "Fewer settings" : "More settings";
    },
    { class: "vae-lab-open", "aria-expanded": "false" },
  );
  return { elements: [open, element], settings };
}
