// The laboratory: a small VAE that is trained in the page while its reader looks on and changes it. Its Python side:
// __init__.py.
//
// For tests and the curious the element carries `vaeFigure`: {frames, firstPaintAt, steps, running, settings, pending,
// said, z, values(), play(), pause(), step(n), restart(), set(name, value), open(preset)}. `frames` counts the paints,
// `steps` the run's steps; `said` is the note; `z` can be read and set; `values()` gives the latest measurement.
import PLANE from "../kit/plane.json" with { type: "json" };
import { Experiment } from "./experiment.mjs";
import { LAB_LOOK } from "./look.mjs";
import { buildLaboratory } from "./layout.mjs";
import { bytesOf } from "../kit/payload.mjs";
import { createLoop } from "./loop.mjs";
import { Painter } from "./painter.mjs";
import { createStage } from "../kit/stage.mjs";
import { extentOf } from "./picture.mjs";
import { createSteering } from "./steering.mjs";
import { faultWords, silentWords } from "./faults.mjs";
import { node } from "../kit/node.mjs";
import { oncePerFrame } from "../kit/canvas.mjs";
import { readDigits } from "./digits.mjs";
import { progressText, spokenText } from "./words.mjs";
import { trainedMessage } from "./exchange.mjs";
import { withPayload } from "../kit/host.mjs";
import { writeState } from "./readings.mjs";

const SPOKEN = 5000; // Milliseconds between two sentences of a screen reader while it trains.
const SENT = 3000; // And between two messages to a kernel.
const WRITTEN = 6; // Frames between two writings of the step's number.
const SIGHT = "Paused while out of sight. Press Play to go on.";

/** Draws the laboratory into `el`; gives back the function that stops it. */
export function render({ model, el }) {
  return withPayload(model, el, (payload) => openLaboratory(model, el, payload), readLaboratory);
}

/** The digits, and the weights of a model in Python where one was given. */
function readLaboratory(header, buffer) {
  const bytes = bytesOf(buffer);
  const end = bytes.length - 4 * (header?.weights ?? 0);
  const weights = header?.weights ? new Float32Array(bytes.slice(end).buffer) : null;
  return { digits: readDigits(header, bytes.subarray(0, end)), weights };
}

function openLaboratory(model, el, { digits, weights }) {
  const experiment = new Experiment(digits, weights);
  const ui = { z: [...(model.get("z") ?? [0, 0])], chosen: 3, mosaic: true, view: false };
  const state = { said: "", frames: 0, firstPaintAt: 0, spoken: 0 };
  const on = (name) => (...given) => steering.on[name](...given);
  const parts = buildLaboratory({ side: digits.side, extent: extentOf(PLANE.reach, 2), on });
  const label = "Laboratory: a VAE trained in this page";
  const stage = createStage(el, { label, themed: () => painter.dress() || ask() });
  stage.body.append(node("style", {}, LAB_LOOK), ...parts.elements);
  const found = finder(model, el, experiment, (words) => tell(words));
  const painter = new Painter({ experiment, parts, stage, ui, found });
  const draw = (running) => {
    state.frames++;
    const more = painter.paint(running);
    state.firstPaintAt ||= performance.now();
    return more;
  };
  const write = () => writeState(parts, { experiment, ui, running: loop.running, said: state.said });
  const ask = oncePerFrame(() => {
    write();
    if (!loop.running && draw(false)) ask();
  });
  const tell = (words) => {
    state.said = words;
    if (words) stage.tell(words);
    ask();
  };
  const speak = () => spokenText(experiment.run, painter.measured);
  const loop = startLoop({ experiment, parts, stage, state, painter, draw, tell, speak });
  const steering = createSteering({ model, el, experiment, painter, loop, tell, write, ask, ui, stage, speak, parts });
  steering.begin();
  el.vaeFigure = handleOf({ state, experiment, painter, loop, ui, on: steering.on });
  return () => {
    for (const each of [steering, loop, painter, stage]) each.dispose();
    ask.cancel();
    delete el.vaeFigure;
  };
}

/** What is done with a survey: a network that fell silent is spoken of, and a kernel gets the run. */
function finder(model, el, experiment, tell) {
  let sent = 0;
  return (measured, running) => {
    const { fault, order } = experiment.run;
    // A single digit is learned without a word of the encoder's: there its silence is no accident.
    if (measured.silent && !fault && order.length > 1) tell(silentWords(measured.silent));
    const now = performance.now();
    // On a page there is no one to send to.
    if (el.dataset.figure || (running && now - sent < SENT)) return;
    sent = now;
    const [content, buffers] = trainedMessage(experiment.run);
    model.send(content, undefined, buffers);
  };
}

/** The loop of steps and paints, which a screen reader follows from time to time. */
function startLoop({ experiment, parts, stage, state, painter, draw, tell, speak }) {
  return createLoop({
    root: stage.root,
    step: () => experiment.run.step(1) === 1,
    paint() {
      draw(true);
      if (state.frames % WRITTEN === 0) parts.bar.count.textContent = progressText(experiment.run);
      if (performance.now() - state.spoken < SPOKEN) return;
      state.spoken = performance.now();
      stage.tell(speak());
    },
    paused(why) {
      const { fault } = experiment.run;
      // While it ran, each of the mosaic's tiles was of a step of its own.
      painter.stale();
      tell(fault ? faultWords(fault) : why === "sight" ? SIGHT : "");
      if (!fault && why === "asked") stage.say(speak);
    },
  });
}

/** What tests and the curious find on the element. */
function handleOf({ state, experiment, painter, loop, ui, on }) {
  return {
    get frames() {
      return state.frames;
    },
    get firstPaintAt() {
      return state.firstPaintAt;
    },
    get steps() {
      return experiment.run.taken;
    },
    get running() {
      return loop.running;
    },
    get settings() {
      return { ...experiment.asked };
    },
    get preset() {
      return experiment.preset;
    },
    get pending() {
      return experiment.pending;
    },
    get said() {
      return state.said;
    },
    get z() {
      return [...ui.z];
    },
    set z(value) {
      on.z(value);
    },
    values: () => ({ ...painter.measured, extent: painter.extent, fault: experiment.run.fault }),
    play: () => loop.running || on.play(),
    pause: () => loop.running && on.play(),
    step: (n) => on.step(n),
    restart: () => on.restart(),
    open: (preset) => on.preset(preset),
    set: (name, value) => on.set(name, value),
  };
}
