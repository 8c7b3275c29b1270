// A backbone that thaws: which layers learn at each stage, beside the learning curves of a frozen and an unfrozen run.
"use strict";

fer.register("transfer", (root, data) => {
  const last = data.first.length - 1; // the stage at which everything learns
  const state = { stage: 1, measure: 0 };
  const words = (value) => value.toLocaleString("en-GB");
  const percent = (share) => `${(100 * share).toFixed(1)} %`;
  const MEASURES = [
    { word: "Accuracy", column: "accuracy", factor: 100, unit: "accuracy, %", step: 20 },
    { word: "Loss", column: "loss", factor: 1, unit: "loss", step: 0.5 },
  ];
  const epochs = Math.max(...data.runs.map((run) => run.train_loss.length));

  const controls = fer.controls(root);
  const names = ["0, head only", ...data.first.slice(1, last).map((_, i) => `${i + 1}`), `${last}, everything`];
  const slider = { label: "Stage", min: 0, max: last, value: state.stage, format: (stage) => names[stage] };
  fer.slider(controls, slider, (stage) => update({ stage }));
  const shown = { label: "Curves of", options: MEASURES.map((measure) => measure.word) };
  fer.choice(controls, shown, (measure) => update({ measure }));

  const stage = fer.stage(root);
  const y = {}; // the measure decides it: see drawCurves
  const draw = fer.chart(stage, {
    caption: "Learning curves of the two runs, epoch by epoch",
    x: { label: "epoch", low: 1, high: epochs, ticks: Array.from({ length: epochs }, (_, i) => i + 1) },
    y,
  });
  const layers = fer.element("div");
  stage.append(layers);
  const say = fer.status(root);

  /** The curves of both runs, and a vertical line at the epoch from which on the chosen stage learns. */
  function drawCurves() {
    const { column, factor, unit, step } = MEASURES[state.measure];
    const lines = data.runs.flatMap((run, i) =>
      ["validation", "train"].map((part) => ({
        name: `${run.name}, ${part}`,
        points: run[`${part}_${column}`].map((value, epoch) => [epoch + 1, factor * value]),
        dashed: part === "train",
        colour: i, // one colour a run
        end: part === "validation" ? run.name : "",
      })),
    );
    const values = lines.flatMap((line) => line.points.map(([, value]) => value));
    const low = Math.floor(Math.min(...values) / step) * step;
    const high = Math.ceil(Math.max(...values) / step) * step;
    const ticks = Array.from({ length: Math.round((high - low) / step) + 1 }, (_, i) => low + i * step);
    const freed = state.stage > 0 ? data.stages[state.stage - 1] + 0.5 : undefined; // between two epochs
    if (freed < epochs)
      lines.push({ name: `stage ${state.stage} begins`, points: [[freed, low], [freed, high]], colour: 2 });
    Object.assign(y, { label: unit, low, high, ticks });
    const ends = data.runs.map((run) => `${run.name} ends at ${(factor * run[`validation_${column}`].at(-1)).toFixed(2)}`);
    draw({ lines, label: `Learning curves, ${unit} on validation: ${ends.join(", ")}` });
  }

  function update(change) {
    Object.assign(state, change);
    const first = data.first[state.stage];
    const free = data.layers.slice(first).reduce((sum, layer) => sum + layer.parameters, 0);
    const learning = data.head + free;
    const all = data.head + data.layers.reduce((sum, layer) => sum + layer.parameters, 0);
    const share = (parameters, learns) => (learns ? percent(parameters / learning) : "0");
    const rows = data.layers.map((layer, i) => [
      layer.name,
      `${layer.side} x ${layer.side}`,
      words(layer.parameters),
      i < first ? "frozen" : "learning",
      share(layer.parameters, i >= first),
    ]);
    rows.push(["head", "", words(data.head), "learning", share(data.head, true)]);
    const head = ["layer", "maps", "parameters", "now", "share of what learns"];
    fer.replace(layers, fer.table(`The backbone and its head at stage ${state.stage}`, head, rows));
    drawCurves();
    const begins = state.stage > 0 ? ` In the unfrozen run it begins after epoch ${data.stages[state.stage - 1]}.` : "";
    const learners = data.layers.length - first;
    const who = learners ? `${learners} of ${data.layers.length} layers and the head learn` : "only the head learns";
    say(
      `Stage ${state.stage}: ${who}, ` +
        `${words(learning)} of ${words(all)} parameters (${percent(learning / all)}).${begins}`,
    );
    root.dataset.value = String(learning); // held equal to the notebook by a test
  }

  update({});
});
