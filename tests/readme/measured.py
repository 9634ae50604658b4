"""The README's tables: for each the commands that measure it, as they stand beside it, the same in small, and its rows from what they say.

A program of the build tree is called by its name, a script of ours by its path. build/mnist and build/streams are where data lies.
"""
import dataclasses
import json
import re
from collections.abc import Callable


@dataclasses.dataclass
class Table:
    commands: list[str]
    small: list[str]  # asks for no data and takes seconds; says the same columns
    rows: Callable[[list[str]], list[str]]  # from what each command printed
    timed: bool = False


def table(heads, body):
    return [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"] + [f"| {' | '.join(cells)} |" for cells in body]


def objects(text):
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


def size(said):
    body = [[o["what"], f"{o['text']:,}", f"{o['goal']:,}" if o["goal"] else "", f"{o['ram']:,}" if "ram" in o else ""] for o in objects(said[0])]
    return table(["linked beyond the same firmware without a learner", "text", "goal", "RAM"], body)


def board_steps(said):
    body = [[o["what"], o["opt"], f"{o['instructions_per_step']:,}", f"{o['goal']:,}" if o["goal"] else "", f"{o['worst_step']:,}",
             f"{o['cycles_estimate']:,}"] for o in objects(said[0]) if o["kind"] == "step"]
    return table(["a step on Cortex-M4F", "", "instructions, median", "goal", "worst", "cycles, estimated"], body)


def board_vectors(said):
    rows = [o for o in objects(said[0]) if o["kind"] == "vectors"]
    body = [[plain["what"].removeprefix("Cortex-M55, "), plain["opt"], f"{plain['instructions_per_step']:,}", f"{fast['instructions_per_step']:,}",
             f"{plain['instructions_per_step'] / fast['instructions_per_step']:.2f}"] for plain, fast in zip(rows[::2], rows[1::2])]
    return table(["a step on Cortex-M55", "", "instructions, scalar kernels", "with Helium", "ratio"], body)


def board_lives(said):
    body = [[o["what"], f"{o['instructions_per_step']:,}", f"{o['worst_step']:,}", f"{o['worst_step'] / o['instructions_per_step']:.2f}",
             f"{o['cycles_estimate']:,}", f"{o['ram']:,}", f"{o['stack']:,}"] for o in objects(said[0]) if o["kind"] == "life"]
    return table(["a life on Cortex-M4F, -Os", "instructions, median", "worst", "worst / median", "cycles, estimated", "RAM", "stack"], body)


def long_logs(said):
    o = objects(said[0])[0]
    body = [["opened for the first time: curves on the screen", f"{o['first_curve_s']:.2f} s"],
            ["... and every line read and indexed", f"{o['indexed_s']:.1f} s"],
            ["opened again", f"{o['opened_again_s']:.2f} s"],
            ["a chart waits while one scrolls and zooms, median (worst)", f"{o['scroll_median_ms']:.1f} ms ({o['scroll_worst_ms']:.0f} ms)"],
            ["an outlier in a single line is seen at every scale", "yes" if o["extremes"] else "no"]]
    return table(["", "the log"], [["lines", f"{o['rows']:,}, {o['gigabytes']:.1f} GB"], *body])


def bench_anomaly(said):
    names = {"stuck joint": "a stuck joint", "drifting sensor": "a drifting encoder, 0.1 to 0.2 rad/s", "collision": "a collision"}
    *faults, false = objects(said[0])
    body = [[names[o["fault"]], str(o["staged"]), str(o["noticed"]), str(o["named_right"]), f"{o['delay_median']:.2f} s ({o['delay_worst']:.2f})"]
            for o in faults]
    return table(["", "staged", "noticed", "named right", "delay, median (worst)"], body) + [
        "", f"False alarms: {false['false_alarms']} in {false['healthy_hours']:g} healthy hours."]


def bench_step(said):
    nets, peers = {}, []
    for row in json.loads(said[0])["nets"]:
        if row["activation"] == "relu":
            nets.setdefault(row["net"], {})[row["arithmetic"]] = row
            peers = [peer["name"] for peer in row["peers"]]
    body = []
    for net, ways in nets.items():
        plain, separate = ways["separate"]["plain_step_ns"], ways["separate"]
        body.append([net, f"{plain:,.0f} ns", *(f"{way['step_ns']:,.0f} ns, {plain / way['step_ns']:.1f}x" for way in (separate, ways["fused"])),
                     *(f"{peer['step_ns']:,.0f} ns" for peer in separate["peers"]), f"{separate['plain_forward_ns'] / separate['forward_ns']:.1f}x"])
    return table(["net", "plain C", "synapse, `separate`", "synapse, `fused`", *peers, "forward, `separate`"], body)


def bench_arm(said):
    ways = json.loads(said[0])["rows"]
    body = [["PD / learner", *(f"{w['ratio_median']:.1f} ({w['ratio_worst']:.1f})" for w in ways)],
            ["PD / linear learner", *(f"{w['linear_ratio_median']:.1f}" for w in ways)],
            ["learner / exact model of the arm", *(f"{w['learner_to_model_median']:.2f} ({w['learner_to_model_worst']:.2f})" for w in ways)],
            ["back within 3x after a payload of 0.5 kg",
             *(f"{w['recovery_seconds_median']:.1f} s ({w['recovery_seconds_worst']:.1f})" for w in ways)]]
    return table(["", "no replay", "4 replayed samples a step"], body)


# Of bench_remember's methods, those that a reader compares: published ones and ours, by how many samples they remember.
REMEMBERING = {
    "fine-tune": "nothing against forgetting", "ER": "experience replay", "ER-ACE": "ER-ACE", "DER++": "DER++",
    "synapse 10+10, fast": "synapse, 10 new and 10 replayed a step", "synapse 10+50, fast": "synapse, 10 and 50",
    "synapse 1+4, fast": "synapse, 1 and 4", "synapse 1+4, slow": "the same, slow system",
    "joint i.i.d.": "all classes at once, shuffled",
}


def remembering(said):
    rows = [r for r in json.loads(said[0])["rows"] if r["method"] in REMEMBERING]
    order = list(REMEMBERING)
    rows.sort(key=lambda r: (r["method"] == order[-1], r["samples"], order.index(r["method"])))
    body = [[REMEMBERING[r["method"]], str(r["samples"] or ""), f"{r['accuracy']:.1f} +- {r['accuracy_std']:.1f}", f"{r['forgetting']:.1f}",
             f"{r['bytes'] / 1e6:.1f} MB", f"{r['us_per_sample']:.0f} us"] for r in rows]
    for text in said[1:]:
        o = json.loads(text)
        body.append(["`train_continuous`", str(o["replay"]), f"{100 * o['test_accuracy']:.1f}", f"{100 * o['forgetting']:.1f}",
                     f"{o['bytes'] / 1e6:.1f} MB", f"{1e6 * o['seconds'] / o['samples']:.0f} us"])
    return table(["method", "remembered", "accuracy, %", "forgotten, %", "memory", "a sample"], body)


def power_cuts(said):
    names = {r"3 slots: (\d+) cuts": "one cut, 3 slots", r"2 slots: (\d+) cuts": "one cut, 2 slots",
             r"(\d+) double cuts": "two cuts, the second while recovering, 3 slots"}
    body = []
    for pattern, name in names.items():
        cuts = re.search(pattern, said[0])
        body.append([name, f"{int(cuts.group(1)):,}", "0"])  # or the test would have failed, and with it the command
    kills = re.search(r"(\d+) kills, (\d+) of them while", said[1])
    return table(["", "tried", "lost"], body + [["SIGKILL of `train_continuous`, resumed to the same bits", kills.group(1), "0"]])


def plasticity(said):
    rows = json.loads(said[0])["rows"]
    units = sorted({r["units"] for r in rows})
    body = []
    for method in dict.fromkeys(r["method"] for r in rows):
        own = {r["units"]: r for r in rows if r["method"] == method}
        body.append([method, *(f"{own[u]['last_100k']:.3f} +- {own[u]['standard_error']:.3f}" for u in units)])
    return table(["squared error, last tenth of the life", *(f"{u} hidden units" for u in units)], body)


def growth(said):
    said = json.loads(said[0])
    body = []
    for task in dict.fromkeys(r["task"] for r in said["rows"]):
        own = [r for r in said["rows"] if r["task"] == task]
        wide = own[0]
        body += [[task, r["method"], f"{r['error']:.4g}", f"{100 * (r['error'] / wide['error'] - 1):+.1f} %",
                  f"{r['ns_per_sample'] / wide['ns_per_sample']:.2f}", f"{r['neurons']:.0f}"] for r in own]
    return table(["task", "learner", "error", "to born wide", "time", "neurons"], body)


def growth_costs(said):
    body = [[f"{c['neurons']:,}", f"{c['step_ns'] / c['neurons']:.1f} ns", f"{c['event_ns'] / c['step_ns']:.2f} steps"]
            for c in json.loads(said[0])["costs"]]
    return table(["neurons", "a step, for each neuron", "a growth event"], body)


def streams(said):
    files = [o for text in said for o in objects(text)]
    heads = ["stream", *(w["method"] for w in files[0]["rows"]), "memory"]
    return table(heads, [[o["stream"], *(f"{w['wrong']:.1f}" for w in o["rows"]), f"{o['bytes']:,} bytes"] for o in files])


def seed_size(said):
    body = [[r["what"], f"{r['samples_per_second']:,.0f}", f"{r['with_replay']:,.0f}"] for r in json.loads(said[0])["rows"]]
    return table(["samples a second on one core", "no replay", "a fifth replayed"], body)


def checkpoints(said):
    o, v = json.loads(said[0]), json.loads(said[1])
    return table(["", "GB/s"], [
        [f"save, {o['bytes'] / 1e6:.0f} MB", f"{o['save_gb_per_s']:.1f}"], ["load", f"{o['load_gb_per_s']:.1f}"],
        ["a plain copy of its bytes", f"{o['copy_gb_per_s']:.1f}"],
        ["verify many files: headers, CRCs, every number finite", f"{v['gb_per_s']:.1f}"]])


def agent(said):
    body = [[str(a["state"]), f"{a['bytes']:,}", f"{a['step_ns'] / 1e3:.1f} us", f"{a['worst_step_ns'] / a['step_ns']:.2f}"]
            for a in json.loads(said[0])["agents"]]
    return table(["state", "bytes", "a step", "worst / usual"], body)


MNIST = "build/mnist"
STREAMS = "build/streams/elec2.csv build/streams/weather.csv"
LIFE = f"train_continuous --data idx --path {MNIST} --test {MNIST} --order by-class:5"
GROWTH, SMALL_GROWTH = [f"bench_growth --seeds 30 --steps 100000 --path {MNIST} --json"], ["bench_growth --seeds 1 --steps 1000 --json"]
TABLES = {
    "bench_step": Table(["bench_step --json"], ["bench_step --quick --net 0 --activation relu --json"], bench_step, timed=True),
    "bench_arm": Table(["bench_arm --seeds 20 --json"], ["bench_arm --seeds 1 --json"], bench_arm),
    "remembering": Table([f"bench_remember --path {MNIST} --seeds 5 --json", LIFE, f"{LIFE} --replay 200"],
                         ["bench_remember --synthetic --quick --json", LIFE, f"{LIFE} --replay 200"], remembering),
    "streams": Table([f"bench_answers {STREAMS} --json"], [f"bench_answers --seeds 1 {STREAMS} --json"], streams),
    "power_cuts": Table(['synapse_test_checkpoint --test-case="flash slots: at least*"',
                         "tests/programs/train_continuous-killed.py train_continuous 200"],
                        ['synapse_test_checkpoint --test-case="flash slots: at least*"',
                         "tests/programs/train_continuous-killed.py train_continuous 5"], power_cuts),
    "plasticity": Table(["bench_plasticity --runs 30 --json"], ["bench_plasticity --runs 2 --steps 2000 --json"], plasticity),
    "growth": Table(GROWTH, SMALL_GROWTH, growth, timed=True),
    "growth_costs": Table(GROWTH, SMALL_GROWTH, growth_costs, timed=True),
    "bench_anomaly": Table(["bench_anomaly --json"], ["bench_anomaly --seeds 1 --json"], bench_anomaly),
    "bench_agent": Table(["bench_agent --json"], ["bench_agent --json"], agent, timed=True),
    "bench_seed_size": Table(["bench_seed_size --json"], ["bench_seed_size --json"], seed_size, timed=True),
    "checkpoints": Table(["bench_checkpoint --json", "bench_verify --json"],
                         ["bench_checkpoint --json", "bench_verify --files 10 --megabytes 0.1 --json"], checkpoints, timed=True),
    "long_logs": Table(["bench_dashboard --json"], ["bench_dashboard --rows 20000 --json"], long_logs, timed=True),
    "board_steps": Table(["tests/size/steps --json"], ['tests/size/steps --only "network, fused, relu" --json'], board_steps),
    "board_vectors": Table(["tests/size/steps --json"], ['tests/size/steps --only "network, fused, relu" --json'], board_vectors),
    "board_lives": Table(["tests/size/steps --json"], ['tests/size/steps --only "learner with all, -Os" --json'], board_lives),
    "size": Table(["tests/size/run --json"], ["tests/size/run --json"], size),
}
