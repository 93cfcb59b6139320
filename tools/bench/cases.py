"""The cases. Each prints its figures through bench.figure()."""
import contextlib
import os
import random
import shutil
import statistics
import threading
import time

import api
import levels
from machine import LINKS, Failed, disk
from offices import SYNC_PORT, import_all

LIMIT = 900  # seconds after which a case on a bad line is given up


def median(values):
    return statistics.median(values)


def with_both(bench, net, name, source=None):
    """Hub serving, node not; ended whatever happens."""
    @contextlib.contextmanager
    def both():
        hub, node = bench.stock.fresh(net, name, source)
        try:
            hub.serve(SYNC_PORT)
            yield hub, node
        finally:
            node.end()
            hub.end()
            if not bench.keep:
                shutil.rmtree(os.path.dirname(hub.home), ignore_errors=True)
    return both()


# ---- authoring
def authoring(bench):
    for n in (2000, 10000) if bench.full else (2000,):
        runs = (5 if n == 2000 else 3) if bench.full else 3
        wall, cpu, start, peak, size = [], [], [], [], []
        with bench.net() as net:
            for _ in range(runs):
                hub, node = bench.stock.fresh(net, "authoring")
                start.append(node.run("status")[1].wall)
                before = disk(node.home)
                w = import_all(node, bench, n, False)[0]
                wall.append(w.wall), cpu.append(w.cpu_seconds), peak.append(w.peak)
                size.append((disk(node.home) - before) / n)
        bench.figure("authoring", "wall", n, wall, "s", "report import --send, start-up and unlocking included")
        bench.figure("authoring", "start-up and unlock", n, start, "s", "`status` on the same home, cold")
        bench.figure("authoring", "reports per second", n, [n / (w - median(start)) for w in wall], "1/s", "start-up subtracted")
        bench.figure("authoring", "cpu", n, cpu, "s")
        bench.figure("authoring", "cpu a report", n, [c / n * 1e3 for c in cpu], "ms", "start-up (Argon2id) included")
        bench.figure("authoring", "disk a report", n, size, "B", "blocks of the home, reserve not counted twice")
        bench.figure("authoring", "peak rss", n, [p / 1e6 for p in peak], "MB")


# ---- one upload
def upload(bench, net, link, n, mixed, name):
    """One upload by a cold `sync`. Gives a dict of what it cost."""
    source = bench.stock.written(net, n, mixed)
    with with_both(bench, net, name, source) as (hub, node):
        if link:
            net.shape(link)
        before = hub.status()  # the hub remembers the passphrase for 5 minutes: later looks cost no Argon2id
        disk_before = disk(hub.home)
        time.sleep(0.3)
        hub.served.forget_peak()
        hub_cpu, bytes_before = hub.served.cpu(), net.counters()
        began, node_cpu, node_peak, tries, moved = time.monotonic(), 0.0, 0, 0, 0
        while True:
            tries += 1
            said, w = node.run("sync", ok=(0, 69, 70, 75, 76))
            wall = time.monotonic() - began
            node_cpu, node_peak = node_cpu + w.cpu_seconds, max(node_peak, w.peak)
            moved += said.get("acknowledged", 0)
            if w.code == 0 or wall > LIMIT:
                break
            time.sleep(1)
        all_cpu = hub.settle() - hub_cpu
        sent = net.counters()
        status = hub.status()
        # Our own looks are in `person`. What is left once that and the opening are taken away is receiving: every thread's.
        opening, looks = ((status["cpu_ms"][t] - before["cpu_ms"][t]) / 1e3 for t in ("opening", "person"))
        at_hub = sum(status["received"].values())
        left = sum(lane["waiting"] for lane in node.status()["lanes"].values())
        if w.code or at_hub != n or left or status["unopened"] or status["quarantined"]:
            bench.problem(f"case {name}: exit {w.code}, {at_hub} of {n} at the hub, {left} waiting, "
                          f"{status['unopened']} unopened, {status['quarantined']} refused, after {wall:.0f} s: {said}")
        return {"wall": wall, "node cpu": node_cpu, "hub cpu receiving": all_cpu - opening - looks, "hub cpu opening": opening,
                "node peak rss": node_peak / 1e6, "hub peak rss": hub.served.peak / 1e6, "tries": tries, "moved": moved,
                "up": sent and sent[0] - bytes_before[0], "down": sent and sent[1] - bytes_before[1],
                "hub disk": disk(hub.home) - disk_before, "node disk": disk(node.home)}


