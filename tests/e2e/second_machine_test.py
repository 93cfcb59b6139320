#!/usr/bin/env python3
"""One office, two machines, as real processes: invited, joined, confirmed by the county; both show what came before and
what comes after; each is a way on for the other when its line is dead; a stolen one is taken back."""
from lib_offices import *


def kill(p):
    p.kill()
    p.wait()
    children.remove(p)


def state(home, case):
    return cases(home).get(case, {}).get("state", "")


def nodes(home, office="370783105"):
    return [n for n in run(home, "node", "list")[1].get("nodes", []) if n["office"] == office]


def founded(ports):
    county, one = path("county"), path("one")
    expect("the county", 0, county, "init", "--code", "370783", "--name", "青山县", "--level", "county", "--officer", "李明", "--root")
    k = serve(county, "--sync", f"127.0.0.1:{ports[0]}")
    said = expect("the township joins", 0, one, "join", invite(county, "370783105", "柳河镇", "township", ports[0]), "--officer", "王芳")
    check("... and is a member", said.get("state") == "ready", said)
    return county, one, k


def joined(one, two, ports):
    """The second machine joins; its invitation is good for nothing else, and once."""
    line = expect("a machine is invited", 0, one, "node", "invite", "--url", f"http://127.0.0.1:{ports[1]}", "--name", "办公室二号机")["invitation"]
    expect("not by another name", 76, path("wrong"), "join", line, "--officer", "张三")
    said = expect("the second machine joins", 0, two, "join", line, "--officer", "王芳")
    check("... the same office, at once", said.get("office") == "370783105" and said.get("name") == "柳河镇" and said.get("state") == "ready", said)
    expect("the invitation holds once", 76, path("third"), "join", line, "--officer", "王芳")
    for home in (one, two):
        seen = nodes(home)
        check("both machines are known at each", len(seen) == 2 and sorted(n["number"] for n in seen) == ["1", "2"] and [n["this"] for n in seen].count(True) == 1, seen)
    check("both say the same of their keys", {(n["node"], n["fingerprint"]) for n in nodes(one)} == {(n["node"], n["fingerprint"]) for n in nodes(two)})
    expect("the second has no authority key: it invites nobody", 77, two, "node", "invite", "--url", "http://127.0.0.1:1")
    return next(n for n in nodes(one) if n["number"] == "2")


def before(county, one, two, case):
    """What was there before the second machine was."""
    until("the second machine shows what the first had sent", lambda: state(two, case) == "acknowledged", 60)
    shown = show(two, case)
    check("... word for word, with its receipts", shown["body"] == show(one, case)["body"] and ("stored", "370783") in {(r["kind"], r["by"]) for r in shown["receipts"]}, shown["receipts"])
    check("... and the county's signed answer", any(r["office"] == "370783" for r in shown["records"]), shown["records"])


def confirmed(county, one, two, machine):
    until("the county is told of a machine that nobody has confirmed", lambda: "node.unconfirmed" in alarms(county))
    case = report(two, lane="urgent")[1]["case"]
    until("what it reports arrives all the same", lambda: case in cases(county))
    check("... and is marked", "unconfirmed_node" in show(county, case)["flags"], show(county, case)["flags"])
    until("the author shows it delivered", lambda: state(two, case) in ("delivered", "opened"))
    until("so does the other machine", lambda: state(one, case) in ("delivered", "opened"))
    expect("wrong digits confirm nothing", 76, county, "node", "confirm", machine["node"], "--fingerprint", "12345 67890")
    expect("the county confirms it", 0, county, "node", "confirm", machine["node"][:8], "--fingerprint", machine["fingerprint"])
    check("the alarm is over", "node.unconfirmed" not in alarms(county))
    check("the mark is gone", "unconfirmed_node" not in show(county, case)["flags"])
    for home in (one, two):
        until("the office hears that it was confirmed", lambda: all(n["confirmed"] for n in nodes(home)))


def numbers(one, two):
    a, b = report(one)[1], report(two)[1]
    until("each machine counts for itself", lambda: "〕2-" in show(two, b["case"])["number"] and "〕2-" not in show(one, a["case"])["number"])
    until("and both show both", lambda: {a["case"], b["case"]} <= set(cases(one)) & set(cases(two)))


def answered(county, one, two):
    case = report(one, lane="urgent")[1]["case"]
    until("the county has it", lambda: case in cases(county))
    expect("the county acknowledges", 0, county, "report", "acknowledge", case)
    for home in (one, two):
        until("both machines see the answer", lambda: state(home, case) == "acknowledged")


