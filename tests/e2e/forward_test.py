#!/usr/bin/env python3
"""A report passed on (转报) as real processes: a township, its county and their city. The county's edition and the
township's own text reach the city as layers; a correction that comes late is offered at both ends; evidence holds.

Runs $YIZHAN (default build/yizhan) under /tmp. Prints ok/FAILED lines and `N passed, N failed`."""
import json
import os
import select
import shutil
import socket
import subprocess
import sys
import tempfile

YIZHAN = os.path.abspath(os.environ.get("YIZHAN", "build/yizhan"))
work = tempfile.mkdtemp(prefix="yz-forward.")
passed = failed = 0
children = []
TEXT = "2025年10月，柳河镇甲子沟村完成3次道路巡查，里程12公里，发现坑槽7处，已全部修补。"
EDITED = TEXT + "\n县交通局已派人复核，情况属实。"


def path(name):
    return os.path.join(work, name)


def write(name, text):
    with open(path(name), "w") as f:
        f.write(text)
    return path(name)


def check(what, good, got=""):
    global passed, failed
    passed, failed = passed + bool(good), failed + (not good)
    print(f"ok: {what}" if good else f"FAILED: {what}: {str(got)[-900:]!r}", flush=True)


def environment():
    e = {k: v for k, v in os.environ.items() if not k.startswith(("YIZHAN", "LC_", "LANG"))}
    return dict(e, YIZHAN_LANG="en", YIZHAN_PASSPHRASE_FILE=path("passphrase"))


def run(home, *words, json_wanted=True):
    p = subprocess.run([YIZHAN, "--home", home, *words, *(["--json"] if json_wanted else [])], capture_output=True, env=environment(), timeout=120, stdin=subprocess.DEVNULL)
    if not json_wanted:
        return p.returncode, p.stdout.decode()
    try:
        return p.returncode, json.loads(p.stdout)
    except ValueError:
        return p.returncode, {"stdout": p.stdout.decode(), "stderr": p.stderr.decode()}


def expect(what, code, home, *words):
    got, said = run(home, *words)
    check(f"{what}: exit {code}", got == code, (got, said))
    return said