UNITS = {"wall": "s", "node cpu": "s", "hub cpu receiving": "s", "hub cpu opening": "s", "node peak rss": "MB",
         "hub peak rss": "MB", "up": "B", "down": "B", "hub disk": "B", "node disk": "B"}


def idle_syncs(bench, net, runs):
    """Cold `sync` with nothing to do, unshaped."""
    with with_both(bench, net, "a-idle") as (_, node):
        done = [node.run("sync")[1] for _ in range(runs)]
    return [w.wall for w in done], [w.cpu_seconds for w in done]


def report_uploads(bench, case, n, done, note):
    for key, unit in UNITS.items():
        values = [d[key] for d in done if d[key] is not None]
        if values:
            bench.figure(case, key, n, values, unit, note)


def case_a(bench):
    with bench.net() as net:
        idle, idle_cpu = idle_syncs(bench, net, 5)
    bench.figure("a", "idle sync wall", 0, idle, "s", "start-up, unlocking and one empty exchange")
    bench.figure("a", "idle sync cpu", 0, idle_cpu, "s")
    for n in (2000, 10000) if bench.full else (2000,):
        done = []
        for _ in range((5 if n == 2000 else 3) if bench.full else 3):
            with bench.net() as net:
                done.append(upload(bench, net, None, n, False, "a"))
        report_uploads(bench, "a", n, done, "unshaped; bytes are the device's, slightly low where it joins segments")
        bench.figure("a", "wall less idle sync", n, [d["wall"] - median(idle) for d in done], "s",
                     f"idle sync {median(idle):.3f} s subtracted")
        bench.figure("a", "node cpu less idle sync", n, [d["node cpu"] - median(idle_cpu) for d in done], "s",
                     f"idle sync {median(idle_cpu):.3f} s subtracted")


def on_line(bench, case, link, n, mixed):
    if not bench.root:
        return bench.skipped(case, "a shaped line needs root and /dev/net/tun")
    with bench.net() as net:
        done = upload(bench, net, link, n, mixed, case)
    report_uploads(bench, case, n, [done], f"{' '.join(LINKS[link])} seed {bench.seed}; sync called {done['tries']} times")


def case_b(bench):
    on_line(bench, "b", "b", 2000, False)


def case_b_mixed(bench):
    on_line(bench, "b-mixed", "b", 2000, True)


def case_c(bench):
    on_line(bench, "c", "c", 300, False)


# ---- d: the urgent one
def attach_bulk(bench, node):
    """One report with 20 attachments of 1 MB that do not compress."""
    words, dice = [], random.Random(bench.seed)
    for i in range(20):
        path = os.path.join(bench.work, f"bulk-{i:02d}.bin")
        with open(path, "wb") as f:
            f.write(dice.randbytes(1_000_000))
        words += ["--attach", path]
    body = os.path.join(bench.work, "body.txt")
    with open(body, "w", encoding="utf-8") as f:
        f.write("现场照片与测绘图二十件，随文报送。" + bench.texts.reports(1)[0]["body"][:600])
    node.run("report", "new", "--kind", "dynamic", "--lane", "routine", "--title", "灾情图件", "--body-file", body, *words, "--send")


def flash(bench, node, i, *words):
    """Writes one flash report; gives (case, time of return)."""
    body = os.path.join(bench.work, "flash.txt")
    with open(body, "w", encoding="utf-8") as f:
        f.write(bench.texts.reports(2000)[1999 - i]["body"])
    said, w = node.run("report", "new", "--kind", "dynamic", "--lane", "flash", "--title", f"特急 {i}", "--body-file", body, *words, "--send")
    return said["case"], w.began + w.wall, w.wall


DELIVERED = ("delivered", "opened", "acknowledged")


def until_delivered(node, case, since):
    while True:
        seen = time.monotonic()
        state = next((r["state"] for r in node.run("report", "list", "--lane", "flash", "--limit", "20")[0]["reports"]
                      if r["case"] == case), None)
        if state in DELIVERED:
            return time.monotonic() - since
        if seen - since > LIMIT:
            raise Failed(f"flash report still {state} after {LIMIT} s")
        time.sleep(0.02)


