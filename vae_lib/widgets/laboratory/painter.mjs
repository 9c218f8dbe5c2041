// Keeps everything that is seen with a run, a part of it in each frame. It knows no reader: what was chosen stands in `ui`.
//
// The point is painted in every frame; the plane, the pictures and the curves take turns, and between them a survey and
// the mosaic advance.
import { createDecoder } from "./decoder.mjs";
import { createGround } from "./ground.mjs";
import { createSurvey } from "./survey.mjs";
import { extentOf, paintCodes, sideFor } from "./picture.mjs";
import { fixedDraws } from "../kit/draws.mjs";
import { noiseBins, paintCourse, paintNoise, paintRates } from "./curves.mjs";
import { noiseHistogram } from "./measures.mjs";
import { sharpCanvas } from "../kit/canvas.mjs";
import { stepOf } from "../kit/plane.mjs";
import { TEN } from "./layout.mjs";
import { writeCharts, writePictures } from "./readings.mjs";

const MOST_CODES = 200; // Held-out digits on the plane.
const TURNS = 8; // Frames in which pictures and curves are each painted once, and the plane four times.
const BETWEEN = 700; // Milliseconds from the start of one survey to the next.
const FIRST = 250; // And while a run is young.
const YOUNG = 200; // Steps.
const SLICE = 2; // Milliseconds for the mosaic in a frame of training.
const AT_REST = 8;
const SAMPLE = fixedDraws(1, 5)[0];
const PRIOR = fixedDraws(TEN, 3);

