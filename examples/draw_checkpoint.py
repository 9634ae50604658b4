#!/usr/bin/env python3
"""Draws a life from its checkpoint, with no code of ours: growth, metrics, the accuracy matrix and weights, each to a PNG.

    draw_checkpoint.py CHECKPOINT [--metrics METRICS.jsonl] [--report REPORT.json] [--out DIRECTORY]

The files are what train_continuous --metrics and --report wrote. Needs msgpack, numpy and matplotlib. The parts between "# %%" lines are
cells for an editor that shows notebooks; run as a program it needs no display.
"""
import argparse
import json
import os

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import msgpack
import numpy

# What health looks like: drawn as shades behind the metrics.
HEALTHY = {"phi": (0.4, 0.8), "agency": (0.6, 0.9), "integration": (0.5, 0.9), "confidence": (0.5, 0.9), "self_prediction_error": (0.0, 0.5)}
REASONS = ("High activation", "Rising error", "Information bottleneck", "New column")


# %% The checkpoint: a header of 32 bytes, then one map; tensors are maps of a type, a shape and bytes.
def load(path):
    with open(path, "rb") as file:
        _, learner = msgpack.Unpacker(file, raw=False, max_buffer_size=2**32 - 1)
    return learner


def tensor(node):
    return numpy.frombuffer(node["b"], node["d"]).reshape(node["s"])


# %% Growth: events in the order in which they happened, and the units of each hidden layer over the steps.
def growth_events(learner):
    """[(step, layer, reason, value, threshold, before, after)], the oldest first."""
    history = learner["growth_history"]
    if not history:
        return []
    columns = [tensor(history[name])[0] for name in ("step", "layer", "reason", "value", "threshold", "before", "after")]
    order = [(history["next"] - age) % len(columns[0]) for age in range(history["used"], 0, -1)]
    return [tuple(column[i] for column in columns) for i in order]


def units(learner):
    """The units of each hidden layer now."""
    layers = learner["model_state_dict"]["fast"]
    return [tensor(layers[f"layer_{i}"]["weight"]).shape[1] for i in range(sum(name.startswith("layer_") for name in layers) - 1)]


def draw_growth(learner):
    figure, axes = plt.subplots(figsize=(8, 4))
    events, now = growth_events(learner), units(learner)
    for layer, last in enumerate(now):
        own = [event for event in events if event[1] == layer]
        steps = [0] + [int(event[0]) for event in own] + [learner["step_count"]]
        sizes = [int(own[0][5]) if own else last] + [int(event[6]) for event in own] + [last]
        line, = axes.step(steps, sizes, where="post", label=f"layer {layer}")
        for reason in sorted({int(event[2]) for event in own}):
            at = [(int(event[0]), int(event[6])) for event in own if event[2] == reason]
            axes.plot(*zip(*at), "o^sD"[reason % 4], color=line.get_color(), label=f"layer {layer}: {REASONS[reason] if reason < 4 else reason}")
    axes.set(title=f"{sum(now)} hidden units after {learner['step_count']:,} steps, {len(events)} growth events kept", xlabel="step", ylabel="units", ylim=(0, None))
    if now:
        axes.legend()
    return figure


# %% Metrics: from the file that grew beside the run, or from the checkpoint's own history if it kept one.
def metrics(learner, path=None):
    """name -> (steps, values), without what was not known."""
    series = {}
    if path:
        with open(path, encoding="utf-8") as file:
            for line in file:
                if not line.endswith("\n"):
                    break  # the run goes on, and its last line is not all there
                row = json.loads(line)
                for name, value in row.items():
                    if name not in ("time", "steps") and isinstance(value, (int, float)):
                        series.setdefault(name, []).append((row["steps"], value))
    else:
        history = {name: tensor(node)[0] for name, node in (learner["metrics_history"] or {}).items() if isinstance(node, dict)}
        steps = history.pop("step", range(max(map(len, history.values()), default=0)))
        known = history.pop("known", None)  # bit i: column i has a number there
        for i, (name, values) in enumerate(history.items()):
            points = [(step, value) for row, (step, value) in enumerate(zip(steps, values)) if known is None or int(known[row]) >> i & 1]
            if points:
                series[name] = points
    return {name: tuple(zip(*points)) for name, points in series.items()}


