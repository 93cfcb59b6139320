#!/usr/bin/env python3
"""An office with several lines upward, as real processes: a township below its county (块) and registered with a line
bureau (条), both below one city. One of them dead, the other works; what is addressed to both arrives at both."""
from lib_offices import *



def offices(ports):
    """A city with a county and a bureau below it, and a township below the county."""
    city, county, bureau, town = (path(n) for n in ("city", "county", "bureau", "town"))
    expect("the city", 0, city, "init", "--code", "3707", "--name", "潍安市", "--level", "city", "--officer", "周大河", "--root")
    to_county, to_bureau = invite(city, "370783", "青山县", "county", ports[0]), invite(city, "370799", "市应急局", "county", ports[0])
    node = serve(city, "--sync", f"127.0.0.1:{ports[0]}")
    expect("the county joins", 0, county, "join", to_county, "--officer", "李明")
    expect("the bureau joins", 0, bureau, "join", to_bureau, "--officer", "孙立")
    stop(node)
    p = serve(county, "--sync", f"127.0.0.1:{ports[1]}")
    line = invite(county, "370783105", "柳河镇", "township", ports[1])
    said = expect("the township joins", 0, town, "join", line, "--officer", "王芳")
    check("... and is a member", said.get("state") == "ready", said)
    return city, county, bureau, town, p


def registering(bureau, town, ports):
    line = invite(bureau, "370783105", "柳河镇", "township", ports[2])
    expect("an invitation to be registered cannot found an office", 65, path("none"), "join", line, "--officer", "赵敏")
    said = expect("superior add while the bureau is dead", 0, town, "superior", "add", line, "--line")
    check("... waits", said.get("state") == "joining", said)
    kinds = {s["office"]: (s["kind"], s["state"]) for s in expect("superior list", 0, town, "superior", "list")["superiors"]}
    check("... is listed as joining", kinds == {"370783": ("superior", "ready"), "370799": ("line", "joining")}, kinds)
    before = run(town, "status")[1]
    p = serve(bureau, "--sync", f"127.0.0.1:{ports[2]}")
    said = expect("sync registers", 0, town, "sync")
    check("... with both", superiors(said) == {"370783": (True, True), "370799": (True, True)}, said)
    kinds = {s["office"]: (s["kind"], s["state"]) for s in run(town, "superior", "list")[1]["superiors"]}
    check("... and it is a line superior", kinds == {"370783": ("superior", "ready"), "370799": ("line", "ready")}, kinds)
    check("the office is the same as before", run(town, "status")[1]["node"] == before["node"])
    expect("the same superior twice", 65, town, "superior", "add", invite(bureau, "370783106", "河西镇", "township", ports[2]), "--line")
    below = {o["office"]: o["state"] for o in run(bureau, "office", "list")[1]["offices"]}
    check("the bureau has it below itself, and knows the county", below.get("370783105") == "below" and below.get("370783") == "known", below)
    return p


