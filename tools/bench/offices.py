"""The product as its users run it: a county (the hub) and a township (the node), through the command line only."""
import json
import os
import subprocess
import time

from machine import Failed, Watched, copy_home

PASSPHRASE = "柳河-夜雨-渡口-四十七 ferry"
SYNC_PORT = 8701


class Office:
    def __init__(self, bench, net, side, home):
        self.bench, self.net, self.side, self.home, self.served = bench, net, side, home, None

    def command(self, *words):
        return self.net.inside(self.side, [self.bench.program, "--home", self.home, *map(str, words)])

    def start(self, *words, **kw):
        return Watched(self.command(*words), self.bench.env, **kw)

    def run(self, *words, ok=(0,), json_out=True):
        """(document, watched process)"""
        out_path = os.path.join(self.bench.work, f"out-{os.getpid()}-{time.monotonic_ns()}")
        with open(out_path, "w+b") as out, open(out_path + ".err", "w+b") as err:
            w = self.start(*words, *(["--json"] if json_out else []), out=out, err=err)
            code = w.wait()
            out.seek(0), err.seek(0)
            text, said = out.read().decode(), err.read().decode()
        os.remove(out_path), os.remove(out_path + ".err")
        if code not in ok:
            raise Failed(f"{self.side}: yizhan {' '.join(map(str, words))}: exit {code}: {(said or text)[-600:]}")
        w.code = code
        return (json.loads(text) if json_out and text.strip() else {}), w

    def serve(self, port=None):
        read, write = os.pipe()
        log = open(os.path.join(self.bench.work, f"serve-{self.side}.log"), "ab")
        words = ["serve", "--web", "127.0.0.1:0"] + (["--sync", f"0.0.0.0:{port}"] if port else [])
        self.served = self.start(*words, out=write, err=log)
        os.close(write)
        with os.fdopen(read) as f:
            line = f.readline()
        self.ready_seconds = time.monotonic() - self.served.began
        if not line.startswith("ready"):
            raise Failed(f"{self.side}: serve did not start, see {log.name}")
        self.web = line.split("web=")[1].split()[0].removeprefix("http://").strip("/")
        return self

    def end(self):
        if self.served:
            self.served.end()
            self.served = None

    def settle(self, quiet=0.6, most=3600):
        """Waits until the serving process uses no CPU to speak of; gives its CPU seconds at that time."""
        began = at = asked = time.monotonic()
        cpu = self.served.cpu()
        while time.monotonic() - began < most:
            time.sleep(0.1)
            c, now = self.served.cpu(), time.monotonic()
            if c - cpu > 0.008:
                at, cpu = now, c
            elif now - at >= quiet:
                return c
            if now - asked > 5:
                asked = now
                if self.status()["unopened"] == 0 and now - began > 10:
                    before, t = self.served.cpu(), time.monotonic()
                    time.sleep(2)
                    share = (self.served.cpu() - before) / (time.monotonic() - t)
                    if share > 0.05:
                        self.bench.problem(f"{self.side}: serve has nothing to do and uses {share:.0%} of a core; its CPU figures are too high")
                        return before
        raise Failed(f"{self.side} is still at work after {most} s")

    def status(self):
        return self.run("status")[0]


class Stock:
    """Homes made once and copied for each run: a joined pair, and nodes with so many reports written."""

    def __init__(self, bench):
        self.bench, self.folder = bench, os.path.join(bench.work, "stock")

    def pair(self, net):
        """A county and a township that has joined it."""
        base = os.path.join(self.folder, "pair-" + net.address)
        if os.path.exists(base + "/done"):
            return base
        os.makedirs(base, exist_ok=True)
        hub, node = Office(self.bench, net, "hub", base + "/hub"), Office(self.bench, net, "node", base + "/node")
        hub.run("init", "--code", "370783", "--name", "青山县", "--level", "county", "--officer", "李明", "--root")
        with open(base + "/hub/config.toml", "w") as f:  # one office here stands for many: no daily bound
            f.write("[limits]\ndaily_envelopes = 1000000000\ndaily_mib = 1000000000\n")
        line = hub.run("invite", "--code", "370783105", "--name", "柳河镇", "--level", "township", "--valid", "72h",
                       "--url", f"http://{net.address}:{SYNC_PORT}")[0]["invitation"]
        hub.serve(SYNC_PORT)
        try:
            state = node.run("join", line, "--officer", "王芳")[0]["state"]
            if state != "ready":
                raise Failed(f"join: state {state}")
            node.run("sync")
        finally:
            hub.end()
        open(base + "/done", "w").close()
        return base

    def fresh(self, net, name, source=None):
        """(hub, node) on copies of `source`, by default the joined pair."""
        base = source or self.pair(net)
        to = os.path.join(self.bench.work, "runs", name)
        os.makedirs(to, exist_ok=True)
        return (Office(self.bench, net, "hub", copy_home(base + "/hub", to + "/hub")),
                Office(self.bench, net, "node", copy_home(base + "/node", to + "/node")))

    def lines(self, n, mixed=False):
        path = os.path.join(self.folder, f"lines-{n}{'-mixed' if mixed else ''}.jsonl")
        if not os.path.exists(path):
            os.makedirs(self.folder, exist_ok=True)
            self.bench.texts.lines(path + ".new", n, mixed)
            os.rename(path + ".new", path)
        return path

    def written(self, net, n, mixed=False):
        """A pair whose township has n reports queued. Gives (folder, import seconds or None when it was there)."""
        base = os.path.join(self.folder, f"written-{net.address}-{n}{'-mixed' if mixed else ''}")
        if not os.path.exists(base + "/done"):
            pair = self.pair(net)
            copy_home(pair + "/hub", base + "/hub"), copy_home(pair + "/node", base + "/node")
            node = Office(self.bench, net, "node", base + "/node")
            import_all(node, self.bench, n, mixed)
            open(base + "/done", "w").close()
        return base

    def history(self, net, n):
        """A pair with n reports sent, stored and opened."""
        base = os.path.join(self.folder, f"history-{net.address}-{n}")
        if not os.path.exists(base + "/done"):
            source = self.written(net, n)
            copy_home(source + "/hub", base + "/hub"), copy_home(source + "/node", base + "/node")
            hub, node = Office(self.bench, net, "hub", base + "/hub"), Office(self.bench, net, "node", base + "/node")
            hub.serve(SYNC_PORT)
            try:
                for _ in range(20):
                    said, w = node.run("sync", ok=(0, 69))
                    if w.code == 0:
                        break
                    self.bench.problem(f"history of {n}: sync ended with {w.code} on a good line: {said}")
                hub.settle(2, 3600)
                if sum(hub.status()["received"].values()) != n:
                    raise Failed(f"history of {n}: not all at the hub")
            finally:
                hub.end()
            open(base + "/done", "w").close()
        return base


def import_all(node, bench, n, mixed):
    """`report import --send` in one go up to 20,000, then in portions. Gives the watched processes."""
    if n <= 20000:
        done, w = node.run("report", "import", bench.stock.lines(n, mixed), "--send")
        if done["queued"] != n:
            raise Failed(f"import: {done['queued']} of {n} queued: {done['errors'][:3]}")
        return [w]
    out, path = [], os.path.join(bench.work, "portion.jsonl")
    with open(bench.stock.lines(n, mixed), "rb") as f:
        while True:
            portion = [line for _, line in zip(range(10000), f)]
            if not portion:
                return out
            with open(path, "wb") as p:
                p.writelines(portion)
            out.append(node.run("report", "import", path, "--send")[1])
