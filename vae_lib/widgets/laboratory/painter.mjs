// Keeps all that is seen with a run, a part of it in each frame. It knows no reader: what was chosen stands in `ui`.
//
// The point is painted in every frame; the plane, the pictures and the curves take turns, and between them a survey and
// the mosaic advance.
import PLANE from "../kit/plane.json" with { type: "json" };
import { createDecoder } from "./decoder.mjs";
import { createGround } from "./ground.mjs";
import { createSurvey } from "./survey.mjs";
import { extentOf, paintCodes, sideFor } from "./picture.mjs";
import { fixedDraws } from "../kit/draws.mjs";
import { noiseBins, paintCourse, paintNoise, paintRates } from "./curves.mjs";
import { noiseHistogram } from "./measures.mjs";
import { sharpCanvas } from "../kit/canvas.mjs";
import { numberText, stepOf } from "../kit/plane.mjs";
import { TEN } from "./layout.mjs";
import { writeCharts, writePictures } from "./readings.mjs";

const MOST_CODES = 200; // Held-out digits on the plane.
const TURNS = 8; // Frames in which all has its turn.
const BETWEEN = 700; // Milliseconds from the start of one survey to the next.
const FIRST = 250; // And while a run is young.
const YOUNG = 200; // Steps.
const SLICE = 2; // Milliseconds for the mosaic in a frame of training.
const AT_REST = 8;
const SIDE = PLANE.reach; // Half of the plane that a run begins with: all of the prior's circles.
const SAMPLE = fixedDraws(1, 5)[0];
const PRIOR = fixedDraws(TEN, 3);

/**
 * Paints an experiment on the `parts` of its layout. `measured` is the latest survey, with which `found(measured,
 * running)` was called; `extent` is what the plane shows. `opened` comes first, and again with each new run.
 */
export class Painter {
  constructor({ experiment, parts, stage, ui, found }) {
    Object.assign(this, { experiment, parts, stage, ui, found });
    [this.frame, this.surveyed, this.measured, this.extent] = [0, 0, null, null];
    const font = getComputedStyle(stage.root).fontFamily;
    const kept = (canvas, draw) =>
      sharpCanvas(canvas, (context, width, height) => {
        // A size may change between a new run and its first paint.
        if (this.extent) draw({ context, width, height, colours: stage.colours, font });
      });
    this.plane = kept(parts.plane.pad.canvas, (view) => this.drawPlane(view));
    this.course = kept(parts.charts.course, (view) => this.drawCourse(view));
    this.noise = kept(parts.charts.noise, (view) => this.drawNoise(view));
  }

  /** Turns to a run that is new. */
  opened() {
    const { experiment, parts, stage, ui } = this;
    const { run, shown } = experiment;
    this.chosen = shown.chosen.subarray(0, MOST_CODES);
    this.labels = Array.from(this.chosen, (index) => shown.set.labels[index]);
    this.mosaic = createGround(run.digits.side, run.shape.latents);
    this.mosaic.dip(stage.colours.ink);
    [this.decoder, this.survey] = [createDecoder(run), createSurvey(run, shown)];
    [this.measured, this.extent, this.side, this.asked] = [null, null, SIDE, ""];
    ui.chosen = Math.min(ui.chosen, Math.min(TEN, this.labels.length) - 1);
    parts.pictures.strip.show(this.labels.slice(0, TEN).map((label) => `a ${label}`));
    this.digits();
  }

  /** Paints what is due; gives back whether something is left to be done at rest. */
  paint(running) {
    const turn = this.frame++ % TURNS;
    // While it trains the plane has every other frame, and the rest the frames between: a slow device should not have
    // to paint all in one.
    const due = (...turns) => !running || turns.includes(turn);
    if (due(0, 2, 4, 6)) {
      this.place();
      this.plane.repaint();
    }
    this.point();
    if (due(1)) this.pictures();
    if (due(5)) this.charts();
    if (due(1, 5)) this.decode(running);
    if (due(3, 7)) this.measure(running);
    return this.survey.busy || (this.ui.mosaic && !this.mosaic.whole);
  }

  /** Says that the mosaic is old. */
  stale() {
    this.mosaic.stale();
  }

  /** Takes on the page's colours. */
  dress() {
    this.mosaic.dip(this.stage.colours.ink);
    this.digits();
  }

  dispose() {
    for (const each of [this.plane, this.course, this.noise]) each.dispose();
  }

  /** The label under which z is decoded, where labels are told: the chosen digit's. */
  get label() {
    return this.labels[this.ui.chosen];
  }

  drawPlane(view) {
    const { experiment, ui, extent, codes, labels, mosaic } = this;
    const { settings, shape } = experiment.run;
    const look = { extent, latents: shape.latents, codes, labels, chosen: ui.chosen, noise: settings.noise };
    paintCodes(view, { ...look, mosaic: ui.mosaic ? mosaic.canvas : null });
  }

  drawCourse(view) {
    const { run, marks } = this.experiment;
    const { history, taken, beta, settings } = run;
    if (this.ui.view) paintRates(view, { history, beta });
    else paintCourse(view, { history, taken, marks, noise: settings.noise });
  }

