import assert from "node:assert/strict";
import { test } from "node:test";
import { pageModel } from "../../../vae_lib/widgets/kit/page.mjs";
import { isDark } from "../../../vae_lib/widgets/kit/theme.mjs";

test("on a page the element's attributes are the state, and changes are told", () => {
  const model = pageModel({ dataset: { state: '{"z": [1, 2], "title": "t"}', payload: "" } });
  const told = [];
  const listen = () => told.push(model.get("z"));
  model.on("change:z", listen);
  assert.deepEqual([model.get("z"), model.get("title"), model.get("extent")], [[1, 2], "t", undefined]);
  model.set("z", [3, 4]);
  model.set("title", "u");
  model.off("change:z", listen);
  model.set("z", [5, 6]);
  assert.deepEqual(told, [[3, 4]]);
  assert.deepEqual(model.get("z"), [5, 6]);
});

test("on a page a figure gets the payload of its name, or the reason why there is none", () => {
  const bytes = Uint8Array.of(1, 2, 250);
  const known = { header: { format: 1 }, base64: Buffer.from(bytes).toString("base64") };
  globalThis.vaeFigures = { payloads: { known } };
  globalThis.document = { readyState: "complete" };
  const ask = (payload) => {
    const model = pageModel({ dataset: { payload } });
    let answer;
    model.on("msg:custom", (...details) => (answer = details));
    model.send({ type: "payload-request" });
    return answer;
  };
  try {
    assert.deepEqual(ask("known"), [{ type: "payload", header: { format: 1 } }, [bytes]]);
    assert.match(ask("")[0].reason, /trained in the notebook.*run it/);
    assert.match(ask("absent")[0].error, /payload-absent\.js/);
  } finally {
    delete globalThis.vaeFigures;
    delete globalThis.document;
  }
});

test("the page says whether it is dark before the system is asked", () => {
  const page = (html, body = {}, colab = null) => ({
    documentElement: { dataset: html, getAttribute: () => colab },
    body: { dataset: body },
  });
  assert.equal(isDark(page({ theme: "dark" }), false), true);
  assert.equal(isDark(page({ theme: "light" }), true), false);
  assert.equal(isDark(page({}, { jpThemeLight: "false" }), false), true);
  assert.equal(isDark(page({}, { jpThemeLight: "true" }), true), false);
  assert.equal(isDark(page({}, { vscodeThemeKind: "vscode-dark" }), false), true);
  assert.equal(isDark(page({}, { vscodeThemeKind: "vscode-light" }), true), false);
  assert.equal(isDark(page({}, {}, "dark"), false), true);
  assert.equal(isDark(page({}), true), true);
  assert.equal(isDark(page({ theme: "auto" }), false), false);
});