def both(county, bureau, town, bureau_node, ports):
    """One report to both superiors, one of them dead."""
    said = expect("a report to nobody that is known", 66, town, "report", "new", "--kind", "brief", "--lane", "routine", "--title", "柳河镇巡查", "--body-file", text(), "--to", "370700", "--send")
    check("... names those that are", "370783" in json.dumps(said) and "370799" in json.dumps(said) and "3707 " in json.dumps(said), said)
    code, said = report(town)
    check("a report goes to the superior by itself", code == 0 and [a["office"] for a in said["addressees"]] == ["370783"], said)
    stop(bureau_node)
    with open(path("现场.jpg"), "wb") as f:
        f.write(os.urandom(90_000))
    code, said = report(town, "--to", "370783,370799", "--attach", path("现场.jpg"))
    case = said.get("case", "")
    check("a report to both is queued for both", code == 0 and [a["office"] for a in said["addressees"]] == ["370783", "370799"], said)
    number = said.get("number", "")
    check("... nothing has left", deliveries(town, case) == {"370783": "waiting", "370799": "waiting"}, deliveries(town, case))
    said = expect("sync with the bureau dead", 69, town, "sync")
    check("... a superior was reached, not all", said["reached"] is True and said["in_sync"] is False and said["waiting"] > 0, said)
    check("... and which of them", superiors(said) == {"370783": (True, True), "370799": (False, False)}, said)
    got = deliveries(town, case)
    check("... delivered to one", got["370783"] in ("delivered", "opened") and got["370799"] in ("waiting", "sent"), got)
    check("... and not counted as delivered", show(town, case)["state"] in ("signed", "sent"), show(town, case)["state"])
    reach = {s["office"]: s["reachable"] for s in run(town, "status")[1]["superiors"]}
    check("status tells them apart", reach["370783"] is True and set(reach) == {"370783", "370799"}, reach)
    seen = show(county, case)
    check("the county shows the same number", number and seen.get("number") == number and show(county, number)["case"] == case, (number, seen.get("number")))
    p = serve(bureau, "--sync", f"127.0.0.1:{ports[2]}")
    said = expect("sync when the bureau is back", 0, town, "sync")
    check("... with both", superiors(said) == {"370783": (True, True), "370799": (True, True)}, said)
    run(town, "sync")
    check("delivered to both", set(deliveries(town, case).values()) <= {"delivered", "opened"} and show(town, case)["state"] in ("delivered", "opened"), (deliveries(town, case), show(town, case)["state"]))
    kinds = {(r["kind"], r["by"]) for r in show(town, case)["receipts"]}
    check("receipts say by whom", {("stored", "370783"), ("stored", "370799")} <= kinds, kinds)
    for home, name in ((county, "county"), (bureau, "bureau")):
        seen = show(home, case)
        check(f"the {name} has it verified, with its number", seen.get("verified") is True and seen.get("number") == number, seen)
        run(home, "report", "show", case, "--attachment", "现场.jpg", "--out", path(f"{name}.jpg"))
        check(f"... and its attachment", os.path.exists(path(f"{name}.jpg")) and open(path(f"{name}.jpg"), "rb").read() == open(path("现场.jpg"), "rb").read())
    expect("a correction", 0, town, "report", "correct", case, "--reason", "里程有误", "--body-file", text(), "--send")
    expect("sync", 0, town, "sync")
    check("goes to both by itself", all(len(show(h, case)["records"]) == len(show(town, case)["records"]) for h in (county, bureau)), show(bureau, case))
    return p


def gravest(county, bureau, town):
    """A flash emergency of one of the two gravest levels goes to all superiors."""
    grave = ["--set", "incident_type=AD-TRA", "--set", "level=II", "--set", "deaths=12"]
    code, said = report(town, *grave, lane="flash", kind="first_report")
    check("the gravest go to every superior, and it is said", code == 0 and [a["office"] for a in said["addressees"]][:2] == ["370783", "370799"], said)
    code, said = report(town, "--set", "incident_type=AD-TRA", "--set", "level=IV", lane="flash", kind="first_report")
    check("others to the superior", code == 0 and [a["office"] for a in said["addressees"]] == ["370783"], said)
    with open(os.path.join(town, "config.toml"), "w") as f:
        f.write('[report]\ngravest_to = "superior"\n')
    code, said = report(town, *grave, lane="flash", kind="first_report")
    check("unless the office is set otherwise", code == 0 and [a["office"] for a in said["addressees"]] == ["370783"], said)
    os.remove(os.path.join(town, "config.toml"))
    expect("sync", 0, town, "sync")


def serving(county, bureau, town, bureau_node, ports):
    """The same with a running node: a line for each superior, and one that moves."""
    p = serve(town)
    code, said = report(town, "--to", "370783,370799")
    until("a running node delivers to both by itself", lambda: set(deliveries(town, said["case"]).values()) <= {"delivered", "opened"})
    stop(bureau_node)
    code, said = report(town, "--to", "370783,370799")
    until("... to one while the other is dead", lambda: deliveries(town, said["case"])["370783"] in ("delivered", "opened"))
    other = free_ports(1)[0]
    bureau_node = serve(bureau, "--sync", f"127.0.0.1:{other}")
    expect("a superior has moved", 0, town, "superior", "url", "370799", f"http://127.0.0.1:{other}")
    expect("one that is none", 66, town, "superior", "url", "999999", f"http://127.0.0.1:{other}")
    expect("an address that is none", 65, town, "superior", "url", "370799", "here")
    until("... and gets its mail there", lambda: set(deliveries(town, said["case"]).values()) <= {"delivered", "opened"})
    stop(p)
    return bureau_node


def main():
    ports = free_ports(3)
    city, county, bureau, town, county_node = offices(ports)
    bureau_node = registering(bureau, town, ports)
    bureau_node = both(county, bureau, town, bureau_node, ports)
    gravest(county, bureau, town)
    bureau_node = serving(county, bureau, town, bureau_node, ports)
    for home in (county, bureau, town):
        said = expect("verify", 0, home, "verify", "--all")
        check("... is good", said.get("ok") is True, said)


if __name__ == "__main__":
    finish(main)
