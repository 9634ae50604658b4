// One chart on a canvas: curves with the spread of what they stand for, a healthy range, marks, and a cursor that all charts share.
"use strict";
dash.chart = (() => {
  const {numbers} = dash;
  const left = 46, right = 10, top = 8, bottom = 20;

  // events: {moved(place or null), zoomed(from, to), reset(), key(event)}
  class Chart {
    constructor(canvas, events) {
      this.canvas = canvas;
      this.events = events;
      this.curves = [];
      this.marks = [];
      this.view = {from: 0, to: 1};
      this.range = null;
      this.cursor = null;
      this.drag = null;
      this.byTime = false;
      canvas.addEventListener("pointermove", e => this.pointer(e));
      canvas.addEventListener("pointerleave", () => { if (!this.drag) events.moved(null); });
      canvas.addEventListener("pointerdown", e => {
        if (e.button !== 0 || e.pointerType === "touch") return this.pointer(e);
        canvas.setPointerCapture(e.pointerId);
        this.drag = {from: this.place(e), to: this.place(e)};
      });
      canvas.addEventListener("pointerup", e => {
        const d = this.drag;
        this.drag = null;
        if (!d) return;
        const [a, b] = [Math.min(d.from, d.to), Math.max(d.from, d.to)];
        if (this.x(b) - this.x(a) > 6) events.zoomed(a, b); else this.draw();
      });
      canvas.addEventListener("dblclick", () => events.reset());
      canvas.addEventListener("wheel", e => {
        if (!e.ctrlKey && !e.metaKey && !e.shiftKey) return;  // the page scrolls
        e.preventDefault();
        const at = this.place(e), k = (e.deltaY || e.deltaX) > 0 ? 1.25 : .8;
        events.zoomed(at - (at - this.view.from) * k, at + (this.view.to - at) * k);
      }, {passive: false});
      canvas.addEventListener("keydown", e => events.key(e));
      canvas.addEventListener("blur", () => events.moved(null));
      new ResizeObserver(() => this.draw()).observe(canvas);
    }

    // curves: [{first, last, mean, low, high, colour}], the first one in front; low and high may be missing
    show({curves, marks, view, range, byTime, scale}) {
      Object.assign(this, {curves, marks, view, range, byTime, scale});
      this.draw();
    }
    setCursor(place) {
      if (this.cursor === place) return;
      this.cursor = place;
      this.draw();
    }
    get inner() { return Math.max(1, this.canvas.clientWidth - left - right); }
    x(place) { return left + (place - this.view.from) / (this.view.to - this.view.from || 1) * this.inner; }
    place(event) {
      const at = event.clientX - this.canvas.getBoundingClientRect().left;
      const share = Math.min(1, Math.max(0, (at - left) / this.inner));
      return this.view.from + share * (this.view.to - this.view.from);
    }
    pointer(event) {
      if (this.drag) {
        this.drag.to = this.place(event);
        this.draw();
      }
      this.events.moved(this.place(event));
    }

    // The group of a curve at a place, or -1.
    static nearest(curve, place) {
      const {first, last} = curve;
      if (!first.length) return -1;
      let a = 0, b = first.length - 1;
      while (a < b) {
        const m = (a + b) >> 1;
        if ((last[m] + (m + 1 < first.length ? first[m + 1] : last[m])) / 2 < place) a = m + 1; else b = m;
      }
      return a;
    }

    bounds() {
      let low = Infinity, high = -Infinity;
      for (const c of this.curves) {
        for (let i = 0; i < c.first.length; ++i) {
          if (c.last[i] < this.view.from || c.first[i] > this.view.to) continue;
          for (const v of [c.mean[i], c.low && c.low[i], c.high && c.high[i]]) {
            if (v === null || v === undefined || v !== v || v === false) continue;
            if (v < low) low = v;
            if (v > high) high = v;
          }
        }
      }
      if (low > high) return null;
      if (this.scale === "share") return {low: Math.min(0, low), high: Math.max(1, high)};
      if (this.scale === "zero") low = Math.min(0, low);
      const pad = (high - low) * .06 || Math.abs(high) * .1 || .5;
      return {low: this.scale === "zero" && low === 0 ? 0 : low - pad, high: high + pad};
    }

    draw() {
      const {canvas} = this;
      const width = canvas.clientWidth, height = canvas.clientHeight;
      if (!width || !height) return;
      const dense = window.devicePixelRatio || 1;
      if (canvas.width !== Math.round(width * dense)) canvas.width = Math.round(width * dense);
      if (canvas.height !== Math.round(height * dense)) canvas.height = Math.round(height * dense);
      const g = canvas.getContext("2d");
      const style = getComputedStyle(document.documentElement), colour = name => style.getPropertyValue("--" + name).trim();
      g.setTransform(dense, 0, 0, dense, 0, 0);
      g.clearRect(0, 0, width, height);
      g.font = "11px system-ui, 'Segoe UI', Roboto, 'Liberation Sans', sans-serif";
      g.textBaseline = "middle";
      const bounds = this.bounds();
      if (!bounds) {
        g.fillStyle = colour("soft");
        g.textAlign = "center";
        g.fillText("nothing measured here", width / 2, height / 2);
        return;
      }
      const floor = height - bottom;
      const y = v => floor - (v - bounds.low) / (bounds.high - bounds.low) * (floor - top);
      // Grid and scales.
      g.lineWidth = 1;
      g.fillStyle = colour("soft");
      g.textAlign = "right";
      for (const t of numbers.ticks(bounds.low, bounds.high, Math.max(2, (floor - top) / 30))) {
        g.strokeStyle = colour("grid");
        const at = Math.round(y(t)) + .5;
        g.beginPath(); g.moveTo(left, at); g.lineTo(width - right, at); g.stroke();
        g.fillText(numbers.short(t), left - 6, at);
      }
      g.textAlign = "center";
      const find = this.byTime ? numbers.timeTicks : numbers.ticks;
      const places = find(this.view.from, this.view.to, this.inner / 90), step = places.length > 1 ? places[1] - places[0] : undefined;
      for (const t of places) {
        const at = this.x(t);
        if (at < left - 1 || at > width - right + 1) continue;
        const text = this.byTime ? (t === 0 ? "0" : numbers.duration(t, step)) : numbers.short(t, step);
        const half = g.measureText(text).width / 2;
        g.fillText(text, Math.min(Math.max(at, left + half - 6), width - right - half), floor + 12);
      }
      g.save();
      g.beginPath(); g.rect(left, 0, this.inner, floor + .5); g.clip();
      if (this.range) {
        const [a, b] = this.range.map(y);
        g.fillStyle = colour("band");
        g.fillRect(left, b, this.inner, a - b);
        g.strokeStyle = colour("band-edge");
        g.setLineDash([3, 4]);
        for (const at of [a, b]) { g.beginPath(); g.moveTo(left, at); g.lineTo(width - right, at); g.stroke(); }
        g.setLineDash([]);
      }
      for (const m of this.marks) {
        if (m.place < this.view.from || m.place > this.view.to) continue;
        const at = this.x(m.place);
        g.strokeStyle = g.fillStyle = colour(m.kind);
        if (m.kind === "growth") {
          g.globalAlpha = .75;
          g.beginPath(); g.moveTo(at, top); g.lineTo(at, top + 12); g.stroke();
          g.globalAlpha = .14;
          g.beginPath(); g.moveTo(at, top + 12); g.lineTo(at, floor); g.stroke();
          g.globalAlpha = 1;
        } else {
          g.beginPath(); g.moveTo(at, floor - 8); g.lineTo(at + 4, floor - 4); g.lineTo(at, floor); g.lineTo(at - 4, floor - 4); g.fill();
        }
      }
      for (const c of [...this.curves].reverse()) this.curve(g, c, y, colour);
      if (this.drag) {
        const [a, b] = [this.x(this.drag.from), this.x(this.drag.to)];
        g.fillStyle = colour("spread");
        g.fillRect(Math.min(a, b), top, Math.abs(b - a), floor - top);
      }
      g.restore();
      if (this.cursor !== null && this.cursor >= this.view.from && this.cursor <= this.view.to) {
        const at = Math.round(this.x(this.cursor)) + .5;
        g.strokeStyle = colour("cursor");
        g.globalAlpha = .45;
        g.beginPath(); g.moveTo(at, top); g.lineTo(at, floor); g.stroke();
        g.globalAlpha = 1;
        for (const c of this.curves) {
          const i = Chart.nearest(c, this.cursor);
          if (i < 0 || c.mean[i] === null) continue;
          g.fillStyle = colour(c.colour);
          g.strokeStyle = colour("card");
          g.lineWidth = 2;
          g.beginPath(); g.arc(at, y(c.mean[i]), 4, 0, 7); g.fill(); g.stroke();
          g.lineWidth = 1;
        }
      }
    }

    curve(g, c, y, colour) {
      const middle = i => (c.first[i] + c.last[i]) / 2, n = c.first.length;
      if (c.low && c.colour === "curve") {
        g.fillStyle = colour("spread");
        for (let i = 0; i < n;) {
          if (c.low[i] === null) { ++i; continue; }
          let end = i;
          while (end < n && c.low[end] !== null) ++end;
          g.beginPath();
          for (let k = i; k < end; ++k) g.lineTo(this.x(middle(k)), y(c.high[k]) - .5);
          for (let k = end; k-- > i;) g.lineTo(this.x(middle(k)), y(c.low[k]) + .5);
          g.fill();
          i = end;
        }
      }
      g.strokeStyle = colour(c.colour);
      g.lineWidth = c.colour === "curve" ? 1.6 : 1.3;
      g.lineJoin = "round";
      g.beginPath();
      let pen = false;
      for (let i = 0; i < n; ++i) {
        if (c.mean[i] === null) { pen = false; continue; }
        const at = this.x(middle(i));
        if (pen) g.lineTo(at, y(c.mean[i])); else g.moveTo(at, y(c.mean[i]));
        pen = true;
      }
      g.stroke();
      if (n === 1 && c.mean[0] !== null) {
        g.fillStyle = colour(c.colour);
        g.beginPath(); g.arc(this.x(middle(0)), y(c.mean[0]), 2.5, 0, 7); g.fill();
      }
      g.lineWidth = 1;
    }
  }
  return Chart;
})();
