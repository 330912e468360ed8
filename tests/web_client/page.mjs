// SPDX-License-Identifier: Apache-2.0
// Hydrogen as its makers put it together: its own views over its own models. `?homeserver=` is where people log in.

import { FeatureSet, Platform, RootView, RootViewModel, createNavigation, createRouter } from "hydrogen-view-sdk";

const container = document.getElementById("app");
const platform = new Platform({
  container,
  assetPaths: {
    downloadSandbox: "assets/download-sandbox.html",
    worker: "assets/main.js",
    olm: { wasm: "olm/olm.wasm", legacyBundle: "olm/olm_legacy.js", wasmBundle: "olm/olm.js" },
    serviceWorker: "sw.js",
  },
  config: { defaultHomeServer: new URLSearchParams(location.search).get("homeserver") },
});
const navigation = createNavigation();
platform.setNavigation(navigation);
await platform.init();
const urlRouter = createRouter({ navigation, history: platform.history });
urlRouter.attach();
const features = await FeatureSet.load(platform.settingsStorage);
const model = new RootViewModel({ platform, urlRouter, navigation, features });
await model.load();
container.appendChild(new RootView(model).mount());
