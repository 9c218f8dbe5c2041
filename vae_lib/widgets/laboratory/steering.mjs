// What happens when the reader, the address or a kernel changes an experiment. It knows no canvas.
//
// All three go one way: the traits `preset`, `settings` (what differs from the preset's) and `z` say what is wanted.
import PRESETS from "./presets.json" with { type: "json" };
import { putter } from "../kit/lifecycle.mjs";
import { faultWords } from "./faults.mjs";
import { addressOf, isSame, readAddress, settingsOf } from "./address.mjs";

const MOST_STEPS = 1e6; // Of a test's hand.

/** {on, begin, dispose}: what the parts of the layout call, the start, and the end. */
export function createSteering(desk) {
  const { model, el, experiment, painter, loop, tell, write, ask, ui, stage, speak, parts } = desk;
  const put = putter(model);
  // On a page the experiment stands in its address: that of the first laboratory there.
  const owner = Boolean(el.dataset.figure) && document.querySelector('[data-figure="laboratory"]') === el;
  const opened = () => {
    loop.pause();
    const preset = model.get("preset");
    experiment.open(preset, model.get("settings") ?? {});
    ui.view = PRESETS[preset].view === "rates";
    fresh();
  };
  const fresh = () => {
    painter.opened();
    tell("");
    stage.say(speak);
  };
  /** Takes on what the trait asks for, where it is not so already. */
  const settled = () => {
    const wanted = settingsOf(PRESETS, experiment.preset, model.get("settings") ?? {});
    for (const [name, value] of Object.entries(wanted)) {
      if (!isSame(value, experiment.asked[name])) experiment.set(name, value);
    }
    ask();
  };
  const pointed = () => {
    ui.z = [...model.get("z")];
    ask();
    if (!loop.running) stage.say(() => `z ${ui.z.map((each) => each.toFixed(2)).join(", ")}`);
  };
  const remember = () => {
    if (!experiment.run.fault) tell("");
    parts.bar.linked.hidden = true;
    if (owner) history.replaceState(history.state, "", addressOf(PRESETS, experiment.preset, experiment.asked));
  };
  const restart = (seed) => {
    if (seed !== undefined) on.set("seed", seed);
    experiment.restart();
    fresh();
  };
  const link = async () => {
    const { linked, field } = parts.bar;
    field.value = location.href.split("#")[0] + addressOf(PRESETS, experiment.preset, experiment.asked);
    linked.hidden = false;
    try {
      await navigator.clipboard.writeText(field.value);
      tell("The link is copied.");
    } catch {
      // No clipboard here, as on a page opened by double click in some browsers: the reader copies by hand.
      field.focus();
      field.select();
      tell("Here is the link, selected: copy it.");
    }
  };
  const on = {
    preset(name) {
      put("settings", {});
      put("preset", name);
      remember();
    },
    set(name, value) {
      put("settings", { ...experiment.changes, [name]: value });
      remember();
      if (!loop.running) stage.say(() => `${name} ${value}. ${speak()}`);
    },
    play() {
      if (loop.running) return loop.pause();
      tell("");
      loop.play();
      write();
    },
    step(n) {
      loop.pause();
      experiment.run.step(Number.isInteger(n) ? Math.min(n, MOST_STEPS) : 1);
      painter.stale();
      tell(experiment.run.fault ? faultWords(experiment.run.fault) : "");
      stage.say(speak);
    },
    restart: () => restart(),
    reseed: () => restart((experiment.asked.seed + 1) % 2 ** 32),
    link,
    z: (z) => put("z", experiment.run.shape.latents === 2 ? z : [z[0], 0]),
    chosen(k) {
      ui.chosen = k;
      painter.digits();
      if (experiment.run.settings.told) painter.stale();
      ask();
      if (!loop.running) stage.say(() => parts.pictures.code.textContent);
    },
    mosaic(shown) {
      ui.mosaic = shown;
      ask();
    },
    view(rates) {
      ui.view = rates;
      ask();
    },
  };
  const arrive = () => {
    const asked = owner ? readAddress(PRESETS, location.hash, model.get("preset")) : null;
    if (!asked) return null;
    put("settings", asked.changes);
    put("preset", asked.preset);
    return asked.refused;
  };
  /** Follows a link to another experiment on the same page. */
  const followed = () => {
    const refused = arrive();
    if (!refused) return;
    complain(refused);
    // The link may stand far below.
    el.scrollIntoView();
  };
  const complain = (refused) => {
    if (refused?.length)
      tell(`Not all of the address makes sense: ${refused.join("; ")}. The preset’s own values stand instead.`);
  };
  const heard = { "change:preset": opened, "change:settings": settled, "change:z": pointed };
  return {
    on,
    begin() {
      const refused = arrive();
      opened();
      complain(refused);
      for (const [event, listener] of Object.entries(heard)) model.on(event, listener);
      if (owner) addEventListener("hashchange", followed);
    },
    dispose() {
      for (const [event, listener] of Object.entries(heard)) model.off(event, listener);
      removeEventListener("hashchange", followed);
    },
  };
}
