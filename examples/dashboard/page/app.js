// The page: what is looked at, and who draws it.
"use strict";
(() => {
  const {numbers, source, facts} = dash, {make} = facts, Chart = dash.chart;
  const $ = id => document.getElementById(id);

  // Healthy ranges: those that the library's guide gives.
  const panels = [
    {title: "Error", column: "error", scale: "zero", growth: true, saved: true},
    {title: "Accuracy", column: "accuracy", scale: "share"},
    {title: "Φ, integration of the state", short: "Φ", column: "phi", range: [.4, .8], scale: "share"},
    {title: "Agency", column: "agency", range: [.6, .9], scale: "share"},
    {title: "Integration", column: "integration", range: [.5, .9], scale: "share"},
    {title: "Confidence", column: "confidence", range: [.5, .9], scale: "share"},
    {title: "Self-prediction error", column: "self_prediction_error", scale: "zero"},
    {title: "Neurons", column: "neurons", scale: "fit", growth: true},
    {title: "Speed, steps a second", short: "Speed", column: "steps_per_second", scale: "zero", saved: true},
    {title: "Replayed samples", column: "replayed", scale: "zero"},
  ];

  const state = {runs: [], id: null, run: null, axis: "step", view: null, smoothing: 0, compare: [], cursor: null, series: new Map(), asked: 0, end: () => {}};
  const colours = ["other-1", "other-2", "other-3", "other-4"];
  const byTime = () => state.axis === "time";
  const extent = () => {
    let to = 0, from = Infinity;
    for (const id of [state.id, ...state.compare]) {
      const r = id === state.id && state.run ? {...state.run.span} : state.runs.find(x => x.id === id);
      if (!r) continue;
      from = Math.min(from, byTime() ? 0 : r.first_step);
      to = Math.max(to, byTime() ? r.seconds : r.last_step);
    }
    return {from: Number.isFinite(from) ? from : 0, to: to > from ? to : from + 1};
  };
  const view = () => state.view || extent();

  // ---- charts

  for (const p of panels) {
    p.box = make("div", null, "chart");
    const head = make("header"), title = make("h2", p.title), reading = make("span");
    p.value = make("span", "–", "value");
    p.where = make("span", "", "where");
    reading.append(p.value, p.where);
    head.append(title, reading);
    p.canvas = make("canvas");
    p.canvas.tabIndex = 0;
    p.canvas.setAttribute("role", "img");
    p.legend = make("div", null, "legend");
    p.box.dataset.column = p.column;
    p.box.append(head, p.canvas, p.legend);
    $("charts").append(p.box);
    p.chart = new Chart(p.canvas, {
      moved: place => setCursor(place),
      zoomed: (from, to) => zoom(from, to),
      reset: () => zoom(null),
      key: event => key(event, p),
    });
  }

  const smooth = values => {
    if (state.smoothing === 0) return values;
    const radius = Math.pow(2, state.smoothing) / 2, keep = Math.exp(-1 / radius);
    // An average that forgets, both ways, so that nothing moves sideways.
    const pass = (from, step) => {
      const sums = new Array(values.length);
      let sum = 0, weight = 0;
      for (let i = from; i >= 0 && i < values.length; i += step) {
        if (values[i] !== null) { sum = sum * keep + values[i]; weight = weight * keep + 1; }
        sums[i] = [sum, weight];
      }
      return sums;
    };
    const a = pass(0, 1), b = pass(values.length - 1, -1);
    return values.map((v, i) => v === null ? null : (a[i][0] + b[i][0] - v) / (a[i][1] + b[i][1] - 1));
  };

  const marks = p => {
    const run = state.run, out = [];
    if (!run || state.compare.length) return out;
    const main = state.series.get(state.id);
    const place = step => {
      if (!byTime()) return step;
      const s = main && main.steps;  // of the groups of the whole run, whose times are stepTimes
      if (!s) return null;
      const i = Chart.nearest(s, step);
      return i < 0 ? null : main.stepTimes[i];
    };
    const add = (kind, step) => {
      const at = place(step);
      if (at !== null) out.push({kind, place: at});
    };
    if (p.growth) for (const e of run.growth) add("growth", e.step);
    if (p.saved) for (const c of run.checkpoints) if (!c.problem) add("saved", c.step);
    return out;
  };

  const legend = (p, drawn) => {
    const parts = [];
    const entry = (of, text) => {
      const span = make("span"), i = make("i", null, of);
      span.append(i, text);
      parts.push(span);
    };
    if (state.compare.length) {
      [state.id, ...state.compare].forEach((id, k) => {
        const r = state.runs.find(x => x.id === id), c = drawn.find(d => d.id === id);
        let text = r ? r.name : id;
        if (c && state.cursor !== null) {
          const i = Chart.nearest(c, state.cursor);
          if (i >= 0) text += " " + numbers.value(c.mean[i]);
        }
        entry(k ? "c" + k : "", text);
      });
    }
    if (p.range) entry("band", `healthy ${p.range[0]} to ${p.range[1]}`);
    if (p.growth && state.run && state.run.growth.length && !state.compare.length) entry("growth", "grew");
    if (p.saved && state.run && state.run.checkpoints.length && !state.compare.length) entry("saved", "checkpoint");
    p.legend.replaceChildren(...parts);
  };

  const read = p => {
    const c = p.drawn && p.drawn.find(d => d.id === state.id);
    const latest = state.run ? state.run.latest[p.column] : null;
    let value = latest, where = "";
    if (state.cursor !== null && c) {
      const i = Chart.nearest(c, state.cursor);
      if (i >= 0) {
        value = c.mean[i];
        where = byTime() ? "at " + numbers.duration(c.last[i]) : "step " + numbers.count(c.last[i]);
        if (c.low && c.low[i] !== c.high[i] && c.low[i] !== null) where = `${numbers.value(c.low[i])} to ${numbers.value(c.high[i])}, ` + where;
      }
    }
    p.value.textContent = numbers.value(value);
    p.where.textContent = where;
    const out = p.range && Number.isFinite(value) && (value < p.range[0] || value > p.range[1]);
    p.value.classList.toggle("out", Boolean(out));
    p.value.title = out ? "outside the healthy range" : "";
    return `${p.short || p.title} ${numbers.value(value)}${where ? ", " + where : ""}${out ? ", outside the healthy range" : ""}`;
  };

  const draw = () => {
    const shown = view();
    for (const p of panels) {
      p.drawn = [];
      [state.id, ...state.compare].forEach((id, k) => {
        const s = state.series.get(id), c = s && s.columns[p.column];
        if (!c) return;
        p.drawn.push({id, first: s.first, last: s.last, mean: smooth(c.mean), low: c.low, high: c.high, colour: k ? colours[k - 1] : "curve"});
      });
      const some = p.drawn.some(c => c.mean.some(v => v !== null));
      p.box.hidden = !some && p.column === "accuracy";
      p.chart.cursor = state.cursor;
      p.chart.show({curves: p.drawn, marks: marks(p), view: shown, range: p.range, byTime: byTime(), scale: p.scale});
      legend(p, p.drawn);
      const text = read(p);
      p.canvas.setAttribute("aria-label", `Chart: ${text}. Arrow keys move the cursor; the table below holds the numbers.`);
    }
    const s = state.series.get(state.id);
    if (s) facts.table(panels, s.first, s.last, s.columns, byTime());
  };

  const setCursor = (place, speaker) => {
    state.cursor = place;
    for (const p of panels) {
      p.chart.setCursor(place);
      const text = read(p);
      if (state.compare.length) legend(p, p.drawn || []);
      if (p === speaker) $("said").textContent = text;
    }
    document.documentElement.dataset.cursor = place === null ? "" : String(place);
  };

  const zoom = (from, to) => {
    const all = extent();
    if (from === null || (from <= all.from && to >= all.to)) {
      state.view = null;
    } else {
      const least = byTime() ? .01 : 1;
      from = Math.max(all.from, from);
      to = Math.min(all.to, to);
      state.view = to - from < least ? {from: Math.max(all.from, to - least), to} : {from, to};
    }
    draw();
    fetchSeries();
  };
  const zoomBy = k => {
    const v = view(), middle = state.cursor !== null ? state.cursor : (v.from + v.to) / 2;
    zoom(middle - (middle - v.from) * k, middle + (v.to - middle) * k);
  };

  const key = (event, p) => {
    const v = view(), c = p.drawn && p.drawn[0];
    if (!c || !c.first.length || event.altKey || event.metaKey) return;
    const shown = c.first.map((_, i) => i).filter(i => c.last[i] >= v.from && c.first[i] <= v.to);
    const now = state.cursor === null ? -1 : shown.indexOf(Chart.nearest(c, state.cursor));
    const go = i => setCursor((c.first[shown[i]] + c.last[shown[i]]) / 2, p);
    const stride = event.shiftKey ? 10 : 1, last = shown.length - 1;
    const span = v.to - v.from;
    const keys = {
      ArrowLeft: () => go(now < 0 ? last : Math.max(0, now - stride)),
      ArrowRight: () => go(now < 0 ? 0 : Math.min(last, now + stride)),
      Home: () => go(0),
      End: () => go(last),
      "+": () => zoomBy(.5), "=": () => zoomBy(.5), "-": () => zoomBy(2),
      PageUp: () => zoom(v.from - span / 2, v.to - span / 2),
      PageDown: () => zoom(v.from + span / 2, v.to + span / 2),
      Escape: () => { setCursor(null); zoom(null); },
    };
    if (!keys[event.key] || (event.ctrlKey && event.key !== "Home")) return;
    event.preventDefault();
    keys[event.key]();
  };

  // ---- data

  let busy = false, again = false;
  const fetchSeries = async () => {
    if (busy) { again = true; return; }
    busy = true;
    try {
      const v = state.view, from = v ? v.from : null, to = v ? v.to : null, axis = state.axis;
      const groups = Math.min(2000, Math.max(200, Math.round(panels[0].canvas.clientWidth || 600)));
      for (const id of [state.id, ...state.compare]) {
        const s = await source.series(id, axis, from, to, groups);
        if (axis === "time" && id === state.id) {
          const steps = await source.series(id, "step", null, null, groups);
          const times = await source.series(id, "time", null, null, groups);
          s.steps = {first: steps.first, last: steps.last};
          s.stepTimes = times.last;
        }
        if (axis === state.axis) state.series.set(id, s);
      }
      const s = state.series.get(state.id);
      if (s) document.documentElement.dataset.groups = String(s.first.length);
      draw();
      document.documentElement.dataset.ready = "yes";
    } catch (problem) {
      $("link").textContent = "no answer";
    } finally {
      busy = false;
      if (again) { again = false; fetchSeries(); }
    }
  };

  const show = run => {
    state.run = run;
    const words = {learning: "learning", quiet: "quiet", finished: "finished", mature: "mature", diverged: "diverged", waiting: "waiting"};
    const badge = $("state");
    badge.className = "badge " + (run.state === "quiet" ? "quiet-state" : run.state);
    let word = words[run.state] || run.state;
    if (run.state === "finished" && run.stopped_by && run.stopped_by !== "none") word += `: ${run.stopped_by}`;
    if (badge.textContent !== word) badge.textContent = word;
    const l = run.latest;
    const rows = [
      ["Step", numbers.count(run.span.last_step)], ["Samples", l.samples === null || l.samples === undefined ? "–" : numbers.count(l.samples)],
      ["Time", numbers.duration(l.seconds || run.span.seconds || 0)], ["Speed", l.steps_per_second ? numbers.count(l.steps_per_second) + "/s" : "–"],
      ["Neurons", l.neurons ? numbers.count(l.neurons) : "–"], ["Net", run.contents ? run.contents.net : "–"],
      ["Lines", numbers.count(run.rows)],
    ];
    $("facts").replaceChildren(...rows.map(([name, value]) => {
      const div = make("div");
      div.append(make("dt", name), make("dd", value));
      return div;
    }));
    const notes = [];
    if (!run.complete) notes.push(`A long log: these curves are a sample of it while it is read (${Math.round(run.indexed * 100)} %).`);
    if (run.skipped) notes.push(`${numbers.count(run.skipped)} lines could not be used: they are no records, or go back in steps.`);
    $("notice").hidden = !notes.length;
    $("notice").textContent = notes.join(" ");
    facts.show(run);
    document.title = `${run.name}: ${word}`;
    Object.assign(document.documentElement.dataset, {run: run.id, state: run.state, rows: String(run.rows), complete: String(run.complete), version: String(run.version)});
  };

  const showRuns = list => {
    state.runs = list;
    const select = $("run"), now = list.map(r => r.id).join();
    if (select.dataset.ids !== now) {
      select.dataset.ids = now;
      select.replaceChildren(...list.map(r => new Option(r.name, r.id, false, r.id === state.id)));
      const others = list.filter(r => r.id !== state.id);
      $("compare-list").replaceChildren(...(others.length ? others.map(r => {
        const label = make("label"), box = make("input");
        box.type = "checkbox";
        box.value = r.id;
        box.checked = state.compare.includes(r.id);
        label.append(box, `${r.name} (${r.state})`);
        return label;
      }) : [make("p", "No other runs here.", "quiet")]));
    }
  };

  let waiting = null;
  const refresh = () => {
    if (waiting === null) waiting = setTimeout(() => { waiting = null; fetchSeries(); }, 400);
  };

  const choose = async id => {
    state.end();
    Object.assign(state, {id, view: null, compare: state.compare.filter(x => x !== id), cursor: null, series: new Map()});
    $("run").dataset.ids = "";
    showRuns(state.runs);
    show(await source.whole(id));
    await fetchSeries();
    state.end = source.listen(id, {
      run: run => { if (run.id === state.id) { show(run); refresh(); } },
      runs: list => {
        showRuns(list);
        if (state.compare.length) refresh();
      },
      link: up => { $("link").textContent = up ? "" : "connection lost, trying again"; },
    });
  };

  // ---- controls

  $("run").addEventListener("change", e => choose(e.target.value));
  for (const radio of document.getElementsByName("axis")) {
    radio.addEventListener("change", e => {
      state.axis = e.target.value;
      state.view = null;
      state.cursor = null;
      state.series = new Map();
      fetchSeries();
    });
  }
  $("smoothing").addEventListener("input", e => {
    state.smoothing = Number(e.target.value);
    $("smoothing-value").textContent = state.smoothing ? `${Math.pow(2, state.smoothing)} points` : "off";
    draw();
  });
  $("zoom-in").addEventListener("click", () => zoomBy(.5));
  $("zoom-out").addEventListener("click", () => zoomBy(2));
  $("zoom-all").addEventListener("click", () => zoom(null));
  $("zoom-latest").addEventListener("click", () => {
    const all = extent();
    zoom(all.to - (all.to - all.from) / 10, all.to);
  });
  $("compare-list").addEventListener("change", () => {
    const boxes = [...$("compare-list").querySelectorAll("input")];
    state.compare = boxes.filter(b => b.checked).map(b => b.value).slice(0, colours.length);
    for (const b of boxes) b.disabled = !b.checked && state.compare.length === colours.length;
    fetchSeries();
  });
  $("compare").addEventListener("keydown", e => {
    if (e.key !== "Escape") return;
    $("compare").open = false;
    $("compare").querySelector("summary").focus();
  });
  document.addEventListener("click", e => { if (!$("compare").contains(e.target)) $("compare").open = false; });
  $("table-box").addEventListener("toggle", draw);

  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const theme = () => {
    let kept = null;
    try { kept = localStorage.getItem("theme"); } catch (denied) { /* a report from a file may not keep anything */ }
    return kept || (dark.matches ? "dark" : "light");
  };
  const paint = now => {
    document.documentElement.dataset.theme = now;
    $("theme").setAttribute("aria-pressed", String(now === "dark"));
    draw();
  };
  $("theme").addEventListener("click", () => {
    const now = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
    try { localStorage.setItem("theme", now); } catch (denied) { /* then it is for this time only */ }
    paint(now);
  });
  dark.addEventListener("change", () => paint(theme()));

  (async () => {
    paint(theme());
    for (;;) {
      showRuns(await source.runs());
      if (state.runs.length) break;
      $("notice").hidden = false;
      $("notice").textContent = "No run here yet. Start one with train_continuous --metrics metrics.jsonl in this directory.";
      document.documentElement.dataset.ready = "empty";
      if (!source.live) return;
      await new Promise(done => setTimeout(done, 1500));
    }
    // The one that learns now, else the newest.
    const best = [...state.runs].sort((a, b) => (b.state === "learning") - (a.state === "learning") || b.changed - a.changed)[0];
    await choose(best.id);
  })();
})();