def serve(home, port):
    p = subprocess.Popen([YIZHAN, "--home", home, "serve", "--web", "127.0.0.1:0", "--sync", f"127.0.0.1:{port}"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment())
    children.append(p)
    line = select.select([p.stdout], [], [], 30)[0] and p.stdout.readline().decode()
    if not line or not line.startswith("ready"):
        raise OSError(f"{home} does not serve: {line}")
    return p


def free_ports(n):
    sockets = [socket.socket() for _ in range(n)]
    for s in sockets:
        s.bind(("127.0.0.1", 0))
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return ports


def offices():
    city, county, town = (path(n) for n in ("city", "county", "town"))
    above, below = free_ports(2)
    expect("the city", 0, city, "init", "--code", "3707", "--name", "潍安市", "--level", "city", "--officer", "周大河", "--root")
    line = expect("the county is invited", 0, city, "invite", "--code", "370783", "--name", "青山县", "--level", "county", "--url", f"http://127.0.0.1:{above}")
    serve(city, above)
    expect("the county joins", 0, county, "join", line["invitation"], "--officer", "李明")
    line = expect("the township is invited", 0, county, "invite", "--code", "370783105", "--name", "柳河镇", "--level", "township", "--url", f"http://127.0.0.1:{below}")
    serve(county, below)
    expect("the township joins", 0, town, "join", line["invitation"], "--officer", "王芳")
    return city, county, town


def show(home, case):
    return run(home, "report", "show", case)[1]


def passed_on(city, county, town):
    said = expect("the township reports", 0, town, "report", "new", "--kind", "brief", "--lane", "urgent", "--title", "甲子沟村道路巡查", "--body-file", write("body", TEXT), "--send")
    case = said["case"]
    expect("... to the county", 0, town, "sync")
    check("its own report is not the township's to pass on", run(town, "forward", case)[0] == 77)
    check("a report that nobody has is not passed on", run(county, "forward", "aaaaaaaa")[0] == 66)
    check("never less urgently", run(county, "forward", case, "--lane", "routine")[0] == 65)
    said = expect("the county passes it on, edited", 0, county, "forward", case, "--edit-file", write("edit", EDITED), "--note", "已复核")
    check("... and says so", said.get("state") == "forwarded", said)
    expect("... to the city", 0, county, "sync")
    there = show(city, case)
    layers = there.get("layers", [])
    check("the city has both layers", [l["office"] for l in layers] == ["370783105", "370783"], layers)
    check("... the township's text", layers[0]["body"] == TEXT and layers[0]["signatures"][0]["valid"], layers[:1])
    check("... the county's edition and note", layers[1]["body"] == EDITED and layers[1]["note"] == "已复核" and layers[1]["by"] == "李明", layers[1:])
    check("... and what it changed", layers[1]["places"] == 1 and layers[1]["changed"][0]["passages"] == [{"paragraph": 2, "before": "", "after": EDITED.split("\n")[1]}], layers[1:])
    check("the case is the township's, verified", there["office"] == "370783105" and there["verified"] and there["state"] == "received", there)
    check("the original is known from the forward only", [r["flags"] for r in there["records"] if r["type"] == "report"][0].count("nested") == 1, there["records"])
    expect("the township hears of it", 0, town, "sync")
    check("... as forwarded", show(town, case)["state"] == "forwarded", show(town, case)["state"])
    code, page = run(city, "report", "show", case, json_wanted=False)
    check("the page shows the layers", code == 0 and "layer by layer" in page and "places changed: 1" in page and "已复核" in page, page)
    return case


def corrected(city, county, town, case):
    expect("the township corrects it", 0, town, "report", "correct", case, "--title", "甲子沟、乙丑沟村道路巡查", "--reason", "漏报一村", "--send")
    expect("the county passes the old one on once more, unchanged", 0, county, "forward", case)
    expect("the correction comes after that", 0, town, "sync")
    here = show(county, case)
    check("the county's forward is marked", here["forwards"][-1]["on_older_version"] and "older_version" in here["flags"], here.get("forwards"))
    check("... and the newer text offered", here["forwards"][-1]["newest"]["title"] == "甲子沟、乙丑沟村道路巡查", here["forwards"][-1]["newest"])
    expect("it is passed on too", 0, county, "forward", case)
    expect("the city hears of all", 0, county, "sync")
    there = show(city, case)
    check("the city sees the same mark", [f["on_older_version"] for f in there["forwards"]] == [False, True, False] and "older_version" in there["flags"], there.get("forwards"))
    check("... and the newest text unchanged", there["layers"][0]["title"] == "甲子沟、乙丑沟村道路巡查" and there["layers"][1]["unchanged"], there["layers"])
    check("no record is doubled", len({r["record"] for r in there["records"]}) == len(there["records"]) == 5, len(there["records"]))


def evidence(city, county, town, case):
    file = path("case.evidence")
    expect("the city writes evidence", 0, city, "evidence", case, file)
    said = expect("it holds", 0, city, "evidence", "check", file)
    check("... with every layer", said.get("layers") == 3 and said.get("ok") is True, said)
    data = open(file, "rb").read()
    at = data.rfind("甲子沟村道路巡查".encode())
    with open(path("spoilt"), "wb") as f:
        f.write(data[:at] + b"\xe4" + data[at + 1:])
    check("a changed layer is found", run(city, "evidence", "check", path("spoilt"))[0] == 76)
    for home in (city, county, town):
        check("everything verifies", run(home, "verify", "--all")[1].get("ok") is True, run(home, "verify", "--all"))


def main():
    write("passphrase", "柳河-夜雨-渡口-四十七 ferry")
    os.chmod(path("passphrase"), 0o600)
    try:
        homes = offices()
        case = passed_on(*homes)
        corrected(*homes, case)
        evidence(*homes, case)
    except Exception as e:
        check("the test runs to its end", False, repr(e))
    finally:
        for p in children:
            p.kill()
            p.wait()
        shutil.rmtree(work, ignore_errors=True)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


sys.exit(main())