  drawNoise(view) {
    const { settings, shape } = this.experiment.run;
    const { sigma, latents } = this.measured ?? { sigma: [], latents: [] };
    const counts = latents.map((_, j) => noiseHistogram(sigma, shape.latents, j, noiseBins()));
    const predicted = latents.map((each) => each.predicted);
    paintNoise(view, { counts, predicted, approximate: settings.likelihood === "bernoulli", noise: settings.noise });
  }

  /** The digits' codes, and as much of the plane as shows them. */
  place() {
    const { decoder, experiment, chosen } = this;
    const { run, shown } = experiment;
    const { latents } = run.shape;
    this.codes = decoder.codes(shown.set, chosen);
    const { mu, sigma } = this.codes;
    const count = chosen.length * latents;
    this.side = sideFor({ mu, sigma: run.settings.noise ? sigma : new Float32Array(count) }, count, this.side);
    const extent = extentOf(this.side, latents);
    if (String(extent) === String(this.extent)) return;
    this.extent = extent;
    this.parts.plane.pad.reframe(extent, stepOf(extent));
    this.stale();
  }

  /** The reader's point, and what is decoded there. */
  point() {
    const { decoder, parts, stage, ui } = this;
    const flat = this.experiment.run.shape.latents === 1;
    const [z1, z2] = ui.z.map((each) => numberText(each, 2));
    decoder.pictures([ui.z], () => this.label, (_, pixels) => parts.pictures.images.z.paint(pixels, stage.colours));
    parts.plane.pad.place(flat ? [ui.z[0], 0] : ui.z, flat ? `z ${z1}` : `z1 ${z1}, z2 ${z2}`);
  }

  /** The digits themselves, which no step changes. */
  digits() {
    const { stage, ui, parts } = this;
    const { run, shown } = this.experiment;
    const { pixels } = run.shape;
    const { strip, images } = parts.pictures;
    this.chosen.subarray(0, TEN).forEach((index, k) => {
      const digit = shown.set.images.subarray(index * pixels, (index + 1) * pixels);
      strip.paint(k, "digit", digit, stage.colours);
      if (k === ui.chosen) images.x.paint(digit, stage.colours);
    });
    strip.mark(ui.chosen);
  }

  /** The reconstructions of the ten digits, the chosen one's code, and samples of the prior. */
  pictures() {
    const { decoder, labels, parts, stage, ui, experiment } = this;
    const { classes } = experiment.run.shape;
    const { strip, sheet, images } = parts.pictures;
    const means = labels.slice(0, TEN).map((_, k) => this.codeOf(k).mu);
    const copied = (k, pixels) => {
      strip.paint(k, "copy", pixels, stage.colours);
      if (k === ui.chosen) images.mean.paint(pixels, stage.colours);
    };
    decoder.pictures(means, (k) => labels[k], copied);
    const { mu, sigma } = this.codeOf(ui.chosen);
    const sample = mu.map((each, j) => each + (experiment.run.settings.noise ? sigma[j] * SAMPLE[j] : 0));
    decoder.pictures([sample], () => this.label, (_, pixels) => images.sample.paint(pixels, stage.colours));
    decoder.pictures(PRIOR, (k) => (classes ? k % classes : 0), sheet.place);
    sheet.paint(stage.colours);
    writePictures(parts, { experiment, ui, mu, sigma, label: this.label });
  }

  /** {mu, sigma} of digit k. */
  codeOf(k) {
    const { latents } = this.experiment.run.shape;
    const of = (numbers) => Array.from(numbers.subarray(k * latents, (k + 1) * latents));
    return { mu: of(this.codes.mu), sigma: of(this.codes.sigma) };
  }

  charts() {
    const { course, noise, parts, experiment, measured, stage, ui } = this;
    course.repaint();
    noise.repaint();
    writeCharts(parts.charts, { experiment, measured, colours: stage.colours, ui });
  }

  /** Decodes a few tiles more of the mosaic. */
  decode(running) {
    const { mosaic, decoder, extent, ui } = this;
    if (running) mosaic.stale();
    if (!ui.mosaic || mosaic.whole) return;
    mosaic.fill(decoder, extent, this.label, performance.now() + (running ? SLICE : AT_REST));
  }

  /** Begins a survey where one is due, and measures a part. */
  measure(running) {
    const { survey, experiment, surveyed } = this;
    const { run } = experiment;
    const key = JSON.stringify([run.taken, run.settings]);
    const now = performance.now();
    const waits = survey.busy || now - surveyed < (run.taken < YOUNG ? FIRST : BETWEEN);
    if (key !== this.asked && !(running && waits)) {
      [this.surveyed, this.asked] = [now, key];
      survey.start();
    }
    const measured = survey.busy ? survey.work() : null;
    if (!measured) return;
    this.measured = measured;
    if (!experiment.few) run.history.hold(measured.step, measured);
    this.found(measured, running);
    if (!running) this.charts();
  }
}
