// The panels beside the charts: health, maturity, replay buffer, checkpoints, what happened, and the table.
"use strict";
dash.facts = (() => {
  const {numbers} = dash;
  const make = (name, text, of) => {
    const e = document.createElement(name);
    if (text !== undefined && text !== null) e.textContent = text;
    if (of) e.className = of;
    return e;
  };
  const fill = (id, ...children) => {
    const box = document.getElementById(id);
    const fresh = document.createElement("div");
    fresh.append(...children);
    if (box.innerHTML !== fresh.innerHTML) box.replaceChildren(...fresh.childNodes);
  };
  const list = items => {
    const ul = make("ul");
    ul.append(...items);
    return ul;
  };
  const item = (kind, sign, text, step) => {
    const li = make("li");
    if (step !== undefined) li.append(make("span", "step " + numbers.count(step), "step"));
    if (sign) li.append(make("span", sign, "mark " + kind));
    li.append(text);
    return li;
  };

  const health = run => {
    const items = run.present.map(text => item("bad", "Now", text));
    for (const a of run.contents ? run.contents.advice : []) items.push(item(a.serious ? "bad" : "look", a.serious ? "Serious" : "Look", a.sentence));
    if (!items.length) items.push(item("good", "Well", run.span.empty ? "Nothing has been measured yet." : "No warning stands."));
    for (const w of run.warnings.slice(-6).reverse()) items.push(item(w.raised ? "look" : "good", w.raised ? "Warned" : "Over", w.text, w.step));
    fill("health", list(items));
  };

  const maturity = run => {
    const m = run.maturity;
    if (!m) return fill("maturity", make("p", "Not to be told: no agent's metrics over a whole window yet.", "quiet"));
    const line = (holds, text) => item(holds ? "good" : "look", holds ? "Yes" : "Not yet", text);
    const v = numbers.value;
    fill("maturity", list([
      line(m.phi_flat, `Φ is flat: ${v(m.phi_low)} to ${v(m.phi_high)}`),
      line(m.agency_steady, `Agency is high and steady: ${v(m.agency_low)} to ${v(m.agency_high)}`),
      line(m.self_known, `Self-prediction error is at its least: ${v(m.self_error)}, least ${v(m.least_self_error)}`),
      line(m.growth_slowed, `Growth has slowed: ${numbers.count(m.grown)} units came`),
    ]), make("p", `Over the last window of ${numbers.count(m.window)} steps.`, "quiet"));
  };

  const replay = run => {
    const r = run.contents && run.contents.replay;
    if (!r) return fill("replay", make("p", run.contents ? "Nothing is remembered (replay 0)." : "No checkpoint yet to look into.", "quiet"));
    const bars = make("div", null, "bars");
    const bar = (name, n, most, shown) => {
      const meter = make("meter");
      meter.max = most || 1;
      meter.value = n;
      meter.setAttribute("aria-label", name);
      bars.append(make("span", name), meter, make("span", shown));
    };
    bar("in use", r.stored, r.capacity, `${numbers.count(r.stored)} of ${numbers.count(r.capacity)}`);
    const most = Math.max(...r.by_class, 1);
    r.by_class.forEach((n, c) => bar("class " + c, n, most, numbers.count(n)));
    fill("replay", make("p", `${r.policy}, ${r.format}, ${numbers.bytes(r.bytes)}; ${numbers.count(r.seen)} samples seen. As of step ${numbers.count(run.contents.steps)}.`, "quiet"), bars);
  };

  const checkpoints = run => {
    if (!run.checkpoints.length) return fill("checkpoints", make("p", "None there.", "quiet"));
    fill("checkpoints", list([...run.checkpoints].reverse().slice(0, 200).map(c => c.problem ? item("bad", "Damaged", `${c.file}: ${c.problem}`)
      : item("", "", `${c.reason}, ${numbers.bytes(c.bytes)}, ${c.file}`, c.step))));
  };

  const growthText = e => e.text !== undefined ? e.text
    : `layer_${e.layer}: ${e.reason} (${numbers.value(e.value)} > ${numbers.value(e.threshold)}), ${e.before} to ${e.after} units`;

  const events = run => {
    const all = [
      ...run.growth.map(e => ({step: e.step, kind: "growth", text: growthText(e)})),
      ...run.notes,
    ].sort((a, b) => b.step - a.step).slice(0, 300);
    if (!all.length && !run.summary.length) return fill("events", make("p", "Nothing but learning.", "quiet"));
    const words = {growth: "Grew", checkpoint: "Checkpoint", health: "Health", maturity: "Mature", resumed: "Resumed"};
    const items = all.map(e => item(e.kind === "growth" ? "look" : "", words[e.kind], e.text, e.step));
    fill("events", list([...run.summary.map(text => item("", "", text)), ...items]));
  };

  // The curves as they are shown, at most so many lines.
  const table = (panels, first, last, columns, byTime) => {
    const box = document.getElementById("table-box");
    if (!box.open) return;
    const most = 60, n = first.length, every = Math.max(1, Math.ceil(n / most));
    const t = make("table");
    t.append(make("caption", "The mean of each stretch of what the charts show", "unseen"));
    const head = make("tr");
    for (const text of [byTime ? "Time" : "Step", ...panels.map(p => p.title)]) {
      const cell = make("th", text);
      cell.scope = "col";
      head.append(cell);
    }
    const thead = make("thead"), body = make("tbody");
    thead.append(head);
    for (let i = 0; i < n; i += every) {
      const row = make("tr"), title = make("th", byTime ? numbers.duration(last[i]) : numbers.count(last[i]));
      title.scope = "row";
      row.append(title);
      for (const p of panels) row.append(make("td", columns[p.column] ? numbers.value(columns[p.column].mean[i]) : "–"));
      body.append(row);
    }
    t.append(thead, body);
    fill("table", t);
  };

  return {make, show: run => [health, maturity, replay, checkpoints, events].forEach(f => f(run)), table};
})();