def draw_metrics(learner, path=None):
    series = metrics(learner, path)
    panels = [name for name in ("error", "accuracy", "phi", "agency", "integration", "confidence", "self_prediction_error", "neurons", "steps_per_second")
              if name in series]
    figure, all_axes = plt.subplots(max(len(panels), 1), 1, figsize=(8, 1.6 * max(len(panels), 2)), sharex=True, squeeze=False)
    for axes, name in zip(all_axes[:, 0], panels):
        axes.plot(*series[name], ".-" if len(series[name][0]) < 50 else "-", linewidth=1)
        if name in HEALTHY:
            axes.axhspan(*HEALTHY[name], color="tab:green", alpha=0.12)
        axes.set_ylabel(name, rotation=0, ha="right")
    if not panels:
        all_axes[0, 0].text(0.5, 0.5, "no metrics were kept: see --metrics", ha="center", va="center")
    all_axes[-1, 0].set_xlabel("step")
    figure.suptitle(f"metrics (green: healthy), {learner['total_samples_seen']:,} samples")
    return figure


# %% The accuracy matrix: after each part of a life in parts (--order by-class:K --test ...), how much of each part is known. The report has
# one row more, of the examination at the end of the run.
def accuracy_matrix(learner, report=None):
    """[examinations][parts], NaN where nothing was asked; None if the life had no parts."""
    if report:
        with open(report, encoding="utf-8") as file:
            rows = json.load(file)["accuracy_matrix"]
        return None if rows is None else numpy.array(rows, dtype=float)
    program = learner.get("program") or {}
    if "examinations" not in program:
        return None
    words = tensor(program["examinations"])[0]
    parts = int(words[0]) if words.size else 0
    if parts < 2 or words.size < 1 + parts:
        return None
    shares = words[1:].view("<f8").reshape(-1, parts)
    return numpy.where(shares < 0, numpy.nan, shares)


def draw_accuracy_matrix(learner, report=None):
    matrix = accuracy_matrix(learner, report)
    figure, axes = plt.subplots(figsize=(5, 4.5))
    if matrix is None:
        axes.text(0.5, 0.5, "this life was not examined in parts", ha="center", va="center")
        axes.set_axis_off()
        return figure
    image = axes.imshow(100 * matrix, vmin=0, vmax=100, cmap="viridis")
    for (row, column), share in numpy.ndenumerate(matrix):
        if not numpy.isnan(share):
            axes.text(column, row, f"{100 * share:.0f}", ha="center", va="center", color="white" if share < 0.6 else "black")
    axes.set(title="accuracy, %", xlabel="on the classes of part", ylabel="after part", xticks=range(matrix.shape[1]), yticks=range(matrix.shape[0]))
    figure.colorbar(image)
    return figure


# %% Weights: a histogram for each layer of each system.
def draw_weights(learner):
    systems = learner["model_state_dict"]
    figure, axes = plt.subplots(figsize=(8, 4))
    for system, layers in systems.items():
        for name in sorted(name for name in layers if name.startswith("layer_")):
            weight = tensor(layers[name]["weight"]).astype(float).ravel()
            axes.hist(weight, bins=60, histtype="step", density=True, label=f"{system} {name}: norm {numpy.linalg.norm(weight):.3g}")
    axes.set(title="weights", xlabel="weight", ylabel="density")
    axes.legend(fontsize="small")
    return figure


# %% All of them, as files.
def main():
    parser = argparse.ArgumentParser(description="Draws growth, metrics, the accuracy matrix and weights of a checkpoint, each to a PNG.")
    parser.add_argument("checkpoint")
    parser.add_argument("--metrics", help="what train_continuous --metrics wrote, as JSON lines")
    parser.add_argument("--report", help="what train_continuous --report wrote")
    parser.add_argument("--out", default=".", help="directory for the pictures (default: here)")
    options = parser.parse_args()
    learner = load(options.checkpoint)
    os.makedirs(options.out, exist_ok=True)
    drawings = {"growth": draw_growth(learner), "metrics": draw_metrics(learner, options.metrics),
                "accuracy_matrix": draw_accuracy_matrix(learner, options.report), "weights": draw_weights(learner)}
    for name, figure in drawings.items():
        path = os.path.join(options.out, name + ".png")
        figure.savefig(path, dpi=110, bbox_inches="tight")
        plt.close(figure)
        print(path)


if __name__ == "__main__":
    main()
