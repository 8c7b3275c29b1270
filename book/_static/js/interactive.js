// Brings the interactive parts of a page to life. A part is a <div class="fer-interactive" data-name="NAME"> with its
// data as JSON inside, written by fer_lib.course.Interactive. Its script, interactive/NAME.js, calls
//     fer.register("NAME", (root, data) => { ... })
// and builds what it needs with the functions below. All controls are the browser's own, so all work by keyboard.
"use strict";

const fer = (() => {
  const here = new URL("interactive/", document.currentScript.src);
  const mounts = {};

  // --- parts and their scripts -------------------------------------------------------------------------------------

  /** Name the function that builds a part: (root element, data) => void. */
  function register(name, mount) {
    mounts[name] = mount;
    for (const part of document.querySelectorAll(`.fer-interactive[data-name="${name}"]`)) {
      const data = JSON.parse(part.querySelector("script[type='application/json']").textContent, revive);
      mount(part, data);
      part.querySelector(".fer-interactive-fallback").hidden = true;
      part.dataset.ready = "yes";
    }
  }

  /** Turn an array that came as base64 into { shape, values }. */
  function revive(_, value) {
    if (!value || typeof value !== "object" || !("base64" in value)) return value;
    const bytes = Uint8Array.from(atob(value.base64), (letter) => letter.charCodeAt(0));
    return { shape: value.shape, values: value.dtype === "uint8" ? bytes : new Float32Array(bytes.buffer) };
  }

  document.addEventListener("DOMContentLoaded", () => {
    const parts = [...document.querySelectorAll(".fer-interactive")];
    for (const name of new Set(parts.map((part) => part.dataset.name))) {
      const script = document.createElement("script");
      script.src = new URL(`${name}.js`, here);
      document.head.append(script);
    }
  });

  // --- elements ----------------------------------------------------------------------------------------------------

  let count = 0;

  /** Make an element: element("p", { class: "note" }, "text", otherElement, ...). */
  function element(tag, attributes = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (value === true) made.setAttribute(name, "");
      else if (value !== false && value !== undefined) made.setAttribute(name, value);
    }
    made.append(...children);
    return made;
  }

  function row(root, name) {
    const made = element("div", { class: name });
    root.append(made);
    return made;
  }

  /** A row that holds controls. */
  const controls = (root) => row(root, "fer-controls");

  /** A row that holds pictures and charts, side by side where there is room. */
  const stage = (root) => row(root, "fer-stage");

  /** A labelled slider that shows its value. `onInput` gets the number. Returns the input. */
  function slider(root, { label, min, max, step = 1, value, format = String }, onInput) {
    const id = `fer-${(count += 1)}`;
    const input = element("input", { type: "range", id, min, max, step, value });
    const shown = element("output", { for: id, "aria-live": "off" }); // the slider itself says its value
    let longest = 0; // room for the longest value, so that the slider keeps its length while it moves
    for (let each = min; each <= max; each += step) longest = Math.max(longest, format(each).length);
    shown.style.minWidth = `max(3.5rem, ${Math.min(longest, 13)}ch)`;
    const update = () => {
      shown.textContent = format(Number(input.value));
      input.setAttribute("aria-valuetext", shown.textContent);
    };
    input.addEventListener("input", () => {
      update();
      onInput(Number(input.value));
    });
    update();
    root.append(element("div", { class: "fer-control" }, element("label", { for: id }, label), input, shown));
    return input;
  }

  /** A labelled list to choose from. `options` is a list of words; `onChange` gets the position. Returns the select. */
  function choice(root, { label, options, value = 0 }, onChange) {
    const id = `fer-${(count += 1)}`;
    const select = element("select", { id });
    options.forEach((word, position) => select.append(element("option", { value: position }, word)));
    select.value = value;
    select.addEventListener("change", () => onChange(Number(select.value)));
    root.append(element("div", { class: "fer-control" }, element("label", { for: id }, label), select));
    return select;
  }

  /** A labelled box to tick. `onChange` gets true or false. Returns the input. */
  function tick(root, { label, value = false }, onChange) {
    const id = `fer-${(count += 1)}`;
    const input = element("input", { type: "checkbox", id, checked: value });
    input.addEventListener("change", () => onChange(input.checked));
    root.append(element("div", { class: "fer-control" }, input, element("label", { for: id }, label)));
    return input;
  }

  /** A button. Returns it. */
  function button(root, label, onClick) {
    const made = element("button", { type: "button" }, label);
    made.addEventListener("click", onClick);
    root.append(made);
    return made;
  }

  /** A grid of numbers to edit. `onInput` gets all of them, row by row. Returns { inputs, set(values) }. */
  function numbers(root, { label, columns, values, step = 1 }, onInput) {
    const grid = element("div", { class: "fer-numbers", role: "group", "aria-label": label });
    grid.style.gridTemplateColumns = `repeat(${columns}, minmax(0, 5.25rem))`;
    const number = (input) => Math.min(99, Math.max(-99, Number(input.value) || 0));
    const inputs = values.map((value, i) => {
      const where = `row ${Math.floor(i / columns) + 1}, column ${(i % columns) + 1}`;
      // Steps count from `min`, not from the first value: an arrow key goes from 0.0625 to 0 or to 0.5.
      const input = element("input", { type: "number", min: -99, max: 99, step, value, "aria-label": `${label}, ${where}` });
      input.addEventListener("input", () => onInput(inputs.map(number)));
      grid.append(input);
      return input;
    });
    root.append(element("div", { class: "fer-control-column" }, element("span", { "aria-hidden": "true" }, label), grid));
    return {
      inputs,
      set(next) {
        inputs.forEach((input, i) => (input.value = next[i]));
        onInput(next);
      },
    };
  }

  /** A line of text that screen readers read out when it has changed and the control rests. Returns what sets it. */
  function status(root) {
    const line = element("div", { class: "fer-status", "aria-hidden": "true" }); // what is seen: at once
    const spoken = element("output", { class: "fer-spoken", "aria-live": "polite" }); // what is read out
    root.append(line, spoken);
    let timer;
    return (text) => {
      clearTimeout(timer);
      if (line.textContent) timer = setTimeout(() => (spoken.textContent = text), 500);
      else spoken.textContent = text; // the first text is there to be found, not announced
      line.textContent = text;
    };
  }

  /** A table: a caption, the words of its head, and rows whose first cell is a name. */
  function table(caption, head, rows) {
    const cell = (tag, value, i, scope) => {
      const made = element(tag, { scope }, String(value));
      made.style.cssText = `padding: 0.1rem 0.6rem; text-align: ${i ? "right" : "left"}`;
      return made;
    };
    const top = head.map((word, i) => cell("th", word, i, "col"));
    const lines = rows.map((values) =>
      element("tr", {}, ...values.map((value, i) => (i ? cell("td", value, i) : cell("th", value, i, "row")))),
    );
    const body = element("tbody", {}, ...lines);
    return element("table", {}, element("caption", {}, caption), element("thead", {}, element("tr", {}, ...top)), body);
  }

  /** Put new children in the place of the old ones; tables stay scrolled as far as they were. */
  function replace(parent, ...children) {
    const scrolled = [...parent.querySelectorAll("table")].map((each) => each.scrollLeft);
    parent.replaceChildren(...children);
    parent.querySelectorAll("table").forEach((each, i) => (each.scrollLeft = scrolled[i] ?? 0));
  }

  // --- numbers -----------------------------------------------------------------------------------------------------

  /** Random numbers from 0 to 1, the same for the same seed; a notebook draws them too, in one line a number. */
  function dice(seed) {
    let last = seed;
    return () => {
      last = (Math.imul(1664525, last) + 1013904223) >>> 0; // keeps the low 32 bits, which a plain product would lose
      return last / 2 ** 32;
    };
  }

  /** Wilson's 95 % interval of a share of n: the formula of fer_lib.evaluate.wilson. */
  function wilson(share, n) {
    const z = 1.959964;
    const shrink = 1 + z ** 2 / n;
    const centre = (share + z ** 2 / (2 * n)) / shrink;
    const half = (z / shrink) * Math.sqrt((share * (1 - share)) / n + z ** 2 / (4 * n ** 2));
    return [centre - half, centre + half];
  }

  // --- pictures ----------------------------------------------------------------------------------------------------

  const grey = (share) => [255 * share, 255 * share, 255 * share];
  /** Blue for negative, white for 0, orange for positive, of a share from 0 to 1 with 0 in the middle. */
  const diverging = (share) => {
    const strength = Math.abs(2 * share - 1);
    const end = share < 0.5 ? [33, 102, 172] : [200, 90, 20];
    return end.map((colour) => 255 + (colour - 255) * strength);
  };

  /**
   * A picture of pixels under a caption. Returns draw(values, { low, high, palette, label, mark }):
   * values row by row; low and high are what is darkest and brightest; label is its text alternative;
   * mark is [left, top, width, height] in pixels, framed.
   */
  function picture(root, { caption, width, height, scale = 4 }) {
    const canvas = element("canvas", { width: width * scale, height: height * scale, role: "img", "aria-label": caption });
    root.append(element("figure", { class: "fer-picture" }, canvas, element("figcaption", {}, caption)));
    const context = canvas.getContext("2d");
    return (values, { low = 0, high = 255, palette = grey, label = caption, mark = null } = {}) => {
      for (let y = 0; y < height; y += 1)
        for (let x = 0; x < width; x += 1) {
          const share = Math.min(1, Math.max(0, (values[y * width + x] - low) / (high - low || 1)));
          context.fillStyle = `rgb(${palette(share).map(Math.round).join(",")})`;
          context.fillRect(x * scale, y * scale, scale, scale);
        }
      if (mark) {
        const [left, top, wide, tall] = mark.map((place) => place * scale);
        const line = Math.min(4, Math.max(2, scale / 2));
        const out = line / 2 + 1;
        context.lineWidth = 2; // white around dark red: one of the two stands out from any colour below
        context.strokeStyle = "#fff";
        context.strokeRect(left - out, top - out, wide + 2 * out, tall + 2 * out);
        context.lineWidth = line;
        context.strokeStyle = "#8f0014";
        context.strokeRect(left, top, wide, tall);
      }
      canvas.setAttribute("aria-label", label);
    };
  }

  // --- charts ------------------------------------------------------------------------------------------------------

  const SVG = "http://www.w3.org/2000/svg";
  /** Colours of lines and bars, readable in both themes. In grey they are alike, so a line can carry its name: `end`. */
  const COLOURS = ["var(--course-line-1)", "var(--course-line-2)", "var(--course-line-3)", "var(--course-line-4)"];

  function svg(tag, attributes, text) {
    const made = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    if (text !== undefined) made.textContent = text;
    return made;
  }

  /**
   * A chart with two axes. `x` and `y` are { label, low, high, ticks, format }, looked up at each draw. Returns
   * draw({ lines: [{ name, points: [[x, y], ...], colour, dashed, end }], bars: [{ x, y, width, colour }], label });
   * a colour is its place in COLOURS.
   */
  function chart(root, { caption, x, y, width = 420, height = 260 }) {
    const drawing = svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": caption, class: "fer-chart" });
    const legend = element("p", { class: "fer-legend" });
    root.append(element("figure", { class: "fer-picture" }, drawing, legend, element("figcaption", {}, caption)));
    const frame = { left: 52, right: width - 10, top: 10, bottom: height - 42 };
    const scaled = (axis, value, from, to) => from + ((value - axis.low) / (axis.high - axis.low)) * (to - from);
    const px = (value) => scaled(x, value, frame.left, frame.right);
    const py = (value) => scaled(y, value, frame.bottom, frame.top);
    const shown = (axis, value) => (axis.format ? axis.format(value) : String(value));

    return ({ lines = [], bars = [], label = caption }) => {
      drawing.replaceChildren();
      drawing.setAttribute("aria-label", label);
      for (const value of x.ticks) {
        drawing.append(svg("line", { x1: px(value), x2: px(value), y1: frame.top, y2: frame.bottom, class: "fer-grid" }));
        const place = { x: px(value), y: frame.bottom + 16, "text-anchor": "middle" };
        drawing.append(svg("text", place, shown(x, value)));
      }
      for (const value of y.ticks) {
        drawing.append(svg("line", { x1: frame.left, x2: frame.right, y1: py(value), y2: py(value), class: "fer-grid" }));
        const place = { x: frame.left - 6, y: py(value) + 4, "text-anchor": "end" };
        drawing.append(svg("text", place, shown(y, value)));
      }
      const middle = (frame.left + frame.right) / 2;
      drawing.append(svg("text", { x: middle, y: height - 6, "text-anchor": "middle" }, x.label));
      const up = (frame.top + frame.bottom) / 2;
      const turned = { x: 12, y: up, "text-anchor": "middle", transform: `rotate(-90 12 ${up})` };
      drawing.append(svg("text", turned, y.label));
      bars.forEach((bar) => {
        const top = Math.min(py(bar.y), frame.bottom);
        const place = { x: px(bar.x) - bar.width / 2, width: bar.width, y: top, height: frame.bottom - top };
        drawing.append(svg("rect", { ...place, fill: COLOURS[(bar.colour ?? 0) % COLOURS.length] }));
      });
      legend.replaceChildren();
      lines.forEach((line, i) => {
        const inside = line.points.filter(([a, b]) => Number.isFinite(a) && Number.isFinite(b));
        const points = inside.map(([a, b]) => `${px(a).toFixed(1)},${py(b).toFixed(1)}`).join(" ");
        const colour = COLOURS[(line.colour ?? i) % COLOURS.length];
        const dashes = line.dashed ? { "stroke-dasharray": "5 4" } : {};
        drawing.append(svg("polyline", { points, fill: "none", stroke: colour, "stroke-width": 2, ...dashes }));
        if (line.end && inside.length) {
          const [a, b] = inside.at(-1);
          const aside = 16 * (line.colour ?? i); // so that two lines that end together can both be read
          const place = { x: px(a) - aside, y: Math.max(frame.top + 10, py(b) - 5), "text-anchor": "end" };
          drawing.append(svg("text", place, line.end));
        }
        const key = element("span", { class: "fer-key" }, line.name);
        key.style.setProperty("--key", colour);
        key.style.setProperty("--key-style", line.dashed ? "dashed" : "solid");
        if (line.name) legend.append(key);
      });
    };
  }

  return { register, element, controls, stage, slider, choice, tick, button, numbers, status, table, replace, dice, wilson, picture, chart, diverging };
})();
