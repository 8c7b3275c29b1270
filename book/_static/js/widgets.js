// Tell the module loader where the widgets' code and fonts stand, at any page depth.
const vendor = new URL("../vendor/widgets", document.currentScript.src).href;
requirejs.config({
  baseUrl: vendor,
  paths: { "@jupyter-widgets": vendor, "@jupyter-widgets/html-manager/dist": vendor },
});