/** A painter {opened, paint, stale, dress, dispose, measured, extent}. `found(measured)` is called with each survey. */
export function createPainter({ experiment, parts, stage, ui, found }) {
  const font = getComputedStyle(stage.root).fontFamily;
  const view = (context, width, height) => ({ context, width, height, colours: stage.colours, font });
  let [frame, surveyed, asked, side, step] = [0, 0, "", 3.5, 0];
  let scene = null;
  const painter = { measured: null, extent: null };
  const labelOf = () => scene.labels[ui.chosen];

  const plane = sharpCanvas(parts.plane.pad.canvas, (...sizes) => {
    // A size may change between a new run and its first paint.
    if (!painter.extent) return;
    const { latents } = experiment.run.shape;
    const { codes, labels, ground } = scene;
    const look = { extent: painter.extent, latents, codes, labels, noise: experiment.run.settings.noise };
    paintCodes(view(...sizes), { ...look, chosen: ui.chosen, mosaic: ui.mosaic ? ground.canvas : null });
  });
  const course = sharpCanvas(parts.charts.course, (...sizes) => {
    const { run, marks } = experiment;
    if (ui.view) paintRates(view(...sizes), { history: run.history, beta: run.beta });
    else paintCourse(view(...sizes), { history: run.history, taken: run.taken, marks, noise: run.settings.noise });
  });
  const noise = sharpCanvas(parts.charts.noise, (...sizes) => {
    const { settings, shape } = experiment.run;
    const { sigma, latents } = painter.measured ?? { sigma: [], latents: [] };
    const counts = latents.map((_, j) => noiseHistogram(sigma, shape.latents, j, noiseBins()));
    const predicted = latents.map((each) => each.predicted);
    const approximate = settings.likelihood === "bernoulli";
    paintNoise(view(...sizes), { counts, predicted, approximate, noise: settings.noise });
  });

  /** The digits' codes, and as much of the plane as shows them. */
  const place = () => {
    const { run, shown } = experiment;
    scene.codes = scene.decoder.codes(shown.set, scene.chosen);
    const count = scene.chosen.length * run.shape.latents;
    const flat = { mu: scene.codes.mu, sigma: run.settings.noise ? scene.codes.sigma : new Float32Array(count) };
    side = sideFor(flat, count, side);
    const extent = extentOf(side, run.shape.latents);
    if (String(extent) !== String(painter.extent)) {
      painter.extent = extent;
      step = stepOf(extent);
      parts.plane.pad.reframe(extent, step);
      scene.ground.stale();
    }
  };

  const pointAt = () => {
    const { decoder } = scene;
    decoder.pictures([ui.z], labelOf, (_, pixels) => parts.pictures.images.z.paint(pixels, stage.colours));
    const spot = experiment.run.shape.latents === 2 ? ui.z : [ui.z[0], 0];
    parts.plane.pad.place(spot, experiment.run.shape.latents === 2 ? `z1 ${ui.z[0].toFixed(2)}, z2 ${ui.z[1].toFixed(2)}` : `z ${ui.z[0].toFixed(2)}`);
  };

  /** The ten digits with their reconstructions, the chosen one's code, and samples of the prior. */
  const pictures = () => {
    const { decoder, codes, labels } = scene;
    const { latents, classes } = experiment.run.shape;
    const { strip, sheet, images } = parts.pictures;
    const of = (numbers, k) => Array.from({ length: latents }, (_, j) => numbers[k * latents + j]);
    const few = Math.min(TEN, labels.length);
    const means = Array.from({ length: few }, (_, k) => of(codes.mu, k));
    decoder.pictures(means, (k) => labels[k], (k, pixels) => {
      strip.paint(k, "copy", pixels, stage.colours);
      if (k === ui.chosen) images.mean.paint(pixels, stage.colours);
    });
    const sigma = of(codes.sigma, ui.chosen);
    const loud = experiment.run.settings.noise;
    const sampled = means[ui.chosen].map((mu, j) => mu + (loud ? sigma[j] * SAMPLE[j] : 0));
    decoder.pictures([sampled], labelOf, (_, pixels) => images.sample.paint(pixels, stage.colours));
    decoder.pictures(PRIOR, (k) => (classes ? k % classes : 0), sheet.place);
    sheet.paint(stage.colours);
    writePictures(parts, { experiment, ui, mu: means[ui.chosen], sigma, label: labelOf() });
  };

  const charts = () => {
    course.repaint();
    noise.repaint();
    writeCharts(parts.charts, { experiment, measured: painter.measured, colours: stage.colours, ui });
  };

  /** Decodes a few tiles more of the mosaic. */
  const ground = (running) => {
    if (running) scene.ground.stale();
    if (!ui.mosaic || scene.ground.whole) return;
    scene.ground.fill(scene.decoder, painter.extent, labelOf(), performance.now() + (running ? SLICE : AT_REST));
  };

  /** Begins a survey where one is due, and measures a part. */
  const survey = (running) => {
    const { run } = experiment;
    const now = performance.now();
    const key = JSON.stringify([run.taken, run.settings]);
    if (!scene.survey.busy) {
      const wait = run.taken < YOUNG ? FIRST : BETWEEN;
      if (key === asked || (running && now - surveyed < wait)) return;
      [surveyed, asked] = [now, key];
      scene.survey.start();
    } else if (!running && key !== asked) {
      asked = key;
      scene.survey.start();
    }
    const measured = scene.survey.work();
    if (!measured) return;
    painter.measured = measured;
    if (!experiment.few) run.history.hold(measured.step, measured);
    found(measured, running);
    if (!running) charts();
  };

  return Object.assign(painter, {
    /** Turns to a run that is new. */
    opened() {
      const { run, shown } = experiment;
      const chosen = shown.chosen.subarray(0, MOST_CODES);
      const labels = Array.from(chosen, (index) => shown.set.labels[index]);
      const ground = createGround(run.digits.side, run.shape.latents);
      ground.dip(stage.colours.ink);
      scene = { chosen, labels, ground, decoder: createDecoder(run), survey: createSurvey(run, shown), codes: null };
      [painter.measured, painter.extent, asked, side] = [null, null, "", 3.5];
      ui.chosen = Math.min(ui.chosen, Math.min(TEN, labels.length) - 1);
      parts.pictures.strip.show(labels.slice(0, TEN).map((label) => `a ${label}`));
      painter.digits();
    },
    /** The digits themselves, which no step changes. */
    digits() {
      const { run, shown } = experiment;
      const { pixels } = run.shape;
      const { strip, images } = parts.pictures;
      scene.chosen.subarray(0, TEN).forEach((index, k) => {
        const digit = shown.set.images.subarray(index * pixels, (index + 1) * pixels);
        strip.paint(k, "digit", digit, stage.colours);
        if (k === ui.chosen) images.x.paint(digit, stage.colours);
      });
      strip.mark(ui.chosen);
    },
    /** Paints what is due; gives back whether something is left to be done at rest. */
    paint(running) {
      const turn = frame++ % TURNS;
      // While it trains the plane has every other frame, and the rest the frames between.
      if (!running || turn % 2 === 0) {
        place();
        plane.repaint();
      }
      pointAt();
      if (!running || turn === 1) pictures();
      if (!running || turn === 5) charts();
      if (running && turn % 2 === 0) return true;
      ground(running);
      survey(running);
      return scene.survey.busy || (ui.mosaic && !scene.ground.whole);
    },
    /** Says that the mosaic is old. */
    stale: () => scene.ground.stale(),
    /** Takes on the page's colours. */
    dress() {
      scene.ground.dip(stage.colours.ink);
      painter.digits();
    },
    get step() { return step; },
    dispose() {
      for (const each of [plane, course, noise]) each.dispose();
    },
  });
}