def case_d(bench):
    if not bench.root:
        return bench.skipped("d", "a shaped line needs root and /dev/net/tun")
    runs = 7 if bench.full else 5
    with bench.net() as net, with_both(bench, net, "d") as (hub, node):
        attach_bulk(bench, node)
        net.shape("b")
        node.serve()
        start = net.counters()[0]
        while net.counters()[0] - start < 300_000:
            time.sleep(0.2)
        times, writes, rates, polls = [], [], [], []
        for i in range(runs):
            time.sleep(random.Random(bench.seed + i).uniform(1, 4))
            moved, t0 = net.counters()[0], time.monotonic()
            case, since, wall = flash(bench, node, i)
            times.append(until_delivered(node, case, since))
            writes.append(wall)
            rates.append((net.counters()[0] - moved) * 8 / (time.monotonic() - t0) / 1e3)
        for _ in range(5):
            polls.append(node.run("report", "list", "--lane", "flash", "--limit", "20")[1].wall)
        left = node.status()["lanes"]["bulk"]["waiting"]
    if not left:
        bench.problem("case d: the attachments were through before the last flash report")
    note = f"behind 20 attachments of 1 MB, {' '.join(LINKS['b'])} seed {bench.seed}; a look costs {median(polls) * 1e3:.0f} ms"
    bench.figure("d", "flash in mid-transfer", 1, times, "s", note)
    bench.figure("d", "report new --send", 1, writes, "s", "the command itself, in a running node")
    bench.figure("d", "line in use meanwhile", 1, rates, "kbit/s", "of 256 up")


def case_d_queued(bench):
    """Everything queued before the line is there: by a cold sync, and by a running node when the plug goes in."""
    if not bench.root:
        return bench.skipped("d-queued", "a shaped line needs root and /dev/net/tun")
    with bench.net() as net, with_both(bench, net, "d-queued") as (hub, node):
        attach_bulk(bench, node)
        flash(bench, node, 0)
        net.shape("b")
        hub.status()
        w = node.start("sync")
        waiter = threading.Thread(target=w.wait)
        waiter.start()
        while hub.status()["received"]["flash"] < 1 and time.monotonic() - w.began < LIMIT:
            time.sleep(0.02)
        cold = time.monotonic() - w.began
        w.process.send_signal(15)
        waiter.join()
    bench.figure("d-queued", "cold sync", 1, [cold], "s", "from the start of `sync` until the hub shows it; start-up and unlocking included")
    for seconds in (5, 60) if bench.full else (5,):
        with bench.net() as net, with_both(bench, net, "d-plug") as (hub, node):
            attach_bulk(bench, node)
            net.shape("b")
            net.plug()
            node.serve()
            case, _, _ = flash(bench, node, 0)
            time.sleep(seconds)
            net.plug()
            took = until_delivered(node, case, time.monotonic())
        bench.figure("d-queued", f"running node, plugged in after {seconds} s", 1, [took], "s", "from the plug until the node has the receipt")


# ---- cuts in mid-transfer
CUTS, ATTACHED = 40, 20_000_000


def attached_once(bench, cuts):
    """One attachment by a running node, the plug pulled for a second at each of `cuts` marks on its way. Gives (bytes up,
    seconds, cuts that were made)."""
    path, body = os.path.join(bench.work, "cuts.bin"), os.path.join(bench.work, "body.txt")
    with open(path, "wb") as f:
        f.write(random.Random(bench.seed).randbytes(ATTACHED))
    with open(body, "w", encoding="utf-8") as f:
        f.write("现场录像一件，随文报送。" + bench.texts.reports(1)[0]["body"][:600])
    with bench.net() as net, with_both(bench, net, "cuts") as (hub, node):
        net.shape("cuts")
        node.serve()
        node.run("sync")
        hub.status()
        start, made = net.counters()[0], 0
        node.run("report", "new", "--kind", "dynamic", "--lane", "routine", "--title", "现场录像", "--body-file", body, "--attach", path, "--send")
        began = looked = time.monotonic()
        while True:
            now, up = time.monotonic(), net.counters()[0] - start
            if made < cuts and up > (made + 0.5) * ATTACHED / cuts:
                net.plug()
                time.sleep(1)
                net.plug()
                made += 1
            elif up > ATTACHED and now - looked > 1:
                looked = now
                if not any(lane["waiting"] for lane in node.status()["lanes"].values()):
                    break
            if now - began > LIMIT:
                bench.problem(f"case cuts: not through after {LIMIT} s: {node.status()['lanes']}")
                break
            time.sleep(0.02)
        up, wall = net.counters()[0] - start, time.monotonic() - began
        case = hub.run("report", "list", "--limit", "1")[0]["reports"][0]["case"]
        got = os.path.join(bench.work, "cuts.got")
        hub.run("report", "show", case, "--attachment", "cuts.bin", "--out", got)
        with open(path, "rb") as a, open(got, "rb") as b:
            if a.read() != b.read():
                bench.problem("case cuts: the attachment is not what was sent")
        os.remove(got)
    if made != cuts:
        bench.problem(f"case cuts: {made} of {cuts} cuts were made")
    return up, wall


