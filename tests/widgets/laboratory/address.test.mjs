import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import {
  addressOf,
  changesFrom,
  readAddress,
  readSetting,
  settingText,
  settingsOf,
} from "../../../vae_lib/widgets/laboratory/address.mjs";
import { checkSettings } from "../../../vae_lib/widgets/laboratory/settings.mjs";

const file = new URL("../../../vae_lib/widgets/laboratory/presets.json", import.meta.url);
const PRESETS = JSON.parse(readFileSync(file, "utf8"));

test("every preset has a title, a sentence, and settings that are good", () => {
  for (const [name, { title, sentence, settings }] of Object.entries(PRESETS)) {
    assert.match(name, /^[a-z_]+$/);
    assert.ok(title && sentence.endsWith("."), name);
    assert.deepEqual(checkSettings(settings).refused, [], name);
  }
});

test("an address leads back to the preset and to what was changed of it", () => {
  for (const preset of Object.keys(PRESETS)) {
    const changed = {
      beta: 0.25,
      learningRate: 1e-5,
      noise: false,
      digits: [1, 4, 7],
      likelihood: "gaussian",
      seed: 4294967295,
    };
    const settings = settingsOf(PRESETS, preset, changed);
    const read = readAddress(PRESETS, addressOf(PRESETS, preset, settings), "collapse");
    assert.equal(read.preset, preset);
    assert.deepEqual(read.refused, []);
    assert.deepEqual(settingsOf(PRESETS, preset, read.changes), settings);
  }
});

test("an address says only what differs from the preset", () => {
  assert.equal(addressOf(PRESETS, "no_kl", settingsOf(PRESETS, "no_kl")), "#preset=no-kl");
  assert.equal(addressOf(PRESETS, "no_kl", settingsOf(PRESETS, "no_kl", { beta: 1 })), "#preset=no-kl&beta=1");
  assert.deepEqual(changesFrom(PRESETS, "no_kl", settingsOf(PRESETS, "no_kl", { beta: 0, hidden: 32 })), {
    hidden: 32,
  });
});

test("what makes no sense in an address is said and left out, the rest is kept", () => {
  const read = readAddress(PRESETS, "#preset=nowhere&beta=banana&seed=7&latents=3&toString=1&digits=99", "no_kl");
  assert.equal(read.preset, "no_kl");
  assert.deepEqual(read.changes, { seed: 7 });
  assert.equal(read.refused.length, 5);
  assert.match(
    read.refused.join("; "),
    /no preset “nowhere”.*beta to be a number from 0 to 196, got "banana".*“toString”/,
  );
});

test("an address that leads elsewhere is nobody's business", () => {
  for (const hash of ["", "#", "#theorem-2", "#=1"]) assert.equal(readAddress(PRESETS, hash, "no_kl"), null);
});

test("numbers are read as readers write them, and refused in words", () => {
  assert.deepEqual(readSetting("beta", " 0,5 "), [0.5, null]);
  assert.deepEqual(readSetting("learningRate", "1e-3"), [0.001, null]);
  for (const text of ["", "NaN", "Infinity", "-1", "−1", "197", "1,000,000", "0.1.2"]) {
    const [value, complaint] = readSetting("beta", text);
    assert.equal(value, null);
    assert.match(complaint, /^expected beta to be a number from 0 to 196, got /);
  }
  assert.deepEqual(readSetting("digits", settingText("digits", [2, 7])), [[2, 7], null]);
});
