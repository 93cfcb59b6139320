#!/usr/bin/env python3
"""What a person waits for at the page of an office with many reports: each request as the page makes it, over one session
and one connection, beside a file of the page from the same server in the same run.

As a program (`api.py HOST:PORT PASSPHRASE-FILE TIMES`) it is the client, for the namespace that the node runs in."""
import http.client
import json
import os
import subprocess
import sys
import time
import urllib.parse

TIMES = 200
MEDIAN, P99 = 50, 200  # ms; what is asked for


class Page:
    def __init__(self, address, passphrase):
        self.address = address
        self.connection = http.client.HTTPConnection(address, timeout=120)
        status, headers, said = self.ask("POST", "/api/v1/session", json.dumps({"officer": "", "passphrase": passphrase}))
        if status != 200:
            raise OSError(f"sign in: {status} {said[:200]}")
        self.cookie = headers["Set-Cookie"].split(";")[0]

    def ask(self, method, target, body=None):
        headers = {"Cookie": getattr(self, "cookie", ""), "Origin": f"http://{self.address}", "Content-Type": "application/json"}
        self.connection.request(method, target, body, {k: v for k, v in headers.items() if v})
        r = self.connection.getresponse()
        return r.status, dict(r.getheaders()), r.read()

    def get(self, target):
        status, _, said = self.ask("GET", target)
        if status != 200:
            raise OSError(f"{target}: {status} {said[:200]}")
        return said


def two_words(reports):
    """Two words of two characters out of a title in the middle of the list."""
    title = [c for c in reports[len(reports) // 2]["title"] if "\u4e00" <= c <= "\u9fff"]
    return "".join(title[:2]), "".join(title[-2:])


def requests(page):
    reports = json.loads(page.get("/api/v1/reports?limit=100"))["reports"]
    state = "received" if any(r["received_at"] for r in reports) else reports[0]["state"]
    office, one, two = reports[0]["office"], *two_words(reports)
    q = lambda **pairs: "/api/v1/reports?" + urllib.parse.urlencode(pairs)
    return {
        "list": [q(limit=50)],
        "list, second page": [q(limit=50, after=json.loads(page.get(q(limit=50)))["next"])],
        "list by office and state": [q(limit=50, office=office, state=state)],
        "list by a state that few have": [q(limit=50, office=office, state="draft")],
        "list by a range of days": [q(limit=50, **{"from": reports[-1]["signed_at"][:10], "until": reports[0]["signed_at"][:10]})],
        "search, one word": [q(limit=50, search=one)],
        "search, two words": [q(limit=50, search=f"{one} {two}")],
        "search, office and state": [q(limit=50, search=one, office=office, state=state)],
        "search in a state that few have": [q(limit=50, search=one, state="draft")],
        "search for what nobody wrote": [q(limit=50, search="麒麟凤凰")],
        "open a case": ["/api/v1/reports/" + r["case"] for r in reports],
        "work list": ["/api/v1/work"],
        "status": ["/api/v1/status"],
    }


def client(address, passphrase, times):
    page, out = Page(address, passphrase), {}
    static = lambda: page.get("/")
    # Of each request the first after the start, before anything is warm; then each in turn, so that whatever else the
    # machine does falls on all of them.
    all_of = requests(page)
    for what, targets in all_of.items():
        began = time.monotonic()
        page.get(targets[0])
        out[what] = {"first": (time.monotonic() - began) * 1e3, "runs": []}
    out["a file of the page"] = {"first": 0, "runs": []}
    for i in range(times):
        for what, targets in all_of.items():
            began = time.monotonic()
            page.get(targets[i % len(targets)])
            out[what]["runs"].append((time.monotonic() - began) * 1e3)
        began = time.monotonic()
        static()
        out["a file of the page"]["runs"].append((time.monotonic() - began) * 1e3)
    return out


def shown(bench, side, n, measured):
    """Figures of one office: the median and the 99th of a hundred, beside a file of the page."""
    middle = lambda runs: sorted(runs)[len(runs) // 2]
    last = lambda runs: sorted(runs)[max(0, int(len(runs) * 0.99) - 1)]
    base = middle(measured["a file of the page"]["runs"])
    for what, m in measured.items():
        note = f"first after start {m['first']:.1f}; {middle(m['runs']) / base:.1f} x a file of the page; load {os.getloadavg()[0]:.1f}"
        bench.figure("api", f"{side}: {what}: median", n, [middle(m["runs"])], "ms", note)
        bench.figure("api", f"{side}: {what}: p99", n, [last(m["runs"])], "ms", f"of {len(m['runs'])}")
        if middle(m["runs"]) > MEDIAN or last(m["runs"]) > P99:
            print(f"over {MEDIAN}/{P99} ms: {side}: {what}: {middle(m['runs']):.1f} / {last(m['runs']):.1f}", file=sys.stderr)


def measured_at(bench, net, office):
    command = net.inside(office.side, [sys.executable, os.path.abspath(__file__), office.web, bench.env["YIZHAN_PASSPHRASE_FILE"], str(TIMES)])
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise OSError(f"the client at {office.side}: {done.stderr[-600:]}")
    return json.loads(done.stdout)


def case_api(bench):
    n = 100000 if bench.full else 10000
    with bench.net() as net:
        hub, node = bench.stock.fresh(net, "api", bench.stock.history(net, n))
        for side, office in (("hub", hub), ("node", node)):
            office.serve()
            try:
                shown(bench, side, n, measured_at(bench, net, office))
            finally:
                office.end()


if __name__ == "__main__":
    with open(sys.argv[2], encoding="utf-8") as f:
        print(json.dumps(client(sys.argv[1], f.read().rstrip("\n"), int(sys.argv[3]))))