def case_cuts(bench):
    """What 40 cuts during one attachment of 20 MB cost in bytes sent again (target: at most 10 %)."""
    if not bench.root:
        return bench.skipped("cuts", "a shaped line needs root and /dev/net/tun")
    whole, uncut_wall = attached_once(bench, 0)
    done = [attached_once(bench, CUTS) for _ in range(3)]
    note = f"{' '.join(LINKS['cuts'])}, {CUTS} cuts of 1 s during one attachment of {ATTACHED // 1_000_000} MB"
    bench.figure("cuts", "up, uncut", 1, [whole], "B", "IP bytes that took air time")
    bench.figure("cuts", "wall, uncut", 1, [uncut_wall], "s", note)
    bench.figure("cuts", "up", 1, [up for up, _ in done], "B", note)
    bench.figure("cuts", "wall", 1, [wall for _, wall in done], "s", "the cuts themselves are 40 s of it")
    bench.figure("cuts", "sent again", 1, [(up - whole) / whole * 100 for up, _ in done], "%", "of what the uncut run sent")


# ---- nothing to do
def case_idle(bench):
    if not bench.root:
        return bench.skipped("idle", "a shaped line needs root and /dev/net/tun")
    for n in (1000, 100000) if bench.full else (1000,):
        with bench.net() as net, with_both(bench, net, "idle", bench.stock.history(net, n)) as (hub, node):
            net.shape("b")

            def measured(ready=lambda: None):
                walls, up, down = [], [], []
                for _ in range(7):
                    ready()
                    time.sleep(1.0)  # what is on its way arrives first
                    before = net.counters()
                    walls.append(node.run("sync")[1].wall)
                    time.sleep(0.5)
                    after = net.counters()
                    up.append(after[0] - before[0]), down.append(after[1] - before[1])
                return walls, up, down

            def say(how, figures, note):
                for key, values, unit in zip(("wall", "up", "down"), figures, ("s", "B", "B")):
                    bench.figure("idle", f"{how}: {key}", n, values, unit, note)
                bench.figure("idle", f"{how}: both ways", n, [u + d for u, d in zip(*figures[1:])], "B", note)

            say("cold sync", measured(), "a process of its own: start-up and unlocking included")
            bench.figure("idle", "start-up and unlock", n, [node.run("status")[1].wall for _ in range(7)], "s", "`status`, cold")
            node.serve()
            node.run("sync")
            bench.figure("idle", "command line alone", n, [node.run("status")[1].wall for _ in range(7)], "s", "`status` of the running node")
            say("running node", measured(), "its connection is open")
            say("running node, new connection", measured(net.cut_connections),
                "connections killed 1 s before (ss -K); where the node has dialled again by itself this is as above")


# ---- hub
def case_ingest(bench):
    n = 10000
    done = []
    for _ in range(3 if bench.full else 1):
        with bench.net() as net:
            done.append(upload(bench, net, None, n, False, "ingest"))
    both = lambda d: d["hub cpu receiving"] + d["hub cpu opening"]
    note = "verified, stored durably, receipted; opening is not in it"
    bench.figure("ingest", "stored and receipted per second of a core", n, [n / d["hub cpu receiving"] for d in done], "1/s", note)
    bench.figure("ingest", "opened and indexed per second of a core", n, [n / d["hub cpu opening"] for d in done], "1/s")
    bench.figure("ingest", "stored, receipted, opened, indexed per second of a core", n, [n / both(d) for d in done], "1/s")
    bench.figure("ingest", "hub cpu receiving, a report", n, [d["hub cpu receiving"] / n * 1e3 for d in done], "ms", note)
    bench.figure("ingest", "hub cpu opening, a report", n, [d["hub cpu opening"] / n * 1e3 for d in done], "ms")
    bench.figure("ingest", "wall", n, [d["wall"] for d in done], "s", "one node sending, both on this machine")
    bench.figure("ingest", "hub disk a report", n, [d["hub disk"] / n for d in done], "B")
    bench.figure("ingest", "hub peak rss", n, [d["hub peak rss"] for d in done], "MB")