def dead_line(county, writer, other, ports, dead):
    """The writer's own line is dead: the other machine carries it there, and its receipt home."""
    expect("its line is dead", 0, writer, "superior", "url", "370783", f"http://127.0.0.1:{dead}")
    flash, urgent = report(writer, lane="flash")[1]["case"], report(writer, lane="urgent")[1]["case"]
    until("a flash goes by the other machine at once", lambda: flash in cases(county), 30)
    until("urgent ones a while later", lambda: urgent in cases(county), 120)
    for home in (writer, other):
        until("both machines show them delivered", lambda: all(state(home, c) in ("delivered", "opened") for c in (flash, urgent)), 60)
    expect("its line is back", 0, writer, "superior", "url", "370783", f"http://127.0.0.1:{ports[0]}")


def killed(county, one, two, ports, running):
    """kill -9 of either machine and of the county, while both write."""
    written = []
    for who in ("one", "two", "county", "one"):
        written += [report(h, lane=lane)[1]["case"] for h in (one, two) for lane in ("urgent", "routine")]
        time.sleep(0.4)
        kill(running[who])
        home, port = {"one": (one, ports[1]), "two": (two, ports[2]), "county": (county, ports[0])}[who]
        running[who] = serve(home, "--sync", f"127.0.0.1:{port}")
    until("after kills all is at the county", lambda: set(written) <= set(cases(county)), 180)
    for home in (one, two):
        until("and at both machines, delivered", lambda: all(state(home, c) in ("delivered", "opened") for c in written), 180)
    for home in (county, one, two):
        listed = [r["case"] for r in run(home, "report", "list", "--limit", "1000")[1]["reports"]]
        check("nothing is there twice", len(listed) == len(set(listed)), len(listed))


def stolen(county, one, two, machine):
    expect("the first machine takes it back", 0, one, "node", "revoke", machine["node"], "--why", "compromised", "--reason", "电脑被盗")
    until("the county knows", lambda: any(n["node"] == machine["node"] and n["state"] == "revoked" for n in nodes(county)))
    case = report(two, lane="urgent")[1]["case"]
    until("the thief is refused", lambda: "exchange.revoked" in alarms(two), 60)
    mine = report(one, lane="urgent")[1]["case"]
    until("the first machine goes on", lambda: state(one, mine) in ("delivered", "opened"))
    check("nothing of the thief has come", case not in cases(county) and case not in cases(one))


def by_file(one, ports, running):
    """A third machine joins without a line; numbers of machines are not given again."""
    line = expect("one more is invited", 0, one, "node", "invite", "--url", f"http://127.0.0.1:{ports[1]}")["invitation"]
    three = path("three")
    said = expect("its request goes to a file", 0, three, "join", line, "--officer", "王芳", "--request", path("request"))
    check("... and waits", said.get("state") == "joining", said)
    stop(running["one"])
    expect("the first machine admits it", 0, one, "admit", path("request"), "--answer", path("answer"))
    said = expect("the answer comes back", 0, three, "join", "--answer", path("answer"))
    check("... a machine of the office", said.get("state") == "ready", said)
    check("the third, not again the second", sorted(n["number"] for n in nodes(three) if n["this"]) == ["3"], nodes(three))


def main():
    ports = free_ports(4)
    county, one, k = founded(ports)
    case = report(one, lane="urgent")[1]["case"]
    until("the first report", lambda: run(one, "sync")[0] == 0 and case in cases(county))
    expect("is acknowledged", 0, county, "report", "acknowledge", case)
    until("the first machine hears", lambda: run(one, "sync")[0] == 0 and state(one, case) == "acknowledged")
    two = path("two")
    running = {"county": k, "one": serve(one, "--sync", f"127.0.0.1:{ports[1]}")}
    machine = joined(one, two, ports)
    running["two"] = serve(two, "--sync", f"127.0.0.1:{ports[2]}")
    before(county, one, two, case)
    confirmed(county, one, two, machine)
    numbers(one, two)
    answered(county, one, two)
    dead_line(county, one, two, ports, ports[3])
    dead_line(county, two, one, ports, ports[3])
    killed(county, one, two, ports, running)
    for home in (county, one, two):
        said = expect("verify", 0, home, "verify", "--all")
        check("... is good", said.get("ok") is True, said)
        check("nobody is accused", not {"held.back", "gap", "registry.differs", "stream.forked", "copy.failed", "frame.refused"} & alarms(home), alarms(home))
    stolen(county, one, two, machine)
    by_file(one, ports, running)


if __name__ == "__main__":
    finish(main)
