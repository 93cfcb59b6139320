#!/usr/bin/env python3
"""A line superior (条) that comes and goes, as real processes: the superior learns of it in the office's own words, the
line superior hears that it was left, what waited is kept, nobody is accused, and it may come back."""
from lib_offices import *

ACCUSING = {"held.back", "gap", "not.taken", "nothing.heard", "registry.differs", "identity.refused", "frame.refused"}


def offices(ports):
    city, county, bureau, town = (path(n) for n in ("city", "county", "bureau", "town"))
    expect("the city", 0, city, "init", "--code", "3707", "--name", "潍安市", "--level", "city", "--officer", "周大河", "--root")
    lines = invite(city, "370783", "青山县", "county", ports[0]), invite(city, "370799", "市应急局", "county", ports[0])
    node = serve(city, "--sync", f"127.0.0.1:{ports[0]}")
    expect("the county joins", 0, county, "join", lines[0], "--officer", "李明")
    expect("the bureau joins", 0, bureau, "join", lines[1], "--officer", "孙立")
    stop(node)
    p = serve(county, "--sync", f"127.0.0.1:{ports[1]}")
    q = serve(bureau, "--sync", f"127.0.0.1:{ports[2]}")
    expect("the township joins", 0, town, "join", invite(county, "370783105", "柳河镇", "township", ports[1]), "--officer", "王芳")
    return county, bureau, town, p, q


def kinds(town):
    return {s["office"]: s["kind"] for s in run(town, "superior", "list")[1]["superiors"]}


def lines_of(superior, code="370783105"):
    return [l["office"] for o in run(superior, "office", "list")[1]["offices"] if o["office"] == code for l in o["line_superiors"]]


def state_at(home, code="370783105"):
    return {o["office"]: o["state"] for o in run(home, "office", "list")[1]["offices"]}.get(code)


def registers(bureau, town, ports):
    expect("the township registers with the bureau", 0, town, "superior", "add", invite(bureau, "370783105", "柳河镇", "township", ports[2]), "--line")
    expect("sync", 0, town, "sync")
    check("... a line superior", kinds(town) == {"370783": "superior", "370799": "line"}, kinds(town))


def told(county, bureau, town):
    check("the county learns of it", lines_of(county) == ["370799"], run(county, "office", "list")[1])
    check("... and is shown it once", "office.line" in alarms(county), alarms(county))
    got, seen = page(county, "office", "list")
    check("... on the list that people read", "市应急局" in seen, seen)
    check("the bureau is told nothing of the kind", lines_of(bureau) == [], run(bureau, "office", "list")[1])
    case = report(town, "--to", "370783,370799")[1]["case"]
    expect("a report to both", 0, town, "sync")
    check("... is at both", case in cases(county) and case in cases(bureau))
    return case


def leaves(county, bureau, town, case):
    expect("the superior that certified it stays", 77, town, "superior", "remove", "370783")
    expect("one that is none", 66, town, "superior", "remove", "999999")
    said = expect("the bureau is left", 0, town, "superior", "remove", "370799")
    check("... and knows, with nothing left over", said == {"office": "370799", "waiting": 0, "told": True}, said)
    check("one superior is left", kinds(town) == {"370783": "superior"}, kinds(town))
    expect("twice is refused", 66, town, "superior", "remove", "370799")
    expect("sync", 0, town, "sync")
    check("the county knows that too", lines_of(county) == [] and "office.line" not in alarms(county), (lines_of(county), alarms(county)))
    check("the bureau shows it", "office.left" in alarms(bureau) and state_at(bureau) == "known", (alarms(bureau), state_at(bureau)))
    check("what it had received it keeps", cases(bureau).get(case, {}).get("verified"), cases(bureau))
    expect("no report goes there any more", 66, town, "report", "new", "--kind", "brief", "--lane", "routine", "--title", "柳河镇巡查", "--body-file", text(), "--to", "370799", "--send")
    got, said = report(town)
    check("others go on", got == 0 and [a["office"] for a in said["addressees"]] == ["370783"], said)
    expect("sync", 0, town, "sync")


def comes_back(county, bureau, town, ports):
    registers(bureau, town, ports)
    check("the county hears of it again", lines_of(county) == ["370799"], lines_of(county))
    case = report(town, "--to", "370799")[1]["case"]
    expect("sync", 0, town, "sync")
    check("a report arrives", case in cases(bureau) and state_at(bureau) == "below", (cases(bureau), state_at(bureau)))


def dead_line(county, bureau, town, q, ports):
    """The bureau is out of reach: it is left all the same, and what waited stays."""
    stop(q)
    case = report(town, "--to", "370783,370799")[1]["case"]
    run(town, "sync")
    said = expect("a dead line superior is left", 0, town, "superior", "remove", "370799")
    check("... does not know, and one report waits", said["told"] is False and said["waiting"] == 1, said)
    expect("the next sync misses nobody", 0, town, "sync")
    check("the county has the report, and knows", case in cases(county) and lines_of(county) == [], lines_of(county))
    check("what was not delivered is shown as it is", deliveries(town, case)["370799"] in ("waiting", "sent"), deliveries(town, case))
    q = serve(bureau, "--sync", f"127.0.0.1:{ports[2]}")
    registers(bureau, town, ports)
    until("back again, what waited arrives", lambda: run(town, "sync") and case in cases(bureau))
    check("... once", len([r for r in cases(bureau) if r == case]) == 1)
    return q


def wishes(bureau, town, ports, q):
    """A wish that nobody has answered is taken back without a trace at the bureau."""
    run(town, "superior", "remove", "370799")
    stop(q)
    expect("not yet answered", 0, town, "superior", "add", line_from(bureau, ports), "--line")
    check("... is listed", kinds(town) == {"370783": "superior", "370799": "line"}, kinds(town))
    said = expect("taken back", 0, town, "superior", "remove", "370799")
    check("... and gone", kinds(town) == {"370783": "superior"} and said["told"] is False, said)
    q = serve(bureau, "--sync", f"127.0.0.1:{ports[2]}")
    expect("sync asks for nothing", 0, town, "sync")
    check("... the bureau has not got it", state_at(bureau) == "known", state_at(bureau))
    return q


def line_from(bureau, ports):
    return invite(bureau, "370783105", "柳河镇", "township", ports[2])


def main():
    ports = free_ports(3)
    county, bureau, town, p, q = offices(ports)
    registers(bureau, town, ports)
    case = told(county, bureau, town)
    leaves(county, bureau, town, case)
    comes_back(county, bureau, town, ports)
    q = dead_line(county, bureau, town, q, ports)
    q = wishes(bureau, town, ports, q)
    for h in (county, bureau, town):
        check("nobody is accused", not alarms(h) & ACCUSING, alarms(h))
        said = expect("verify", 0, h, "verify", "--all")
        check("... is good", said.get("ok") is True, said)
    for one in (p, q):
        stop(one)


if __name__ == "__main__":
    finish(main)