def case_start(bench):
    n = 100000 if bench.full else 10000
    with bench.net() as net:
        source = bench.stock.history(net, n)
        for side, port in (("hub", SYNC_PORT), ("node", None)):
            office = dict(zip(("hub", "node"), bench.stock.fresh(net, "start", source)))[side]
            ready, rss, idle = [], [], []
            for i in range(5):
                office.serve(port)
                ready.append(office.ready_seconds)
                if i == 0:
                    time.sleep(2)
                    cpu = office.served.cpu()
                    time.sleep(8)
                    idle.append((office.served.cpu() - cpu) / 8 * 100)
                    rss.append(office.served.rss() / 1e6)
                office.end()
            bench.figure("start", f"{side}: ready", n, ready, "s", "from exec to the line `ready`, unlocking included")
            bench.figure("start", f"{side}: rss after 10 s idle", n, rss, "MB")
            bench.figure("start", f"{side}: cpu when idle", n, idle, "% of a core", "8 s")
    bench.figure("start", "start-up of an empty home", 0, bench.empty_start(), "s", "`status` on a home without reports")


# ---- by stick
def case_stick(bench):
    """3,000 reports and 500 MB of attachments on a stick, between running nodes: unlocking's own 128 MiB are not in the peaks."""
    n, megabytes = (3000, 500) if bench.full else (300, 50)
    dice, stick = random.Random(bench.seed), os.path.join(bench.work, "stick.yzbundle")
    with bench.net() as net, with_both(bench, net, "stick", bench.stock.written(net, n)) as (hub, node):
        hub.end()
        hub.serve()  # without a port for those below: nothing goes by the line
        for i in range(megabytes // 10):
            path = os.path.join(bench.work, "stick.bin")
            with open(path, "wb") as f:
                f.write(dice.randbytes(10_000_000))
            body = os.path.join(bench.work, "body.txt")
            with open(body, "w", encoding="utf-8") as f:
                f.write("现场照片与测绘图，随文报送。" + bench.texts.reports(1)[0]["body"][:600])
            node.run("report", "new", "--kind", "dynamic", "--lane", "routine", "--title", f"灾情图件之{i}", "--body-file", body, "--attach", path, "--send")
        node.serve()
        for office in (hub, node):
            office.status()
            time.sleep(0.3)
            office.served.forget_peak()
        said, w = node.run("bundle", "export", "--to", "370783", stick)
        took, w2 = hub.run("bundle", "import", stick)
        chunks = said["frames"]["bulk"]
        reports = sum(took["received"][lane] for lane in ("flash", "urgent", "routine"))
        if not took["whole"] or took["refused"] or took["received"]["bulk"] != chunks or sum(hub.status()["received"].values()) != n + megabytes // 10:
            bench.problem(f"case stick: not all arrived: {said} {took}")
        note = f"{n} reports, {megabytes} MB in attachments; {reports} records, {chunks} chunks"
        bench.figure("stick", "bytes per sealed byte", n, [said["bytes"] / said["content"]], "", note)
        bench.figure("stick", "file", n, [said["bytes"] / 1e6], "MB", note)
        bench.figure("stick", "export wall", n, [w.wall], "s", note)
        bench.figure("stick", "import wall", n, [w2.wall], "s", "opening included")
        bench.figure("stick", "export peak rss", n, [node.served.peak / 1e6], "MB", "of the running node")
        bench.figure("stick", "import peak rss", n, [hub.served.peak / 1e6], "MB", "of the running node")
        os.remove(stick)


CASES = {"authoring": authoring, "a": case_a, "ingest": case_ingest, "idle": case_idle, "start": case_start, "b": case_b,
         "b-mixed": case_b_mixed, "c": case_c, "d": case_d, "d-queued": case_d_queued, "cuts": case_cuts, "stick": case_stick,
         "two-hops": levels.case_two_hops, "api": api.case_api}
