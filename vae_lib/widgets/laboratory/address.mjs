// An experiment as the end of an address, and a setting as text that a reader typed. It knows no element and no run.
//
// What an address asks for is judged one part at a time: a part that makes no sense is said in words and left out.
import CONSTANTS from "./constants.json" with { type: "json" };
import { checkSetting } from "./settings.mjs";

/** [value, null] of the setting that a reader typed, or [null, why not], as `checkSetting`; a comma may be a point. */
export function readSetting(name, text) {
  const plain = text
    .trim()
    .replace("−", "-")
    .replace(/^(\d+),(\d+)$/, "$1.$2");
  return checkSetting(name, plain);
}

/** The text that `readSetting` reads as this value. */
export function settingText(name, value) {
  return name === "digits" ? value.join("") : String(value);
}

/** Whether two values of a setting are the same. */
export function isSame(one, other) {
  return String(one) === String(other);
}

/** All settings of a preset, with some of them changed. */
export function settingsOf(presets, preset, changes = {}) {
  return { ...CONSTANTS.defaults, ...presets[preset].settings, ...changes };
}

/** Those settings that differ from the preset's. */
export function changesFrom(presets, preset, settings) {
  const usual = settingsOf(presets, preset);
  return Object.fromEntries(Object.entries(settings).filter(([name, value]) => !isSame(value, usual[name])));
}

/** The end of an address that leads to a preset with these settings. */
export function addressOf(presets, preset, settings) {
  const changed = Object.entries(changesFrom(presets, preset, settings));
  const parts = changed.map(([name, value]) => `&${name}=${encodeURIComponent(settingText(name, value))}`);
  return `#preset=${preset.replaceAll("_", "-")}${parts.join("")}`;
}

/**
 * {preset, changes, refused} of the end of an address, or null where it leads elsewhere. `fallback` is the preset where
 * none is named; `refused` has a clause for each part that makes no sense.
 */
export function readAddress(presets, hash, fallback) {
  if (!/^#[^=]+=/.test(hash)) return null;
  const [changes, refused] = [{}, []];
  const parts = new URLSearchParams(hash.slice(1));
  const named = parts.get("preset")?.replaceAll("-", "_");
  const known = Object.hasOwn(presets, named ?? "");
  if (named !== undefined && !known) refused.push(`there is no preset “${named.slice(0, 30)}”`);
  parts.forEach((text, name) => {
    if (name === "preset") return;
    if (!Object.hasOwn(CONSTANTS.defaults, name)) return refused.push(`there is no setting “${name.slice(0, 30)}”`);
    const [value, complaint] = readSetting(name, text.slice(0, 40));
    if (complaint === null) changes[name] = value;
    else refused.push(complaint);
  });
  return { preset: known ? named : fallback, changes, refused };
}
